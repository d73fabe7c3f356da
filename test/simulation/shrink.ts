// Makes a failing scenario small: drops faults, rows, instances and hours one by one, as long as the same promise breaks.
// What is left is the story worth reading.

import type { Edit, Scenario } from "./plan/scenario.ts";
import { simulate } from "./simulate.ts";

const hourMs = 3_600_000;

/** So many runs at most: a story in a minute is worth more than the smallest one. */
const patience = 150;

export async function shrink(scenario: Scenario, invariant: string): Promise<Scenario> {
  let runsLeft = patience;
  const stillFails = async (candidate: Scenario): Promise<boolean> => {
    if (runsLeft === 0) return false;
    runsLeft -= 1;
    const { violations } = await simulate(candidate);
    return violations.some((violation) => violation.invariant === invariant);
  };
  let smallest = scenario;
  for (let changed = true; changed && runsLeft > 0; ) {
    changed = false;
    for (const candidate of smallerOnes(smallest)) {
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      changed = true;
      break;
    }
  }
  return smallest;
}

/** Every scenario that is one step smaller, the boldest steps first. */
function* smallerOnes(scenario: Scenario): Generator<Scenario> {
  const { edits, faults, startAt, endAt } = scenario;
  if (faults.length > 3) {
    const half = Math.floor(faults.length / 2);
    yield { ...scenario, faults: faults.slice(half) };
    yield { ...scenario, faults: faults.slice(0, half) };
  }
  for (const policyId of new Set(edits.map((edit) => edit.policyId)))
    yield { ...scenario, edits: edits.filter((edit) => edit.policyId !== policyId) };
  for (const dropped of faults) yield { ...scenario, faults: faults.filter((fault) => fault !== dropped) };
  for (const hours of [16, 8, 4, 1]) {
    const sooner = endAt - hours * hourMs;
    if (sooner > startAt + hourMs) yield endingAt(scenario, sooner);
  }
  for (const edit of edits) {
    if (edit.at > startAt && edit.at < endAt) yield { ...scenario, edits: edits.filter((other) => other !== edit) };
    for (const fewer of withFewerInstances(edit))
      yield { ...scenario, edits: edits.map((other) => (other === edit ? fewer : other)) };
  }
}

function endingAt(scenario: Scenario, endAt: number): Scenario {
  const edits = scenario.edits
    .filter((edit) => edit.at < endAt || edit.at === scenario.endAt)
    .map((edit) => (edit.at === scenario.endAt ? { ...edit, at: endAt } : edit));
  return { ...scenario, endAt, edits };
}

function withFewerInstances(edit: Edit): Edit[] {
  const { meaning, row } = edit;
  if (meaning?.selector !== undefined || meaning === undefined || row === undefined) return [];
  if (meaning.instanceIds.length < 2) return [];
  return meaning.instanceIds.map((dropped) => {
    const instanceIds = meaning.instanceIds.filter((id) => id !== dropped);
    return { ...edit, meaning: { ...meaning, instanceIds }, row: { ...row, instanceIds } };
  });
}
