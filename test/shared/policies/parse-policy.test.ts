import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { aRow, now, policyOf, remarksOf } from "./a-row.ts";

describe("a valid row", () => {
  test("with the fewest fields becomes a policy with every default filled in", () => {
    const { schedule, ...rest } = policyOf(parsePolicy(aRow(), now));
    expect(schedule.timeZone).toBe("UTC");
    expect(schedule.cron.text).toBe("30 2 * * *");
    expect(rest).toEqual({
      policyId: "orders-nightly",
      account: "production",
      target: { kind: "instances", instanceIds: ["a1"] },
      scheduleText: "30 2 * * *",
      timeZone: "UTC",
      enabled: true,
      startWindowMinutes: 240,
      completionWindowMinutes: 720,
      maxAttempts: 2,
      catchUp: "latest",
      maxAgeHours: 36,
      sizeFloorKb: 1,
      severity: "page",
    });
  });

  test("with every field becomes a policy with exactly these values", () => {
    const given = {
      timezone: "Europe/Berlin",
      enabled: false,
      startWindowMinutes: 60,
      completionWindowMinutes: 120,
      maxAttempts: 5,
      catchUp: "none",
      databases: ["stock", "orders"],
      description: "nightly, kept two weeks",
      maxAgeHours: 30,
      sizeFloorKb: 0,
      severity: "ticket",
      owner: "team-orders@example.com",
    };
    const parse = parsePolicy(aRow({ ...given, retention: { keepDaily: 14, minimum: 2 } }), now);
    const { timezone, databases, ...same } = given;
    expect(policyOf(parse)).toMatchObject(same);
    expect(policyOf(parse)).toMatchObject({ timeZone: timezone, databases: ["orders", "stock"] });
    expect(policyOf(parse).retention).toEqual({ keepDaily: 14, minimum: 2 });
    expect(remarksOf(parse)).toEqual([]);
  });

  test("without retention keeps everything, and with one keeps at least three", () => {
    expect(policyOf(parsePolicy(aRow(), now)).retention).toBeUndefined();
    expect(policyOf(parsePolicy(aRow({ retention: { keepLast: 7 } }), now)).retention).toEqual({
      keepLast: 7,
      minimum: 3,
    });
  });

  test("with a selector is parsed completely, whether or not anything can use it yet", () => {
    const selector = { tags: { backup: "nightly" }, name: "orders-*", engine: "PostgreSQL" };
    const row = aRow({ selector });
    delete row.instanceIds;
    expect(policyOf(parsePolicy(row, now)).target).toEqual({ kind: "selector", selector });
  });

  test("may name 1000 instances of 10 characters", () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `instance${String(i).padStart(4, "0")}`.slice(-10));
    expect(policyOf(parsePolicy(aRow({ instanceIds: ids }), now)).target).toEqual({
      kind: "instances",
      instanceIds: [...ids].sort(),
    });
  });

  test("is not changed by what the system wrote back, however that looks", () => {
    const observed = {
      status: "OK",
      problems: ["x".repeat(40_000)],
      deep: { a: { b: { c: { d: { e: { f: { g: {} } } } } } } },
    };
    expect(parsePolicy(aRow({ observed }), now)).toEqual(parsePolicy(aRow(), now));
  });
});

describe("the default freshness target", () => {
  test("is the longest distance of two slots in a year and the completion window, in full hours", () => {
    // Mondays at half past two: 168 hours, and one more over the end of summer time.
    const weekly = aRow({ schedule: "30 2 * * MON", timezone: "Europe/Berlin", completionWindowMinutes: 90 });
    delete weekly.startWindowMinutes;
    expect(policyOf(parsePolicy({ ...weekly, startWindowMinutes: 60 }, now)).maxAgeHours).toBe(171);
  });

  test("gives way to a value in the row", () => {
    expect(policyOf(parsePolicy(aRow({ maxAgeHours: 49 }), now)).maxAgeHours).toBe(49);
  });
});

describe("a pause", () => {
  const until = (pausedUntil: string, timezone: string) =>
    policyOf(parsePolicy(aRow({ pausedUntil, pauseReason: "migration", timezone }), now)).pausedUntil;

  test("until a date covers all of that day in the policy's zone", () => {
    expect(until("2026-12-24", "UTC")).toBe(Date.UTC(2026, 11, 25));
    expect(until("2026-12-24", "Europe/Berlin")).toBe(Date.UTC(2026, 11, 24, 23));
    expect(until("2026-12-24", "America/New_York")).toBe(Date.UTC(2026, 11, 25, 5));
  });

  test("until a date after which midnight does not exist ends where the next day begins", () => {
    // Beirut skipped 00:00 to 01:00 on 2024-03-31.
    expect(until("2024-03-30", "Asia/Beirut")).toBe(Date.UTC(2024, 2, 30, 22));
  });

  test("until a date-time ends at that instant", () => {
    expect(until("2026-12-24T18:00:00+01:00", "America/New_York")).toBe(Date.UTC(2026, 11, 24, 17));
    expect(until("2026-12-24T18:00Z", "UTC")).toBe(Date.UTC(2026, 11, 24, 18));
  });

  test("that is over stays in the row without a word", () => {
    const parse = parsePolicy(aRow({ pausedUntil: "2026-01-31", pauseReason: "migration" }), now);
    expect(policyOf(parse).pausedUntil).toBe(Date.UTC(2026, 1, 1));
    expect(remarksOf(parse)).toEqual([]);
  });
});

test("the answer is the same at every moment of one UTC day", () => {
  const morning = parsePolicy(aRow({ timezone: "Europe/Berlin" }), Date.UTC(2026, 9, 24, 0, 0));
  const night = parsePolicy(aRow({ timezone: "Europe/Berlin" }), Date.UTC(2026, 9, 24, 23, 59));
  expect(night).toEqual(morning);
});

test("a selector may mean a tag with an empty value, as OTC has it", () => {
  const selector = { tags: { backup: "" } };
  const parse = parsePolicy({ policyId: "p-1", account: "prod", selector, schedule: "30 2 * * *" }, 0);
  expect(parse.ok && parse.policy.target).toEqual({ kind: "selector", selector });
});
