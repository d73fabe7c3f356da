// What prune-backups and audit-backups may use of an account's calls. A little is always theirs; for more they make room ahead, as
// looks do (poll-claim.ts), with much of an account on which nobody works and little of one on which somebody does.

import { type CallClaim, claimedAt, claimedSoon, type Little, littlePerSecond, noticeMs } from "./poll-claim.ts";

export const backgroundFunctions = ["prune-backups", "audit-backups"] as const;
export type BackgroundFunction = (typeof backgroundFunctions)[number];

/** Of low ceilings more: calls would come so rarely that a tick got nothing done. */
const always: Little = { part: 0.02, lowPart: 0.05, enoughPerSecond: 0.25 };

/** While backups are requested or many looked at, and while nobody needs the account. */
const busyPart = 0.05;
const quietPart = 0.3;
/** What is left to creating whatever is claimed. */
const creatingPart = 0.02;

/** Calls per second that each of them may make without having made room. */
export function alwaysPerSecond(ceilingPerSecond: number): number {
  return littlePerSecond(always, ceilingPerSecond);
}

/** What nobody else may use while these claims stand: each has what it claims, or the little that is always its own. */
export function keptForBackground(
  claims: Readonly<Record<BackgroundFunction, readonly CallClaim[]>>,
  { ceilingPerSecond, now }: { ceilingPerSecond: number; now: number },
): number {
  const least = alwaysPerSecond(ceilingPerSecond);
  return backgroundFunctions.reduce((sum, name) => sum + Math.max(least, claimedSoon(claims[name], now)), 0);
}

export interface BackgroundDemand {
  readonly calls: number;
  /** Time to make them in. */
  readonly withinMs: number;
  /** What the account takes in all. */
  readonly ceilingPerSecond: number;
  readonly isQuiet: boolean;
  readonly now: number;
}

/** A claim from when everybody knows of it until the work is over; nothing where the little that needs none will do. */
export function backgroundClaimFor({ calls, withinMs, ceilingPerSecond, isQuiet, now }: BackgroundDemand): CallClaim[] {
  const leftMs = withinMs - noticeMs;
  if (leftMs <= 0) return [];
  const most = (isQuiet ? quietPart : busyPart) * ceilingPerSecond;
  const perSecond = Math.min((calls * 1000) / leftMs, most);
  if (perSecond <= alwaysPerSecond(ceilingPerSecond)) return [];
  return [{ perSecond, fromAt: now + noticeMs, untilAt: now + withinMs + noticeMs }];
}

export interface BackgroundClaims {
  readonly own: readonly CallClaim[];
  readonly ofTheOther: readonly CallClaim[];
  readonly ofLooks: readonly CallClaim[];
}

/** What may be used at an instant: of what was claimed, as much as looks that claimed more since then leave. */
export function backgroundPerSecond(
  { own, ofTheOther, ofLooks }: BackgroundClaims,
  { ceilingPerSecond, now }: { ceilingPerSecond: number; now: number },
): number {
  const least = alwaysPerSecond(ceilingPerSecond);
  const others = claimedSoon(ofLooks, now) + Math.max(least, claimedSoon(ofTheOther, now));
  const room = (1 - creatingPart) * ceilingPerSecond - others;
  return Math.max(least, Math.min(claimedAt(own, now), room));
}
