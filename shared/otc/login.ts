/**
 * One login with domain, user and password, under the eyes of the login guard. A wrong password is never tried a
 * second time here: whether and when again is the guard's decision.
 */
import * as z from "zod";
import type { OtcClock } from "./clock.ts";
import type { OtcAuth } from "./credentials.ts";
import { OtcError } from "./errors.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import type { LoginGuard } from "./login-guard.ts";
import type { OtcOperation } from "./operation.ts";
import { parseOtcTime } from "./times.ts";

/**
 * POST /v3/auth/tokens?nocatalog=true
 * @see https://docs.otc.t-systems.com/identity-access-management/api-ref/apis/token_management/obtaining_a_user_token_through_password_authentication.html
 */
const LOGIN = {
  name: "login",
  service: "iam",
  method: "POST",
  pathTemplate: "v3/auth/tokens",
  priority: "poll",
} as const satisfies OtcOperation;

export interface Token {
  readonly value: string;
  readonly obtainedAt: number;
  readonly lifetimeMs: number;
}

export interface LoginParts {
  readonly exchange: Exchange;
  readonly clock: OtcClock;
  readonly guard: LoginGuard;
  readonly projectId: string;
  /** Told of the token before it is used. */
  readonly onToken: (value: string) => void;
  /** Told of the password's end after each login that succeeded. Epoch milliseconds. */
  readonly onLogin: (passwordExpiresAt: number | undefined) => void;
  readonly patienceMs: number;
}

export interface LoginCredential {
  readonly version: string;
  readonly auth: Extract<OtcAuth, { method: "token" }>;
}

/** When an answer gives no readable expiry. OTC's tokens live for 24 hours. */
const ASSUMED_LIFETIME_MS = 60 * 60_000;

const tokenSchema = z.object({
  token: z.object({
    expires_at: z.unknown().optional(),
    issued_at: z.unknown().optional(),
    user: z.object({ password_expires_at: z.unknown().optional() }).optional().catch(undefined),
  }),
});

/**
 * Obtains a token scoped to the project.
 * @throws OtcError `login-withheld` when the guard forbids it; `authentication` or `account-locked` when OTC refuses
 */
export async function login(parts: LoginParts, credential: LoginCredential): Promise<Token> {
  await passGuard(parts, credential.version);
  const outcome = await parts.exchange({
    operation: LOGIN,
    target: `${LOGIN.pathTemplate}?nocatalog=true`,
    headers: () => ({ "content-type": "application/json;charset=utf8" }),
    body: JSON.stringify(loginBody(credential.auth, parts.projectId)),
    deadlineAt: parts.clock.now() + parts.patienceMs,
  });
  return concludeLogin(parts, credential.version, outcome);
}

function loginBody(auth: LoginCredential["auth"], projectId: string) {
  const user = { name: auth.userName, password: auth.password, domain: { name: auth.domainName } };
  return { auth: { identity: { methods: ["password"], password: { user } }, scope: { project: { id: projectId } } } };
}

/** How long to wait for a login that another process has under way, and how often to look. */
const OTHER_LOGIN_PATIENCE_MS = 10_000;
const OTHER_LOGIN_LOOK_MS = 250;

async function passGuard(parts: LoginParts, version: string): Promise<void> {
  const giveUpAt = parts.clock.now() + OTHER_LOGIN_PATIENCE_MS;
  for (;;) {
    const permit = await parts.guard.begin(version);
    if (permit.allowed) return;
    const waitMs = permit.retryAt - parts.clock.now();
    if (permit.reason === "refused-before" || parts.clock.now() + OTHER_LOGIN_LOOK_MS > giveUpAt) {
      throw new OtcError({
        class: "login-withheld",
        effect: "none",
        operation: LOGIN.name,
        retryAfterMs: Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined,
        detail:
          permit.reason === "refused-before" ? "this credential was refused before" : "another login is under way",
      });
    }
    await parts.clock.sleep(Math.min(Math.max(OTHER_LOGIN_LOOK_MS, waitMs), 1_000));
  }
}

async function concludeLogin(parts: LoginParts, version: string, outcome: Outcome): Promise<Token> {
  if (!outcome.ok) {
    const { status, code, class: errorClass } = outcome.error;
    // Any 401 or 403 may have counted as a wrong password, whatever its code says.
    if (status === 401 || status === 403 || errorClass === "authentication" || errorClass === "account-locked") {
      await parts.guard.refused(version, { code, locked: errorClass === "account-locked" });
    } else {
      await parts.guard.inconclusive(version);
    }
    throw outcome.error;
  }
  const value = outcome.answer.header("x-subject-token")?.trim();
  const body = tokenSchema.safeParse(outcome.json).data;
  if (value === undefined || value === "") {
    await parts.guard.inconclusive(version);
    throw new OtcError({
      class: "unreadable",
      effect: "unknown",
      operation: LOGIN.name,
      status: outcome.answer.status,
      detail: "the answer carries no token",
    });
  }
  parts.onToken(value);
  const passwordExpiresAt = parseOtcTime(body?.token.user?.password_expires_at);
  parts.onLogin(passwordExpiresAt);
  await parts.guard.succeeded(version, passwordExpiresAt === undefined ? {} : { passwordExpiresAt });
  return {
    value,
    obtainedAt: parts.clock.now(),
    lifetimeMs: lifetimeMs(body, outcome.serverDate ?? parts.clock.now()),
  };
}

/** Measured between two times of the service, so that an error of our clock does not shorten or stretch it. */
function lifetimeMs(body: z.infer<typeof tokenSchema> | undefined, serverNowAt: number): number {
  const expiresAt = parseOtcTime(body?.token.expires_at);
  if (expiresAt === undefined) return ASSUMED_LIFETIME_MS;
  const lifetime = expiresAt - (parseOtcTime(body?.token.issued_at) ?? serverNowAt);
  return lifetime > 0 ? lifetime : ASSUMED_LIFETIME_MS;
}
