// Every place where a process can die, one by one: a night is run once to count its effects, then once for each effect,
// killed before it and killed after it, and driven on. Nothing here is left to chance.

import { expect, test } from "vitest";
import { killEverywhere, killTwice } from "./crash-points.ts";
import type { BackupFate, Fault } from "./plan/fault.ts";
import { slotAt } from "./plan/one-night.ts";

const fate = (name: BackupFate): Fault => ({ kind: "backup-fate", at: slotAt, fate: name });
const lost = (effect: "none" | "done"): Fault => ({ kind: "post-answer-lost", at: slotAt, effect, lateMs: 0 });
const long = { timeout: 600_000 };

function expectAllSound({ points, wrong }: { points: number; wrong: readonly string[] }): void {
  expect(wrong).toEqual([]);
  expect(points).toBeGreaterThan(50);
}

test("killed before and after each effect of a good night: one backup, no false word", long, async () => {
  expectAllSound(await killEverywhere([]));
});

test("killed at each effect while a backup fails and is tried again: one good backup, and told", long, async () => {
  expectAllSound(await killEverywhere([fate("fails-early")]));
});

test(
  "killed at each effect while the last attempt fails and its alert is sent: told, and not twice",
  long,
  async () => {
    expectAllSound(await killEverywhere([fate("fails-early")], { maxAttempts: 1 }));
  },
);

test("killed at each effect while a lost answer is reconciled: one backup, one record", long, async () => {
  expectAllSound(await killEverywhere([lost("done")]));
  expectAllSound(await killEverywhere([lost("none")]));
});

test("killed at each effect while an account's alert is raised and ended: told once", long, async () => {
  const refusal: Fault = {
    kind: "otc-refuses",
    at: slotAt,
    operation: "list-instances",
    code: "credentials-refused",
    times: 3,
  };
  expectAllSound(await killEverywhere([refusal]));
});

test("killed twice on the way to a backup: every pair of effects of ticks in a row", long, async () => {
  const { points, wrong } = await killTwice();
  expect(wrong).toEqual([]);
  expect(points).toBeGreaterThan(1000);
});
