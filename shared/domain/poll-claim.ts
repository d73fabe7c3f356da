// How create-backups and poll-backups divide an account's calls. Each is a process of its own and nothing counts for both, so
// poll-backups claims a minute ahead what it will need, and create-backups lives on the rest. A tick of create-backups that could
// not know of a claim is over before the claim begins, so their sum stays below the ceiling without a word between them.

/** What poll-backups may use, from one instant until another claim takes its place or it runs out. Calls per second. */
export interface PollClaim {
  readonly perSecond: number;
  readonly fromAt: number;
  readonly untilAt: number;
}

/** No tick takes up work for longer (tick-budget.ts), and clocks of two machines may differ a little. */
const noticeMs = 60_000;
const lastsMs = 4 * 60_000;

/** Never claimed by anybody: what prune-backups and audit-backups have, a twentieth each. */
export const sharedPart = 0.9;
/** A storm of looks leaves a sixth to creating: backups that run and fail unseen are worse than backups that begin later. */
const mostPart = 0.75;
/** Tiny demands are met without a claim: a twentieth of the ceiling, of low ceilings more. */
const unclaimedPart = 0.05;
const unclaimedLowPart = 0.2;
const unclaimedEnoughPerSecond = 0.5;

/** A tick makes its calls in so long, and has some seconds left for what it found. */
const busyMs = 45_000;
/** Backups end ever faster while a storm of requests goes on; a claim counts for the minute after the next. */
const growth = 1.25;
const noteworthyChange = 0.15;

/** Calls per second that poll-backups may make without having claimed any. */
export function unclaimedPerSecond(ceilingPerSecond: number): number {
  const low = Math.min(unclaimedLowPart * ceilingPerSecond, unclaimedEnoughPerSecond);
  return Math.max(unclaimedPart * ceilingPerSecond, low);
}

/** What is claimed at an instant. */
export function claimedAt(claims: readonly PollClaim[], at: number): number {
  const begun = claims.filter((claim) => claim.fromAt <= at);
  const last = begun.reduce<PollClaim | undefined>(
    (latest, claim) => (latest === undefined || claim.fromAt >= latest.fromAt ? claim : latest),
    undefined,
  );
  return last !== undefined && at < last.untilAt ? last.perSecond : 0;
}

/** The most that is claimed at any instant of a stretch of time. */
export function claimedBetween(claims: readonly PollClaim[], fromAt: number, untilAt: number): number {
  const beginning = claims.filter((claim) => claim.fromAt > fromAt && claim.fromAt <= untilAt);
  return Math.max(claimedAt(claims, fromAt), ...beginning.map((claim) => claim.perSecond));
}

export interface PollDemand {
  /** Calls that a tick made or would have made. */
  readonly calls: number;
  /** What the account takes in all: the configured ceiling, or less where less was found. */
  readonly ceilingPerSecond: number;
  readonly now: number;
}

/** The claims with the one that this demand asks for; nothing when those that stand will do. */
export function claimFor(claims: readonly PollClaim[], demand: PollDemand): readonly PollClaim[] | undefined {
  const { calls, ceilingPerSecond, now } = demand;
  const fromAt = now + noticeMs;
  const wanted = Math.min((growth * calls * 1000) / busyMs, mostPart * ceilingPerSecond);
  const perSecond = wanted <= unclaimedPerSecond(ceilingPerSecond) ? 0 : wanted;
  // As long as it will be needed if the next tick asks for the same.
  const standing = claimedAt(claims, fromAt + 60_000);
  if (Math.abs(perSecond - standing) <= noteworthyChange * Math.max(perSecond, standing)) return undefined;
  const alive = claims.filter((claim) => claim.untilAt > now && claim.fromAt < fromAt);
  const superseded = (claim: PollClaim) => alive.some((other) => other.fromAt > claim.fromAt && other.fromAt <= now);
  return [...alive.filter((claim) => !superseded(claim)), { perSecond, fromAt, untilAt: fromAt + lastsMs }];
}
