// When the morning digest is due, and which slots it covers. Pure; the record it works from is one item of the ledger.

import { parseCron } from "../slots/cron.ts";
import { latestSlot } from "../slots/slots.ts";

const dayMs = 86_400_000;
/** After a longer silence the digest does not go further back; the alerts of that time have told the rest. */
const longestSpanMs = 7 * dayMs;
/** How long the one who claimed a digest has for sending it: less than the time between two audits. */
export const digestLeaseMs = 4 * 60_000;

/** Set for the whole site. */
export interface DigestSettings {
  /** Hour of the day, 0 to 23, on the clock of `timeZone`. */
  readonly hour: number;
  readonly timeZone: string;
}

export interface DigestRecord {
  /** Raised with every write. */
  readonly version: number;
  /** Slots before this instant have been told of. */
  readonly throughAt: number;
  /** When the last digest went out; before the first, since when one is waited for. */
  readonly sentAt: number;
  /** Somebody is sending the next one. */
  readonly claimUntilAt?: number;
}

export type DigestDecision =
  | { readonly kind: "nothing" }
  /** The first look of a new site: it has nothing to tell of yet. */
  | { readonly kind: "begin"; readonly next: DigestRecord }
  | { readonly kind: "send"; readonly claim: DigestRecord; readonly fromAt: number; readonly toAt: number };

export function decideDigest(record: DigestRecord | undefined, settings: DigestSettings, now: number): DigestDecision {
  const dueAt = digestInstant(settings, now);
  if (record === undefined) return { kind: "begin", next: { version: 1, throughAt: dueAt, sentAt: now } };
  if (record.throughAt >= dueAt || (record.claimUntilAt ?? 0) > now) return { kind: "nothing" };
  const claim = { ...record, version: record.version + 1, claimUntilAt: now + digestLeaseMs };
  return { kind: "send", claim, fromAt: Math.max(record.throughAt, dueAt - longestSpanMs), toAt: dueAt };
}

/** The record once the digest that was claimed has been delivered. */
export function digestSent(claim: DigestRecord, throughAt: number, now: number): DigestRecord {
  return { version: claim.version + 1, throughAt, sentAt: now };
}

/** The last instant, now included, at which the zone's clock struck the hour: a day without that hour has it after the gap. */
function digestInstant({ hour, timeZone }: DigestSettings, now: number): number {
  const parse = parseCron(`0 ${hour} * * *`);
  const at = parse.ok ? latestSlot({ cron: parse.cron, timeZone }, now - 3 * dayMs, now + 1) : undefined;
  if (at === undefined) throw new Error(`there is no hour ${hour} in ${timeZone}`);
  return at;
}
