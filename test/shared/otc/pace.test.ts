// The pace against limits it does not know, on a clock that jumps: counts and simulated seconds, nothing real.

import { expect, test } from "vitest";
import { createPacer, type LearnedRate } from "../../../shared/otc/pace.ts";
import { EventClock } from "../../support/event-clock.ts";
import { acceptedRate, mostInOneSecond, throttledShare, weather } from "../../support/limited-service.ts";

const at = Date.UTC(2026, 10, 24, 2, 30);
const day = 86_400_000;

test.each([
  { perSecond: 2, burst: 1 },
  { perSecond: 2, burst: 10 },
  { perSecond: 10, burst: 1 },
  { perSecond: 10, burst: 10 },
  { perSecond: 10, burst: 50 },
  { perSecond: 20, burst: 100 },
])("10,000 creates against an unknown limit of $perSecond/s with a reserve of $burst", async ({ perSecond, burst }) => {
  const report = await weather({ calls: 10_000, limit: () => perSecond, burst });
  expect(report.seconds / (10_000 / perSecond)).toBeLessThan(1.1);
  expect(throttledShare(report)).toBeLessThan(0.02);
});

test.each([
  { from: 10, to: 1, burst: 1 },
  { from: 10, to: 1, burst: 10 },
  { from: 1, to: 10, burst: 1 },
  { from: 1, to: 10, burst: 10 },
  { from: 2, to: 20, burst: 10 },
  { from: 20, to: 2, burst: 10 },
])("a limit that goes from $from/s to $to/s (reserve $burst) is settled upon within a minute", async (change) => {
  const { from, to, burst } = change;
  const limit = (second: number) => (second < 300 ? from : to);
  const report = await weather({ calls: 300 * from + 240 * to, limit, burst });
  expect(acceptedRate(report, 360, 480) / to).toBeGreaterThan(0.88);
});

test("the ceiling holds over every single second, however much the service would take", async () => {
  const report = await weather({ calls: 2_000, limit: () => 1_000, burst: 1_000, ceilingPerSecond: 8 });
  expect(mostInOneSecond(report)).toBe(8);
  expect(report.seconds).toBeLessThan(1.02 * (2_000 / 8));
});

test("a storm of creates never starves the polls", async () => {
  const report = await weather({ calls: 2_000, limit: () => 5, burst: 5, pollEveryMs: 2_000 });
  expect(report.pollMs.length).toBeGreaterThan(100);
  // With 32 creates in line a poll without a share of its own would wait more than six seconds each time.
  expect(Math.max(...report.pollMs)).toBeLessThan(5_000);
});

const pacerOn = (clock: EventClock, initial?: LearnedRate) =>
  createPacer({ ceilingPerSecond: 100, clock, random: () => 0, initial });

/** Calls per second that a pacer begins with. */
async function startingRate(initial?: LearnedRate): Promise<number> {
  const clock = new EventClock(at);
  const pacer = pacerOn(clock, initial);
  await clock.runUntil(Promise.all([1, 2].map(() => pacer.acquire({ priority: "create" }))));
  return Math.round(100_000 / (clock.now() - at)) / 100;
}

test("what was learned is begun with, and half forgotten after a day", async () => {
  expect(await startingRate()).toBe(2);
  expect(await startingRate({ ratePerSecond: 32, learnedAt: at - 60_000, pressedMs: 0 })).toBeGreaterThan(31);
  expect(await startingRate({ ratePerSecond: 32, learnedAt: at - day, pressedMs: 0 })).toBeCloseTo(8, 1);
  expect(await startingRate({ ratePerSecond: 32, learnedAt: at - 30 * day, pressedMs: 0 })).toBeCloseTo(2, 1);
});

test("an idle account learns nothing, so nothing is kept of it", async () => {
  const clock = new EventClock(at);
  const pacer = pacerOn(clock);
  await clock.runUntil(pacer.acquire({ priority: "poll" }));
  pacer.report({ kind: "ok" });
  expect(pacer.snapshot()).toBeUndefined();
});

test("a caller without time is refused at once and told when to come again", async () => {
  const clock = new EventClock(at);
  const pacer = pacerOn(clock);
  await clock.runUntil(pacer.acquire({ priority: "create" }));
  const turn = await pacer.acquire({ priority: "create", deadlineAt: at + 100 });
  expect(turn).toEqual({ granted: false, retryAt: at + 500, paused: false });
});

test.each([
  { asks: 30_000, waits: 30_000 },
  { asks: 0, waits: 1_000 },
  { asks: 86_400_000, waits: 15 * 60_000 },
])("a Retry-After of $asks ms holds everyone back for $waits ms", async ({ asks, waits }) => {
  const clock = new EventClock(at);
  const pacer = pacerOn(clock);
  await clock.runUntil(pacer.acquire({ priority: "create" }));
  pacer.report({ kind: "throttled", sentAt: at, retryAfterMs: asks });
  const hurried = await pacer.acquire({ priority: "poll", deadlineAt: at + waits - 1 });
  expect(hurried).toEqual({ granted: false, retryAt: at + waits, paused: true });
  await clock.runUntil(pacer.acquire({ priority: "poll" }));
  expect(clock.now()).toBe(at + waits);
});

test("calls that were under way when the first 429 came do not count as new ones", async () => {
  const clock = new EventClock(at);
  const pacer = pacerOn(clock, { ratePerSecond: 10, learnedAt: at, pressedMs: 0 });
  await clock.runUntil(Promise.all([1, 2, 3].map(() => pacer.acquire({ priority: "create" }))));
  for (let i = 0; i < 3; i += 1) pacer.report({ kind: "throttled", sentAt: at + i });
  expect(pacer.snapshot()?.ratePerSecond).toBeCloseTo(9.3);
});

test("a caller who comes just as the line empties is served", async () => {
  const clock = new EventClock(at);
  const pacer = pacerOn(clock);
  const oneAfterTheOther = async () => {
    for (let i = 0; i < 50; i += 1) {
      await pacer.acquire({ priority: "poll" });
      await Promise.resolve();
    }
  };
  await clock.runUntil(Promise.all([oneAfterTheOther(), oneAfterTheOther()]));
});
