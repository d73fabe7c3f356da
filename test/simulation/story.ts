// A failing scenario told from beginning to end: the rows, the faults, what happened minute by minute, what broke.

import type { Scenario } from "./plan/scenario.ts";
import { simulate } from "./simulate.ts";

/** A story longer than this is told by its beginning and its end. */
const longest = 160;

export async function tellStory(scenario: Scenario): Promise<string[]> {
  const { story, violations } = await simulate(scenario, { tracing: true });
  const lines = story.map(({ at, text }) => `  ${timeOf(at)}  ${text}`);
  const shown =
    lines.length <= longest
      ? lines
      : [...lines.slice(0, longest / 2), `  … ${lines.length - longest} lines …`, ...lines.slice(-longest / 2)];
  return [
    `from ${timeOf(scenario.startAt)} to ${timeOf(scenario.endAt)}, ${scenario.instances.length} instances`,
    ...scenario.faults.map((fault) => `  fault ${JSON.stringify({ ...fault, at: timeOf(fault.at) })}`),
    ...shown,
    ...violations.map(({ invariant, what }) => `  ${invariant} broken: ${what}`),
  ];
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
