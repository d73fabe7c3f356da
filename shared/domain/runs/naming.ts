// Names of backups at OTC. A name is a pure function of the run and its attempt: never of the clock, never random.
// It is the idempotency key at OTC (names are unique there) and the mark by which we know our own.

import { createHash } from "node:crypto";

/** OTC: 4 to 64 characters, first a letter, then letters, digits, `-`, `_` (RDS API, "Creating a Manual Backup"). */
export const otcNamePattern = /^[A-Za-z][A-Za-z0-9_-]{3,63}$/;

/** What makes one run: one policy, one instance, one slot. */
export interface RunKey {
  readonly policyId: string;
  readonly instanceId: string;
  readonly slotAt: number;
}

/**
 * `<prefix>-<policy, 24>-<instance, 8>-<slot>-<hash, 6>[-a<attempt>]`; at most 61 characters, 64 with an attempt.
 * The hash covers the whole key, so policies and instances that share a beginning never share a name.
 */
export function backupName(prefix: string, key: RunKey, attempt: number): string {
  const hash = createHash("sha256")
    .update(`${key.policyId}\n${key.instanceId}\n${key.slotAt}`)
    .digest("hex")
    .slice(0, 6);
  const base = [prefix, key.policyId.slice(0, 24), key.instanceId.slice(0, 8), compactSlot(key.slotAt), hash].join("-");
  return attempt === 1 ? base : `${base}-a${attempt}`;
}

/** A slot as it stands in names: `20261123T0230Z`. */
export function compactSlot(slotAt: number): string {
  return `${new Date(slotAt).toISOString().slice(0, 16).replaceAll(/[-:]/g, "")}Z`;
}

/** A slot as it stands in keys and for people: `2026-11-23T02:30Z`. */
export function slotText(slotAt: number): string {
  return `${new Date(slotAt).toISOString().slice(0, 16)}Z`;
}

/** The key of a run as one word, for alerts and logs. */
export function runId(key: RunKey): string {
  return `${key.policyId}/${key.instanceId}/${slotText(key.slotAt)}`;
}
