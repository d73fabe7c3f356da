// How create-backups and poll-backups divide an account's calls. Each is a process of its own and nothing counts for both, so
// poll-backups claims what it will need, and create-backups lives on the rest. Both read the claims again and again while they work,
// and a claim begins only when everybody must have read it, so their sum stays below the ceiling without a word between them.

/** What one function may use, from one instant until another claim of its takes its place or it runs out. Calls per second. */
export interface CallClaim {
  readonly perSecond: number;
  readonly fromAt: number;
  readonly untilAt: number;
}

/** So old the claims may be by which a call is made. */
export const rereadMs = 10_000;
/** Behind that, a slow pace may let some seconds pass between two calls, and clocks of two machines may differ a little. */
export const noticeMs = 20_000;
const lastsMs = 4 * 60_000;

/** A storm of looks leaves next to nothing to creating: backups that run and fail unseen are worse than backups that begin later. */
export const mostPart = 0.88;
/** What needs no claim: a part of the ceiling, and of low ceilings a larger one, up to a rate that is enough. */
export interface Little {
  readonly part: number;
  readonly lowPart: number;
  readonly enoughPerSecond: number;
}

const littleForLooks: Little = { part: 0.05, lowPart: 0.2, enoughPerSecond: 0.5 };

/** What a tick has for its calls; some seconds are left for what it found. */
export const lookingMs = 51_000;
/** Looks that are few are made briskly, as long as that takes no more than a third of what the account takes. */
const briskMs = 20_000;
const briskPart = 0.33;
const noteworthyChange = 0.05;

/** Calls per second that poll-backups may make without having claimed any. */
export function unclaimedPerSecond(ceilingPerSecond: number): number {
  return littlePerSecond(littleForLooks, ceilingPerSecond);
}

export function littlePerSecond({ part, lowPart, enoughPerSecond }: Little, ceilingPerSecond: number): number {
  return Math.max(part * ceilingPerSecond, Math.min(lowPart * ceilingPerSecond, enoughPerSecond));
}

/** What is claimed at an instant. */
export function claimedAt(claims: readonly CallClaim[], at: number): number {
  const begun = claims.filter((claim) => claim.fromAt <= at);
  const last = begun.reduce<CallClaim | undefined>(
    (latest, claim) => (latest === undefined || claim.fromAt >= latest.fromAt ? claim : latest),
    undefined,
  );
  return last !== undefined && at < last.untilAt ? last.perSecond : 0;
}

/** The most that is claimed at an instant or will be before claims read then are read again. */
export function claimedSoon(claims: readonly CallClaim[], at: number): number {
  const beginning = claims.filter((claim) => claim.fromAt > at && claim.fromAt <= at + noticeMs);
  return Math.max(claimedAt(claims, at), ...beginning.map((claim) => claim.perSecond));
}

export interface PollDemand {
  readonly calls: number;
  /** Time to make them in. */
  readonly withinMs: number;
  /** What the account takes in all: the configured ceiling, or less where less was found. */
  readonly ceilingPerSecond: number;
  readonly now: number;
}

/** The claims with the one that this demand asks for; nothing when those that stand will do. */
export function claimFor(claims: readonly CallClaim[], demand: PollDemand): readonly CallClaim[] | undefined {
  const { ceilingPerSecond, now } = demand;
  const current = claimedAt(claims, now);
  const wanted = Math.min(wantedPerSecond(demand, current), mostPart * ceilingPerSecond);
  const perSecond = wanted <= unclaimedPerSecond(ceilingPerSecond) ? 0 : wanted;
  const fromAt = now + noticeMs;
  // As long as it will be needed if the next tick asks for the same.
  const standing = claimedAt(claims, fromAt + 60_000);
  if (Math.abs(perSecond - standing) <= noteworthyChange * Math.max(perSecond, standing)) return undefined;
  const alive = claims.filter((claim) => claim.untilAt > now && claim.fromAt < fromAt);
  const superseded = (claim: CallClaim) => alive.some((other) => other.fromAt > claim.fromAt && other.fromAt <= now);
  return [...alive.filter((claim) => !superseded(claim)), { perSecond, fromAt, untilAt: fromAt + lastsMs }];
}

/** What is not claimed yet begins late, and has to make up for it where there is time left. */
function wantedPerSecond({ calls, withinMs, ceilingPerSecond }: PollDemand, current: number): number {
  const spread = (calls * 1000) / Math.max(1000, withinMs);
  const brisk = Math.min((calls * 1000) / briskMs, briskPart * ceilingPerSecond);
  if (spread <= current || withinMs < 2 * noticeMs) return Math.max(spread, brisk);
  const late = Math.max(0, calls * 1000 - current * noticeMs) / (withinMs - noticeMs);
  return Math.max(spread, late, brisk);
}
