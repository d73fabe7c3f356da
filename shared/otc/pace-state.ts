/**
 * Finds and keeps the rate at which an account may call OTC, as pure state transitions. OTC publishes no limits, so the
 * rate is raised until a call is throttled, then held a little below, and tested again from time to time. Turns are
 * spaced evenly (no bursts), so the ceiling holds over every second.
 *
 * - search: step after step faster, each step a bigger one, until a 429 shows the limit
 * - hold: at the found rate, until it is time to test whether the limit has risen
 * - a 429 pauses everything; a second one soon after means that the limit has fallen far, and the rate is set by what
 *   was accepted meanwhile
 *
 * Rates only rise under pressure, that is, while callers wait for turns: an idle account learns nothing.
 */
import type { OtcPriority } from "./operation.ts";

/** What is worth keeping between processes. */
export interface LearnedRate {
  readonly ratePerSecond: number;
  /** Epoch milliseconds. */
  readonly learnedAt: number;
  /** Time spent under pressure since the rate was found; decides when it is tested again. */
  readonly pressedMs: number;
}

export interface PaceState {
  readonly ceilingPerSecond: number;
  /** What the account takes in all. */
  readonly ratePerSecond: number;
  /** So much of it others use: our turns leave it to them. */
  readonly besidePerSecond: number;
  readonly mode: "search" | "hold";
  /** When the rate was last put to the test: by a 429, or by turns taken while others waited. Nothing before that. */
  readonly learnedAt: number | undefined;
  /** The last rate that was kept up for a whole step. */
  readonly provenPerSecond: number;
  /** By how much the present step is faster than the one before. */
  readonly stepFactor: number;
  readonly pressedMs: number;
  readonly nextTurnAt: number;
  readonly pausedUntilAt: number;
  readonly pauseMs: number;
  /** 429s in quick succession, pauses between them included. */
  readonly streak: number;
  readonly throttledAt: number;
  readonly acceptedSince: number;
  /** The 429 from which the limit is measured, what was accepted since, and whether callers left turns unused since. */
  readonly measuredFromAt: number;
  readonly measured: number;
  /** The rate with which the measuring began. */
  readonly measuredAtPerSecond: number;
  readonly idled: boolean;
  /** Turns that polls are owed while creates wait as well. */
  readonly pollCredit: number;
}

const START_PER_SECOND = 2;
const SLOWEST_PER_SECOND = 0.05;
const STEP_MS = 2_000;
const COARSE_STEP_MS = 1_000;
const CALLS_PER_STEP = 3;
const COARSE_FACTOR = 2;
const FINE_FACTOR = 1.06;
/** A limit found by a step larger than this is known too roughly to stay at. */
const LARGEST_FINE_FACTOR = 1.5;
/** Kept below the last proven rate, since a limiter's reserve may have carried the last step. */
const MARGIN = 0.97;
const BACK_OFF = 0.93;
const FEWEST_TO_MEASURE = 12;
const MEASURED_BACK_OFF = 0.95;
const LARGEST_MEASURED_RISE = 1.15;
const LARGEST_CUT = 0.3;
const REPEATED_WITHIN_MS = 5_000;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_GUESSED_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** A test costs about one throttled call and one pause; these bounds keep both costs to a few per cent. */
const SHORTEST_HOLD_MS = 30_000;
const LONGEST_USUAL_HOLD_MS = 42_000;
const CALLS_PER_HOLD = 85;
const HOLD_PER_PAUSE = 20;
const TIMER_SLACK_MS = 2;
const POLL_SHARE = 0.2;
const SMALLEST_OWN_PART = 0.02;
const HALF_LIFE_MS = 24 * 60 * 60_000;
/** Learned rates younger than this are held at once; older ones are tested first. */
const FRESH_MS = 60 * 60_000;

/** The state of an account nothing is known about, or only what was learned some time ago (half forgotten per day). */
export function startPace(ceilingPerSecond: number, now: number, learned?: LearnedRate): PaceState {
  const start = Math.min(START_PER_SECOND, ceilingPerSecond);
  const ageMs = learned === undefined ? Number.POSITIVE_INFINITY : Math.max(0, now - learned.learnedAt);
  const weight = 0.5 ** (ageMs / HALF_LIFE_MS);
  const remembered = learned === undefined ? start : start ** (1 - weight) * learned.ratePerSecond ** weight;
  const ratePerSecond = within(remembered, SLOWEST_PER_SECOND, ceilingPerSecond);
  return {
    ceilingPerSecond,
    ratePerSecond,
    besidePerSecond: 0,
    mode: ageMs < FRESH_MS ? "hold" : "search",
    learnedAt: learned?.learnedAt,
    provenPerSecond: ratePerSecond,
    stepFactor: COARSE_FACTOR,
    pressedMs: ageMs < FRESH_MS ? (learned?.pressedMs ?? 0) : 0,
    nextTurnAt: now,
    pausedUntilAt: Number.NEGATIVE_INFINITY,
    pauseMs: 0,
    streak: 0,
    throttledAt: Number.NEGATIVE_INFINITY,
    acceptedSince: 0,
    measuredFromAt: now,
    measured: 0,
    measuredAtPerSecond: ratePerSecond,
    idled: true,
    pollCredit: 0,
  };
}

