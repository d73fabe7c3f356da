// Simulated time as one may count on it: fast while nothing happens, and no faster than the machine while a tick works.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunningClock } from "../../local/local-clock.ts";

const startAt = Date.UTC(2026, 10, 24, 12);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

test("time runs fast between ticks, and as on the machine while one works", () => {
  const clock = new RunningClock(startAt, 600);
  vi.setSystemTime(1000);
  expect(clock.now() - startAt).toBe(600_000);
  clock.startWork();
  vi.setSystemTime(3000);
  expect(clock.now() - startAt).toBe(602_000);
  expect(clock.speed).toBe(1);
  clock.endWork();
  vi.setSystemTime(4000);
  expect(clock.now() - startAt).toBe(1_202_000);
  expect(clock.speed).toBe(600);
});

test("work that waits finds the time passed, also when several wait at once", async () => {
  const clock = new RunningClock(startAt, 3600);
  clock.startWork();
  await Promise.all([clock.sleep(2000), clock.sleep(1000), clock.sleep(2000)]);
  expect(clock.now() - startAt).toBe(2000);
});

test("a leap goes forward only", () => {
  const clock = new RunningClock(startAt, 60);
  clock.leapTo(startAt + 5000);
  clock.leapTo(startAt + 1000);
  expect(clock.now()).toBe(startAt + 5000);
});
