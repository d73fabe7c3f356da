// When an account comes to its limit of manual backups, in a line and as a ticket, on literal dates.

import { expect, test } from "vitest";
import { accountForecast, forecastLine, limitAlert } from "../../../../shared/domain/coverage/limit-forecast.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";

const now = Date.UTC(2026, 10, 24, 8);
const gb = 1_048_576;

function aPolicy(changes: Record<string, unknown> = {}) {
  const row = { policyId: "nightly", account: "prod", selector: { name: "*" }, schedule: "30 2 * * *", ...changes };
  const parse = parsePolicy(row, now);
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return parse.policy;
}

/** Ten databases with forty backups of 2 GB each in all. */
const stock = { policyId: "nightly", databases: 10, held: 40, heldKb: 80 * gb };
const found = (limit: number, policy = aPolicy()) => accountForecast([stock], [policy], { now, limit });

test("a policy without retention grows without an end, ten a night", () => {
  expect(found(400)).toMatchObject({ held: 40, perDay: 10, in30Days: 340, limitReachedAt: now + 36 * 86_400_000 });
  expect(forecastLine("prod", found(400), { now, limit: 400 })).toBe(
    "manual backups of account prod: 40 (80 GB), in 30 days 340, in a year 3690 (7380 GB), without an end; THE LIMIT OF 400 is reached about 2026-12-30",
  );
});

test("with a retention it comes to an end, and below the limit there is nothing to tell", () => {
  const kept = found(400, aPolicy({ retention: { keepLast: 7 } }));
  expect(kept.ceiling).toBe(100);
  expect(forecastLine("prod", kept, { now, limit: 400 })).toMatch(/at most 100; the limit of 400 is not reached$/);
  expect(limitAlert("prod", kept, { now, limit: 400 })).toBeUndefined();
});

test("a limit nobody has told is neither in the line nor an alert", () => {
  const unknown = accountForecast([stock], [aPolicy()], { now });
  expect(forecastLine("prod", unknown, { now })).toMatch(/without an end$/);
  expect(limitAlert("prod", unknown, { now })).toBeUndefined();
});

test.each([
  [341, "31 days away", undefined],
  [340, "30 days away", "limit-340-30"],
  [120, "8 days away", "limit-120-30"],
  [110, "7 days away", "limit-110-7"],
  [40, "reached", "limit-40-7"],
])("a limit of %s, %s", (limit, _away, fingerprint) => {
  const alert = limitAlert("prod", found(limit), { now, limit });
  expect(alert?.fingerprint).toBe(fingerprint);
  if (alert !== undefined)
    expect(alert).toMatchObject({ kind: "backup-limit-near", level: "ticket", subject: "account prod" });
});

test("a policy that is no more makes no further ones, and what it holds still counts", () => {
  expect(accountForecast([stock], [], { now })).toMatchObject({ held: 40, in365Days: 40, ceiling: 40 });
});