/** What has become known of the account beside what our own calls teach. Calls per second. */
export interface Retuning {
  /** So much others use. */
  readonly besidePerSecond?: number;
  /** So much the account takes at least, others included. */
  readonly leastPerSecond?: number;
}

/** Another ceiling, and another part of it for others. What the account takes in all stays what it was found to be. */
export function retuned(state: PaceState, ceilingPerSecond: number, tuning: Retuning): PaceState {
  const { besidePerSecond = state.besidePerSecond, leastPerSecond = 0 } = tuning;
  const tuned = (rate: number) => within(Math.max(rate, leastPerSecond), SLOWEST_PER_SECOND, ceilingPerSecond);
  const ratePerSecond = tuned(state.ratePerSecond);
  const provenPerSecond = Math.min(ratePerSecond, tuned(state.provenPerSecond));
  const isSame = ratePerSecond === state.ratePerSecond && besidePerSecond === state.besidePerSecond;
  const idled = isSame ? state.idled : true;
  return { ...state, ceilingPerSecond, besidePerSecond, ratePerSecond, provenPerSecond, idled };
}

/** What is left over for us: at least a little, since what others use is what they said, and not what was seen. */
function ownPerSecond({ ratePerSecond, besidePerSecond }: PaceState): number {
  return Math.max(ratePerSecond - besidePerSecond, ratePerSecond * SMALLEST_OWN_PART);
}

/** What to begin with next time; nothing as long as nothing was learned. */
export function learnedRate(state: PaceState): LearnedRate | undefined {
  if (state.learnedAt === undefined) return undefined;
  const ratePerSecond = state.mode === "hold" ? state.ratePerSecond : state.provenPerSecond;
  return { ratePerSecond, learnedAt: state.learnedAt, pressedMs: state.mode === "hold" ? state.pressedMs : 0 };
}

/** Whether a 429 holds everything back at that instant (as opposed to the spacing of turns). */
export function isPausedAt(state: PaceState, at: number): boolean {
  return state.pausedUntilAt > at;
}

/** When the next call may be made at the earliest. Epoch milliseconds. */
export function earliestTurnAt(state: PaceState): number {
  return Math.max(state.nextTurnAt, state.pausedUntilAt);
}

/** The latest moment by which a newcomer behind `ahead` others can expect its turn. */
export function expectedTurnAt(state: PaceState, now: number, queue: { ahead: number; share: number }): number {
  const spacingMs = 1_000 / (ownPerSecond(state) * queue.share);
  return Math.max(earliestTurnAt(state), now) + queue.ahead * spacingMs;
}

/** The part of the turns a priority gets while the other one waits as well. */
export function shareOf(priority: OtcPriority): number {
  return priority === "poll" ? POLL_SHARE : 1 - POLL_SHARE;
}

/** Gives the turn that is due to one of those waiting. At least one must be. */
export function takeTurn(
  state: PaceState,
  now: number,
  waiting: Readonly<Record<OtcPriority, number>>,
): { readonly state: PaceState; readonly priority: OtcPriority } {
  const contended = waiting.poll > 0 && waiting.create > 0;
  const credit = contended ? state.pollCredit + POLL_SHARE : 1;
  const priority = waiting.create === 0 || (waiting.poll > 0 && credit >= 1) ? "poll" : "create";
  const pollCredit = contended && priority === "poll" ? credit - 1 : Math.min(credit, 1);
  const spacingMs = 1_000 / ownPerSecond(state);
  const idled = now - earliestTurnAt(state) > spacingMs;
  // Timers fire a little late; without making that good, fast paces would fall short of their rate.
  const nextTurnAt = Math.max(state.nextTurnAt, now - TIMER_SLACK_MS) + spacingMs;
  const next = { ...state, pollCredit, nextTurnAt, idled: state.idled || idled };
  const pressed = waiting.poll + waiting.create > 1;
  return { state: pressed ? { ...underPressure(next, spacingMs), learnedAt: now } : next, priority };
}

function underPressure(state: PaceState, spacingMs: number): PaceState {
  const pressedMs = state.pressedMs + spacingMs;
  if (state.mode === "hold") {
    return pressedMs < holdMs(state) ? { ...state, pressedMs } : faster(state, FINE_FACTOR);
  }
  const stepMs = state.stepFactor === COARSE_FACTOR ? COARSE_STEP_MS : STEP_MS;
  if (pressedMs < Math.max(stepMs, CALLS_PER_STEP * spacingMs)) return { ...state, pressedMs };
  return faster(state, Math.min(COARSE_FACTOR, 1 + (state.stepFactor - 1) * 2));
}

function faster(state: PaceState, stepFactor: number): PaceState {
  const ratePerSecond = within(state.ratePerSecond * stepFactor, SLOWEST_PER_SECOND, state.ceilingPerSecond);
  return { ...state, mode: "search", provenPerSecond: state.ratePerSecond, ratePerSecond, stepFactor, pressedMs: 0 };
}

