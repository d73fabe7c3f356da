/**
 * Tokens: issuing them, finding out who they belong to, and letting them die. A token is opaque text; its meaning is a record.
 */
import type { Caller } from "./exchange.ts";
import type { TokenRecord, UserRecord } from "./records.ts";
import type { World } from "./world.ts";

const HOUR_MS = 3_600_000;

/** A new token; earlier ones of the same user stay valid. */
export function issueToken(
  world: World,
  user: UserRecord,
  scope: { projectId: string | null; at: number },
): TokenRecord {
  const { tokenLength, tokenLifetimeHours } = world.knobs;
  const text = world.chance.text(tokenLength - 3, "token", world.store.tokens.size);
  const record = {
    token: `MII${text}`,
    userKey: user.key,
    projectId: scope.projectId,
    issuedAt: scope.at,
    expiresAt: scope.at + tokenLifetimeHours * HOUR_MS,
  };
  world.store.putToken(record);
  return record;
}

/** "unknown", "expired", or the caller a token stands for at `at`. */
export function readToken(world: World, token: string, at: number): Caller | "unknown" | "expired" {
  const record = world.store.tokens.get(token);
  if (record === undefined) return "unknown";
  if (at >= record.expiresAt) return "expired";
  const user = world.store.users.get(record.userKey);
  if (user === undefined) return "unknown";
  return { user, project: record.projectId === null ? undefined : world.store.projects.get(record.projectId) };
}

/** Ends tokens at `at` at the latest: those of one user, or all. */
export function expireTokens(world: World, at: number, userKey?: string): number {
  const tokens = userKey === undefined ? [...world.store.tokens.values()] : world.store.tokensFor(userKey);
  const living = tokens.filter((token) => token.expiresAt > at);
  for (const token of living) world.store.putToken({ ...token, expiresAt: at });
  return living.length;
}
