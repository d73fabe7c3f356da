// Rows as consoles invite people to type them, edited while the site runs: said on the row within two ticks, and backups go on.

import { expect, test } from "vitest";
import { aRow, aSite } from "../support/test-site.ts";

/** One database takes one backup after the other: the others wait for it, and nothing is wrong with that. */
const goesOn = new Set(["waiting", "requested", "building", "completed"]);

const harmless: [string, Record<string, unknown>, string][] = [
  ["a string where a list is meant", { instanceIds: "5a0e0001d3b07384d113edec49eaa623in01" }, "instanceIds"],
  ["a set where a list is meant", { instanceIds: new Set(["5a0e0001d3b07384d113edec49eaa623in01"]) }, ""],
  ["numbers as strings", { startWindowMinutes: "120", maxAttempts: "3" }, "startWindowMinutes"],
  ["a stray field", { colour: "blue" }, "colour"],
  ["a misspelt field", { enabeld: false }, "did you mean enabled?"],
];

test("what can mean only one thing is read as meant, the row says so, and nobody is told", async () => {
  const ids = harmless.map((_case, i) => `nightly-shop-${i}`);
  const { minutes, runs, row, notices, putRow } = await aSite(ids.map((policyId) => aRow({ policyId })));
  for (const [i, [, change]] of harmless.entries()) await putRow(aRow({ policyId: ids[i], ...change }));
  await minutes(2);
  for (const [i, [what, , said]] of harmless.entries()) {
    const observed = await row(ids[i] ?? "");
    expect(observed, what).toMatchObject({ status: "OK", problems: [] });
    expect(observed.warnings?.join("\n") ?? "", what).toContain(said);
    expect(
      (await runs(ids[i])).map((run) => goesOn.has(run.state)),
      what,
    ).toEqual([true]);
  }
  expect(notices).toEqual([]);
});

const wrong: [string, Record<string, unknown>, string][] = [
  ["two ids in one string", { instanceIds: "in01, in02" }, "instanceIds"],
  ["a blank retention", { retention: "" }, "retention"],
  ["an empty retention", { retention: {} }, "retention"],
  ["a retention of null", { retention: null }, "retention"],
  ["a number as text inside retention", { retention: { keepLast: "7" } }, "retention.keepLast"],
  ["an unknown zone", { timezone: "Europe/Berln" }, "timezone"],
  ["AWS's own cron form", { schedule: "cron(30 2 * * ? *)" }, "schedule"],
  ["a pause without a reason", { pausedUntil: "2026-12-24" }, "pauseReason"],
];

test("what is wrong stands on the row, with one ticket each, and the last valid version goes on", async () => {
  const ids = wrong.map((_case, i) => `nightly-shop-${i}`);
  const { minutes, runs, row, notices, putRow } = await aSite(ids.map((policyId) => aRow({ policyId })));
  for (const [i, [, change]] of wrong.entries()) await putRow(aRow({ policyId: ids[i], ...change }));
  await minutes(4);
  for (const [i, [what, , field]] of wrong.entries()) {
    const problems = [expect.stringContaining(field)];
    expect(await row(ids[i] ?? ""), what).toMatchObject({ status: "INVALID", effectiveVersion: 1, problems });
    const own = await runs(ids[i]);
    expect(
      own.map((run) => [run.terms.policyVersion, goesOn.has(run.state)]),
      what,
    ).toEqual([[1, true]]);
  }
  expect(notices.map((notice) => notice.subject).toSorted()).toEqual(
    ids.map((id) => `TICKET policy-invalid: policy ${id}`).toSorted(),
  );
});

test("a warning is gone from the row once the field is", async () => {
  const { minutes, row, putRow } = await aSite([aRow({ colour: "blue" })]);
  await minutes(1);
  expect((await row("nightly-shop")).warnings).toHaveLength(1);
  await putRow(aRow());
  await minutes(2);
  expect((await row("nightly-shop")).warnings).toBeUndefined();
});
