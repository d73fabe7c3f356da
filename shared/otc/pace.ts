/**
 * Spaces the calls to one account: the client asks before each HTTP attempt and reports each answer. The decisions are
 * in `pace-state.ts`; here callers wait for them. The learned rate can be taken along to the next process.
 */
import type { OtcClock } from "./clock.ts";
import type { OtcPriority } from "./operation.ts";
import {
  earliestTurnAt,
  expectedTurnAt,
  isPausedAt,
  type LearnedRate,
  learnedRate,
  onAccepted,
  onThrottled,
  type Retuning,
  retuned,
  shareOf,
  startPace,
  takeTurn,
} from "./pace-state.ts";

export type { LearnedRate } from "./pace-state.ts";

/** `paused`: a 429 holds the account back beyond the deadline; otherwise there are only too many in line. */
export type Turn =
  | { readonly granted: true }
  | { readonly granted: false; readonly retryAt: number; readonly paused: boolean };

export type PacedAnswer =
  | { readonly kind: "ok" }
  /** `sentAt`: when the call went out, epoch milliseconds. Those under way when the first 429 comes are all throttled as well. */
  | { readonly kind: "throttled"; readonly sentAt: number; readonly retryAfterMs?: number | undefined };

export interface Pacer {
  /**
   * Resolves when the call may be made. Refused, at once or while waiting, when that cannot be expected before
   * `deadlineAt` (epoch milliseconds); `retryAt` says from when on it makes sense to ask again.
   */
  acquire(request: { priority: OtcPriority; deadlineAt?: number }): Promise<Turn>;
  report(answer: PacedAnswer): void;
}

export interface AdaptivePacer extends Pacer {
  /** The rate to begin with next time, passed as `initial`; nothing as long as nothing was learned. */
  snapshot(): LearnedRate | undefined;
  /** See `retuned` in pace-state.ts. */
  retune(ceilingPerSecond: number, tuning: Retuning): void;
  /** So many turns will be wanted in all, whether they are asked for in the end or not. What was said last counts. */
  want(turns: number): void;
  /** Turns that were asked for, granted or not, or wanted, since this was last asked. */
  takeWanted(): number;
}

export interface PacerOptions {
  /** Never exceeded, over any second. */
  readonly ceilingPerSecond: number;
  readonly initial?: LearnedRate | undefined;
  readonly clock: OtcClock;
  /** Number in [0, 1); Math.random unless said otherwise. */
  readonly random?: (() => number) | undefined;
}

interface Waiter {
  readonly deadlineAt: number;
  readonly resolve: (turn: Turn) => void;
  readonly reject: (error: unknown) => void;
}

/** Creates wait behind creates and polls behind polls; polls get a fifth of the turns when both wait. */
export function createPacer(options: PacerOptions): AdaptivePacer {
  const { clock, ceilingPerSecond } = options;
  if (!(ceilingPerSecond > 0)) throw new Error(`ceilingPerSecond is ${ceilingPerSecond}: give a number above 0`);
  const random = options.random ?? Math.random;
  const queues: Record<OtcPriority, Waiter[]> = { poll: [], create: [] };
  let state = startPace(ceilingPerSecond, clock.now(), options.initial);
  let serving = false;
  let asked = 0;
  let wanted = 0;

  const refusal = (retryAt: number, deadlineAt: number): Turn => ({
    granted: false,
    retryAt,
    paused: isPausedAt(state, deadlineAt),
  });
  const waiting = () => ({ poll: queues.poll.length, create: queues.create.length });

  /** Refuses those whose deadline lies before the next turn of all. */
  const dropLate = (): void => {
    const at = Math.max(earliestTurnAt(state), clock.now());
    for (const priority of ["poll", "create"] as const) {
      const late = queues[priority].filter((waiter) => waiter.deadlineAt < at);
      if (late.length === 0) continue;
      queues[priority] = queues[priority].filter((waiter) => waiter.deadlineAt >= at);
      for (const waiter of late) waiter.resolve(refusal(at, waiter.deadlineAt));
    }
  };

  const serve = async (): Promise<void> => {
    for (;;) {
      dropLate();
      const { poll, create } = waiting();
      if (poll + create === 0) {
        // Here and not when the promise settles: a caller who comes in between would never be served.
        serving = false;
        return;
      }
      const waitMs = earliestTurnAt(state) - clock.now();
      if (waitMs > 0) {
        await clock.sleep(waitMs);
      } else {
        const turn = takeTurn(state, clock.now(), { poll, create });
        state = turn.state;
        queues[turn.priority].shift()?.resolve({ granted: true });
      }
    }
  };

  const startServing = (): void => {
    if (serving) return;
    serving = true;
    serve().catch((error: unknown) => {
      serving = false;
      for (const waiter of [...queues.poll.splice(0), ...queues.create.splice(0)]) waiter.reject(error);
    });
  };

  return {
    acquire({ priority, deadlineAt = Number.POSITIVE_INFINITY }) {
      asked += 1;
      const other = priority === "poll" ? queues.create : queues.poll;
      const queue = { ahead: queues[priority].length, share: other.length > 0 ? shareOf(priority) : 1 };
      const expectedAt = expectedTurnAt(state, clock.now(), queue);
      if (expectedAt > deadlineAt) return Promise.resolve(refusal(expectedAt, deadlineAt));
      return new Promise((resolve, reject) => {
        queues[priority].push({ deadlineAt, resolve, reject });
        startServing();
      });
    },
    report(answer) {
      if (answer.kind === "ok") state = onAccepted(state);
      else state = onThrottled(state, clock.now(), { ...answer, jitter: random() });
    },
    snapshot: () => learnedRate(state),
    retune(ceiling, tuning) {
      state = retuned(state, ceiling, tuning);
    },
    want(turns) {
      wanted = turns;
    },
    takeWanted() {
      const taken = Math.max(asked, wanted);
      asked = 0;
      wanted = 0;
      return taken;
    },
  };
}