function holdMs(state: PaceState): number {
  const usual = within((CALLS_PER_HOLD * 1_000) / state.ratePerSecond, SHORTEST_HOLD_MS, LONGEST_USUAL_HOLD_MS);
  return Math.max(usual, HOLD_PER_PAUSE * state.pauseMs);
}

/** A call was answered by anything but a 429. */
export function onAccepted(state: PaceState): PaceState {
  return { ...state, acceptedSince: state.acceptedSince + 1, measured: state.measured + 1 };
}

/**
 * A call was throttled. Without a Retry-After the pause is guessed, doubling while 429s follow each other.
 * @param jitter in [0, 1): spreads the processes that share a limit over another tenth of the pause
 */
export function onThrottled(
  state: PaceState,
  now: number,
  answer: { sentAt: number; retryAfterMs?: number | undefined; jitter: number },
): PaceState {
  const askedMs = answer.retryAfterMs === undefined ? undefined : within(answer.retryAfterMs, 1_000, LONGEST_PAUSE_MS);
  if (answer.sentAt <= state.throttledAt) {
    // Sent before the last 429 came: it tells nothing new, except when it asks for a longer pause.
    return { ...state, pausedUntilAt: Math.max(state.pausedUntilAt, now + (askedMs ?? 0)) };
  }
  const repeated = now - state.pausedUntilAt < REPEATED_WITHIN_MS;
  const streak = repeated ? state.streak + 1 : 0;
  const guessedMs = guessPauseMs(state.ratePerSecond, streak);
  const pauseMs = (askedMs ?? guessedMs) * (1 + answer.jitter / 10);
  const limit = measuredLimit(state, now);
  const tested = state.mode === "search" && !repeated;
  const rate = rateAfter(state, now, { repeated, limit });
  const ratePerSecond = within(rate, SLOWEST_PER_SECOND, state.ceilingPerSecond);
  const rough = tested ? state.stepFactor > LARGEST_FINE_FACTOR : repeated && limit === undefined;
  const keepsMeasuring = tested && limit !== undefined;
  return {
    ...state,
    mode: rough ? "search" : "hold",
    ratePerSecond,
    provenPerSecond: ratePerSecond,
    // The next step is twice this one: a search goes on in small steps.
    stepFactor: 1 + (FINE_FACTOR - 1) / 2,
    pressedMs: 0,
    pauseMs,
    learnedAt: now,
    pausedUntilAt: now + pauseMs,
    streak,
    throttledAt: now,
    acceptedSince: 0,
    ...(keepsMeasuring ? {} : { measuredFromAt: now, measured: 0, measuredAtPerSecond: ratePerSecond, idled: false }),
  };
}

/** A step too far in a search: what was proven before it. A held rate that proves too high: what was measured, if anything. */
function rateAfter(state: PaceState, now: number, seen: { repeated: boolean; limit: number | undefined }): number {
  const { ratePerSecond } = state;
  if (state.mode === "search" && !seen.repeated) return state.provenPerSecond * MARGIN;
  if (seen.limit !== undefined) {
    return within(seen.limit, ratePerSecond * LARGEST_CUT, ratePerSecond * MEASURED_BACK_OFF);
  }
  return seen.repeated ? rateByAcceptance(state, now) : ratePerSecond * BACK_OFF;
}

/**
 * What was accepted per second between two 429s. A limiter that lets bursts through had spent its reserve at both ends, so
 * this is the limit itself, however large the reserve; a rate that only seemed proven on the reserve lies above it.
 * Nothing when too few calls were made, when callers left turns unused meanwhile, or when the limit has clearly risen and
 * the time before its rise would count against it.
 */
function measuredLimit(state: PaceState, now: number): number | undefined {
  if (state.idled || state.measured < FEWEST_TO_MEASURE) return undefined;
  const limit = state.besidePerSecond + (state.measured * 1_000) / Math.max(1, now - state.measuredFromAt);
  return limit > state.measuredAtPerSecond * LARGEST_MEASURED_RISE ? undefined : limit;
}

/** The first 429 after a quiet time is most likely our own test of the limit, which a few turns make good. */
function guessPauseMs(ratePerSecond: number, streak: number): number {
  if (streak === 0) return within(2_000 / ratePerSecond, 250, SHORTEST_PAUSE_MS);
  return Math.min(SHORTEST_PAUSE_MS * 2 ** (streak - 1), LONGEST_GUESSED_PAUSE_MS);
}

/** Bounded on both sides, because a handful of calls is a poor measure; what others use is no part of what is cut. */
function rateByAcceptance(state: PaceState, now: number): number {
  const accepted = (state.acceptedSince * 1_000) / Math.max(1, now - state.throttledAt);
  const most = state.ratePerSecond - 0.2 * ownPerSecond(state);
  return within(accepted + state.besidePerSecond, state.ratePerSecond * LARGEST_CUT, most);
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, Math.min(least, most)), most);
}
