// What applying a file would do, decided before anything is written; and where the values of a policy come from.

import { expect, test } from "vitest";
import { effectiveValues } from "../../../shared/policies/effective-values.ts";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { planEdits } from "../../../shared/policies/plan-edits.ts";
import { parsePolicyFile } from "../../../shared/policies/policy-file.ts";
import { rowChanges } from "../../../shared/policies/row-change.ts";

const now = Date.UTC(2026, 10, 24);
const base = { policyId: "nightly-shop", account: "demo", instanceIds: ["in01"], schedule: "30 2 * * *" };

function wanted(changes: Record<string, unknown> = {}) {
  const row = { ...base, ...changes };
  const parse = parsePolicy(row, now);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return { policy: parse.policy, contentHash: parse.contentHash, row };
}

function planned(file: Record<string, unknown>, table: Record<string, unknown> | undefined) {
  const parse = table === undefined ? undefined : parsePolicy(table, now);
  const hash = parse?.ok === true ? { contentHash: parse.contentHash } : {};
  const rows = table === undefined ? [] : [["nightly-shop", { fields: table, ...hash }] as const];
  const [edit] = planEdits([wanted(file)], new Map(rows));
  if (edit === undefined) throw new Error("one row, one edit");
  return edit;
}

test("a row that is not there is new, one that says the same is left alone, however it is stored", () => {
  expect(planned({}, undefined).kind).toBe("new");
  expect(planned({}, { ...base, observed: { status: "OK" } }).kind).toBe("same");
  expect(planned({}, { ...base, instanceIds: new Set(["in01"]) }).kind).toBe("same");
});

test("what means the same in other words is told apart from a change", () => {
  expect(planned({ maxAttempts: 3 }, { ...base, maxAttempts: "3" })).toMatchObject({
    kind: "reworded",
    changes: [{ field: "maxAttempts", before: '"3"', after: "3" }],
  });
  expect(planned({ maxAttempts: 3 }, { ...base, maxAttempts: 4 }).kind).toBe("changed");
  expect(planned({}, { ...base, colour: "blue" }).changes).toEqual([{ field: "colour", before: "(not shown)" }]);
});

test("an edit of a row that is invalid mends it", () => {
  expect(planned({}, { ...base, schedule: "30 25 * * *" })).toMatchObject({ kind: "changed", mends: true });
});

test("changes come in the order of the documentation, hostile names and values stay text, values of unknown fields hidden", () => {
  const changes = rowChanges({ "zzz\u001b[2J": "pass-w0rd" }, { owner: "team\u202e", account: "demo" });
  expect(changes.map(({ field }) => field)).toEqual(["account", "owner", "zzz\\u{1b}[2J"]);
  expect(JSON.stringify(changes)).not.toContain("pass-w0rd");
  expect(changes.flatMap(({ before = "", after = "" }) => [before, after]).join("")).not.toMatch(/\p{Cc}|\p{Cf}/u);
});

test("each value says where it comes from: the row, its template, or the default", () => {
  const file = parsePolicyFile(
    `templates:
  nightly: { account: demo, schedule: "30 2 * * *", maxAttempts: 3 }
policies:
  - { policyId: nightly-shop, template: nightly, instanceIds: [in01], maxAttempts: 4 }`,
    now,
  );
  const [one] = file.policies;
  if (one === undefined) throw new Error(JSON.stringify(file.problems));
  const values = effectiveValues(one.policy, one.row, new Set(one.fromTemplate));
  const of = (field: string) => values.find((value) => value.field === field);
  expect(of("account")).toMatchObject({ value: '"demo"', from: "template" });
  expect(of("maxAttempts")).toMatchObject({ value: "4", from: "row" });
  expect(of("startWindowMinutes")).toMatchObject({ value: "240", from: "default" });
  expect(of("maxAgeHours")).toMatchObject({ value: "36", from: "default" });
  expect(of("retention")).toEqual({ field: "retention", value: "every good backup is kept for ever", from: "absent" });
});
