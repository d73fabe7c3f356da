// Nights in which policies pick their databases by a selector, and databases come and go.

import { SeededChance } from "../engine/chance.ts";
import type { OtcInstance } from "../otc/otc-world.ts";
import type { Edit, PlannedSelector, Scenario } from "./scenario.ts";

const minuteMs = 60_000;
/** One night in so many. */
const selectorsEvery = 6;

const criteria: readonly PlannedSelector[] = [{ tags: { backup: "nightly" } }, { name: "db-*" }];

export function withSelectors(nights: Scenario): Scenario {
  const chance = SeededChance.of(nights.seed, "selectors");
  if (!chance.happens(1 / selectorsEvery)) return nights;
  const instances = nights.instances.map((instance) => comingOrGoing(chance, instance, nights));
  const picked = new Map(
    [...new Set(nights.edits.map(({ policyId }) => policyId))].flatMap((policyId) =>
      policyId.startsWith("nightly-") && chance.happens(0.7) ? [[policyId, chance.pick(criteria)] as const] : [],
    ),
  );
  return { ...nights, instances, edits: nights.edits.map((edit) => bySelector(edit, picked.get(edit.policyId))) };
}

function comingOrGoing(chance: SeededChance, instance: OtcInstance, { startAt }: Scenario): OtcInstance {
  const tags = chance.happens(0.75) ? [{ key: "backup", value: "nightly" }] : [];
  const at = startAt + chance.between(1, 24 * 60) * minuteMs;
  const change = chance.pick([{}, {}, {}, { fromAt: at }, { toAt: at }] as const);
  return { ...instance, tags, ...change };
}

function bySelector(edit: Edit, selector: PlannedSelector | undefined): Edit {
  // Malformed rows stay as they are.
  if (selector === undefined || edit.row === undefined || edit.row.instanceIds === undefined) return edit;
  const { instanceIds: _named, ...row } = edit.row;
  const { meaning } = edit;
  return {
    ...edit,
    row: { ...row, selector },
    ...(meaning === undefined ? {} : { meaning: { ...meaning, selector } }),
  };
}
