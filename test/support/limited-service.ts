// A service with a limit nobody is told: a token bucket that answers 429, and a storm of workers that call it at the pace
// of a pacer under test. Counts what came of it.

import { type AdaptivePacer, createPacer } from "../../shared/otc/pace.ts";
import { EventClock } from "./event-clock.ts";

export interface Storm {
  readonly calls: number;
  /** Calls per second the service permits, by seconds since the start. */
  readonly limit: (second: number) => number;
  readonly burst: number;
  readonly ceilingPerSecond?: number;
  readonly latencyMs?: number;
  /** A poll every so often beside the storm. */
  readonly pollEveryMs?: number;
}

export interface Answered {
  readonly second: number;
  readonly accepted: boolean;
}

export interface StormReport {
  readonly answers: readonly Answered[];
  readonly seconds: number;
  /** How long each poll took from wish to answer, in milliseconds. */
  readonly pollMs: readonly number[];
}

const workers = 32;

export async function weather(storm: Storm): Promise<StormReport> {
  const clock = new EventClock(0);
  const random = dice();
  const pacer = createPacer({ ceilingPerSecond: storm.ceilingPerSecond ?? 1_000, clock, random });
  const service = limitedService(storm, clock, random);
  let left = storm.calls;
  let working = workers;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await callUntilAccepted(pacer, clock, "create", service.call);
    }
    working -= 1;
  };
  const pollMs: number[] = [];
  const poller = async (everyMs: number) => {
    while (working > 0) {
      await clock.sleep(everyMs);
      const wishedAt = clock.now();
      await callUntilAccepted(pacer, clock, "poll", service.call);
      pollMs.push(clock.now() - wishedAt);
    }
  };
  const everyone = Array.from({ length: workers }, worker);
  if (storm.pollEveryMs !== undefined) everyone.push(poller(storm.pollEveryMs));
  await clock.runUntil(Promise.all(everyone));
  return { answers: service.answers, seconds: clock.now() / 1_000, pollMs };
}

async function callUntilAccepted(
  pacer: AdaptivePacer,
  clock: EventClock,
  priority: "create" | "poll",
  call: () => Promise<boolean>,
): Promise<void> {
  for (;;) {
    const turn = await pacer.acquire({ priority });
    if (!turn.granted) throw new Error("a turn without a deadline was refused");
    const sentAt = clock.now();
    const accepted = await call();
    pacer.report(accepted ? { kind: "ok" } : { kind: "throttled", sentAt });
    if (accepted) return;
  }
}

function limitedService(storm: Storm, clock: EventClock, random: () => number) {
  const answers: Answered[] = [];
  let tokens = storm.burst;
  let filledAt = 0;
  const call = async () => {
    const second = clock.now() / 1_000;
    tokens = Math.min(storm.burst, tokens + (second - filledAt) * storm.limit(second));
    filledAt = second;
    const accepted = tokens >= 1;
    if (accepted) tokens -= 1;
    answers.push({ second, accepted });
    await clock.sleep((storm.latencyMs ?? 250) * (0.75 + random() / 2));
    return accepted;
  };
  return { answers, call };
}

/** The same throws every time. */
function dice(): () => number {
  let seed = 1;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
}

/** The share of calls answered 429 after the first of them. */
export function throttledShare({ answers }: StormReport): number {
  const learned = answers.slice(answers.findIndex((answer) => !answer.accepted) + 1);
  return learned.filter((answer) => !answer.accepted).length / learned.length;
}

/** Accepted calls per second between two seconds. */
export function acceptedRate({ answers }: StormReport, from: number, to: number): number {
  return answers.filter((a) => a.accepted && a.second >= from && a.second < to).length / (to - from);
}

/** The most calls within any one second. */
export function mostInOneSecond({ answers }: StormReport): number {
  let first = 0;
  let most = 0;
  answers.forEach((answer, index) => {
    while (answer.second - (answers[first]?.second ?? 0) >= 1) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
