// One cause is one page, also while the two functions see different halves of it.

import { expect, test } from "vitest";
import type { PolicyMeaning, Scenario } from "./plan/scenario.ts";
import { schedules } from "./plan/schedules.ts";
import { simulate } from "./simulate.ts";

const hourMs = 3_600_000;
const startAt = Date.UTC(2026, 10, 24, 12);
const slotAt = Date.UTC(2026, 10, 25, 2, 30);
const instanceIds = ["0a0e000154844b18a0e9d2f8d85fa29bin03", "0a0e111254844b18a0e9d2f8d85fa29bin03"] as const;

function policy(policyId: string, instanceId: string, schedule: string) {
  const named = schedules.find((each) => each.text === schedule);
  if (named === undefined) throw new Error(`no schedule ${schedule}`);
  const terms = { account: "alpha", instanceIds: [instanceId], enabled: true, startWindowMinutes: 60, maxAttempts: 1 };
  const meaning: PolicyMeaning = {
    ...terms,
    completionWindowMinutes: 600,
    catchUp: "latest",
    schedule: named,
    timeZone: "UTC",
  };
  return { at: startAt, policyId, meaning, row: { ...terms, completionWindowMinutes: 600, policyId, schedule } };
}

test.each(["permission-denied", "provider-unavailable", "throttled"] as const)(
  "posting meets %s while listing works: the account pages once, not at every tick",
  async (code) => {
    const scenario: Scenario = {
      seed: 1,
      startAt,
      endAt: slotAt + 6 * hourMs,
      instances: instanceIds.map((id, index) => ({ id, name: `db-${index}`, account: "alpha", isReplica: false })),
      edits: [policy("early", instanceIds[0], "15 1 * * *"), policy("late", instanceIds[1], "30 2 * * *")],
      faults: [
        { kind: "backup-fate", at: startAt, fate: "slow" },
        { kind: "otc-refuses", at: slotAt, operation: "create-backup", code, times: 500 },
      ],
    };
    const { world } = await simulate(scenario);
    const pages = world.inbox.delivered.filter(({ notice }) => notice.subject.includes("account-unusable"));
    expect(pages.map(({ at, notice }) => `${new Date(at).toISOString()} ${notice.subject}`)).toHaveLength(1);
  },
);

test("a login that one function cannot make and the other does not need: the account pages once, not at every look", async () => {
  const scenario: Scenario = {
    seed: 1,
    isWired: true,
    startAt,
    endAt: slotAt + 6 * hourMs,
    instances: [{ id: instanceIds[0], name: "db-0", account: "alpha", isReplica: false }],
    // The second one waits for the first one's backup, and lists with the token it has; whoever follows the first has none yet.
    edits: [policy("one", instanceIds[0], "15 1 * * *"), policy("two", instanceIds[0], "15 1 * * *")],
    faults: [
      { kind: "backup-fate", at: startAt, fate: "slow" },
      { kind: "user-locked", at: Date.UTC(2026, 10, 25, 1, 15, 50), forMs: 3 * hourMs, account: "alpha" },
    ],
  };
  const { world } = await simulate(scenario);
  const pages = world.inbox.delivered.filter(({ notice }) => notice.subject.includes("account-unusable"));
  expect(pages.map(({ at, notice }) => `${new Date(at).toISOString()} ${notice.subject}`)).toHaveLength(1);
});

test.each([
  ["provider-unavailable", ["2026-11-25T01", "2026-11-26T01"]],
  ["permission-denied", ["2026-11-25T01"]],
] as const)(
  "%s that still stands in the second night pages again only where it may be another outage",
  async (code, hours) => {
    const scenario: Scenario = {
      seed: 1,
      startAt,
      endAt: slotAt + 30 * hourMs,
      instances: instanceIds.map((id, index) => ({ id, name: `db-${index}`, account: "alpha", isReplica: false })),
      edits: [policy("early", instanceIds[0], "15 1 * * *"), policy("late", instanceIds[1], "30 2 * * *")],
      faults: [{ kind: "otc-refuses", at: startAt, operation: "create-backup", code, times: 9000 }],
    };
    const { world } = await simulate(scenario);
    const pages = world.inbox.delivered.filter(({ notice }) => notice.subject.includes("account-unusable"));
    expect(pages.map(({ at }) => new Date(at).toISOString().slice(0, 13))).toEqual(hours);
  },
);
