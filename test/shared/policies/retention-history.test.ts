// Histories that people write into a file: what they may leave out, and what is refused with its field.

import { expect, test } from "vitest";
import { toStored } from "../../../shared/adapters/stored-instants.ts";
import { judgeRetention } from "../../../shared/domain/retention/retention.ts";
import { readRetentionHistory } from "../../../shared/policies/retention-history.ts";
import { aRun, nights } from "../../support/retention-history.ts";

const row = {
  policyId: "nightly-shop",
  account: "prod",
  instanceIds: ["d8e6ca5a624745bcb546a227aa3ae1cfin01"],
  schedule: "30 2 * * *",
  retention: { keepLast: 1, minimum: 1 },
};
const good = (slot: string) => ({ slot, state: "COMPLETED", sizeKb: 10 });
const base = {
  now: "2026-11-24T09:00Z",
  policy: row,
  runs: [good("2026-11-22T02:30Z"), good("2026-11-23T02:30Z"), good("2026-11-24T02:30Z")],
};

function verdictOf(document: unknown) {
  const reading = readRetentionHistory(document);
  if (!reading.ok) throw new Error(reading.problems.join("; "));
  const [history] = reading.histories;
  if (history === undefined) throw new Error("no history");
  const { keep, remove, refused } = judgeRetention(history.runs, history.facts);
  const days = (list: typeof keep) => list.map((j) => new Date(j.run.slotAt).toISOString().slice(8, 10));
  return { keep: days(keep), remove: days(remove), refused: refused.map((r) => r.reason) };
}

test("a plain history is judged as a ledger would be", () => {
  expect(verdictOf(base)).toEqual({ keep: ["24"], remove: ["23", "22"], refused: [] });
});

test("a bare date of a hold ends with that day in the policy's zone", () => {
  const held = (now: string, timezone: string) =>
    verdictOf({
      ...base,
      now,
      policy: { ...row, timezone },
      holds: [{ slot: "2026-11-22T02:30Z", until: "2026-11-24" }],
    }).keep;
  expect(held("2026-11-24T22:59:59Z", "Europe/Berlin")).toEqual(["24", "22"]);
  expect(held("2026-11-24T23:00Z", "Europe/Berlin")).toEqual(["24"]);
  expect(held("2026-11-24T23:00Z", "UTC")).toEqual(["24", "22"]);
});

test("a backup that is DELETING is in neither list and counts for nothing", () => {
  const runs = [...base.runs.slice(0, 2), { ...good("2026-11-24T02:30Z"), state: "DELETING" }];
  expect(verdictOf({ ...base, runs })).toEqual({ keep: ["23"], remove: ["22"], refused: [] });
});

test.each([
  ["a wrong row", { policy: { ...row, retention: { keepLast: "7" } } }, "row-problem"],
  ["an empty retention", { policy: { ...row, retention: {} } }, "row-problem"],
  ["retention that is null", { policy: { ...row, retention: null } }, "row-problem"],
  ["no policy", { policy: null }, "policy-removed"],
  ["an incomplete listing", { listing: "incomplete" }, "listing-incomplete"],
  ["a listing that contradicts", { listing: "inconsistent" }, "listing-inconsistent"],
  ["a database that is gone", { instancePresent: false }, "instance-gone"],
  ["clocks apart", { clockSkewSeconds: -61 }, "clock-skew"],
  ["days without backups", { now: "2026-11-27T09:00Z" }, "freshness-missed"],
])("%s removes nothing", (_what, change, reason) => {
  const { keep, remove, refused } = verdictOf({ ...base, ...change });
  expect(keep).toHaveLength(3);
  expect(remove).toEqual([]);
  expect(refused).toEqual([reason]);
});

test("runs as the ledger prints them are read as well", () => {
  const mark = { stage: "deleting", planId: "p", markedAt: 0, removableAt: 0, reasons: [] } as const;
  const runs = [...nights(3, "2026-11-23"), aRun({ slot: "2026-11-24T02:30Z", changes: { retention: mark } })];
  const printed: unknown = JSON.parse(JSON.stringify(toStored(runs)));
  expect(verdictOf({ ...base, runs: printed })).toEqual({ keep: ["23"], remove: ["22", "21"], refused: [] });
});

test.each([
  [{ ...base, now: "yesterday" }, /^now: must be an instant/],
  [{ ...base, now: "2026-11-24T09:00" }, /^now: must be an instant/],
  [{ ...base, runs: [{ ...good("2026-11-24T02:30Z"), sizeKB: 1 }] }, /runs\.0: .*sizeKB/],
  [{ ...base, runs: [{ slot: "2026-11-24T02:30Z" }] }, /runs\.0/],
  [{ ...base, hold: [] }, /hold/],
  ["text", /./],
])("%# is refused with its field", (document, message) => {
  const reading = readRetentionHistory(document);
  expect(reading.ok).toBe(false);
  expect(reading.ok ? "" : reading.problems.join("; ")).toMatch(message);
});
