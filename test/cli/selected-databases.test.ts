// How `policies show` says what a selector has picked.

import { expect, test } from "vitest";
import { selectedLines } from "../../cli/selected-databases.ts";
import type { Selection } from "../../shared/domain/coverage/selection.ts";

const now = Date.UTC(2026, 10, 24, 6);
const resolvedAt = Date.UTC(2026, 10, 24, 5, 26);
const aMember = (n: number) => ({ id: `id-${n}`, name: `db-${n}` });

function aSelection(members: number, changes: Partial<Selection> = {}): Selection {
  const its = Array.from({ length: members }, (_, n) => aMember(n));
  return { policyId: "p", account: "a", policyVersion: 1, resolvedAt, members: its, replicas: 0, ...changes };
}

const asOf = "as of Tue 24 Nov 05:26 UTC (34 m ago)";

test.each<[string, Selection | undefined, string[]]>([
  ["before the first survey", undefined, ["not resolved yet: the next survey of the account does it, within the hour"]],
  ["nothing matches", aSelection(0), [`NO database, ${asOf}`]],
  [
    "one matches, and a replica",
    aSelection(1, { replicas: 1 }),
    [`1 database, 1 replica left out, ${asOf}`, "db-0 (id-0)"],
  ],
  [
    "one of two is about to fall out",
    aSelection(2, { drop: { sinceAt: resolvedAt, fallen: [aMember(1)] } }),
    [
      `2 databases, ${asOf}`,
      "db-0 (id-0)",
      "db-1 (id-1)",
      "about to fall out, since they no longer match; backed up until Wed 25 Nov 05:26 UTC (in 23 h 26 m):",
      "db-1 (id-1)",
    ],
  ],
])("%s", (_title, selection, lines) => {
  expect(selectedLines(selection, now, "UTC")).toEqual(lines);
});

test("of many it names thirty and says how many more there are", () => {
  const lines = selectedLines(aSelection(400), now, "UTC");
  expect(lines).toHaveLength(32);
  expect(lines.at(-1)).toBe("and 370 more; --json has them all");
});
