// Thousands of simulated nights, no promise broken. The same command by hand: npm run simulate -- --seeds 100000

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { generateScenario } from "./plan/generate-scenario.ts";
import { simulate } from "./simulate.ts";

const command = fileURLToPath(new URL("main.ts", import.meta.url));

/** What the command printed: its last line as JSON, and everything it told people. */
function simulateSeeds(options: readonly string[]): Promise<{ sums: Record<string, unknown>; told: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...options, "--json"], { maxBuffer: 1 << 26 }, (_error, stdout, stderr) => {
      resolve({ sums: JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}"), told: stderr });
    });
  });
}

const minutes = 15 * 60_000;

/** All of `npm test` runs 2000; this file by itself, while somebody works on something, a few hundred. */
const seeds = process.env.npm_lifecycle_event === "test" ? 2000 : 300;

test("the first seeds break no promise", { timeout: minutes }, async () => {
  const { sums, told } = await simulateSeeds(["--seeds", String(seeds)]);
  expect(sums, told).toMatchObject({ seeds, violations: 0 });
  expect(sums.backups, "the simulation must make backups to prove anything").toBeGreaterThan(2.5 * seeds);
  expect(sums.faults, "and suffer faults").toBeGreaterThan(1.5 * seeds);
});

test("seeds that nobody has run before break no promise", { timeout: minutes }, async () => {
  const { sums, told } = await simulateSeeds(["--seeds", "20", "--from", "now"]);
  expect(sums, told).toMatchObject({ seeds: 20, violations: 0 });
});

test("a seed tells the same story every time", async () => {
  const [first, second] = [
    await simulate(generateScenario(7), { tracing: true }),
    await simulate(generateScenario(7), { tracing: true }),
  ];
  expect(first.story.length).toBeGreaterThan(20);
  expect(second.story).toEqual(first.story);
});
