// Time that stands while anything runs: sleepers side by side cost the longest sleep, not the sum, and calls under way cost none.

import { createServer, get } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { StandingClock } from "../../local/standing-clock.ts";

/** The instant at which each of these sleeps was over. */
async function sleeps(clock: StandingClock, ...lengths: number[]): Promise<number[]> {
  const woken: number[] = [];
  for (const ms of lengths)
    void clock.sleep(ms).then(() => {
      woken.push(clock.now());
    });
  await clock.passTo(100);
  return woken;
}

test("sleepers wake in the order of their times, each at its own", async () => {
  const clock = new StandingClock(0);
  expect(await sleeps(clock, 30, 10, 20)).toEqual([10, 20, 30]);
  expect(clock.now()).toBe(100);
});

test("who sleeps longer than the passage goes on sleeping", async () => {
  const clock = new StandingClock(0);
  expect(await sleeps(clock, 101)).toEqual([]);
  await clock.passTo(200);
  expect(clock.now()).toBe(200);
});

test("a call takes no time, however long the other side takes", async () => {
  const clock = new StandingClock(0);
  const server = createServer((_request, response) => {
    // Many turns of the event loop later.
    setTimeout(() => response.end("late"), 30);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  let answeredAt: number | undefined;
  const call = async () => {
    await clock.sleep(5);
    await new Promise<void>((resolve) => {
      get({ host: "127.0.0.1", port, agent: false }, (answer) => {
        answer.resume();
        answer.once("end", resolve);
      });
    });
    answeredAt = clock.now();
  };
  void call();
  void clock.sleep(50);
  await clock.passTo(100);
  expect(answeredAt).toBe(5);
});
