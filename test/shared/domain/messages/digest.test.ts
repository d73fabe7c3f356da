// The morning digest: when it is due, what it counts, and what it says, on literal dates.

import { expect, test } from "vitest";
import { decideDigest, digestSent } from "../../../../shared/domain/messages/decide-digest.ts";
import { policyDigest } from "../../../../shared/domain/messages/digest.ts";
import { digestNotice } from "../../../../shared/domain/messages/digest-text.ts";
import type { Policy } from "../../../../shared/domain/policy.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { missAtBirth, pauseAtBirth } from "../../../../shared/domain/runs/run-machine.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";
import { aBuildingRun, minute, slotAt, theTerms } from "../../../support/run-builder.ts";

const berlin = { hour: 7, timeZone: "Europe/Berlin" };
const at = (text: string) => Date.parse(`${text}Z`);
const iso = (instant: number) => new Date(instant).toISOString().slice(0, 16);

test.each([
  ["in winter at 06:00 UTC", "2026-11-24T06:00", "2026-11-24T06:00"],
  ["a minute before it is yesterday's", "2026-11-24T05:59", "2026-11-23T06:00"],
  ["in summer at 05:00 UTC", "2026-07-24T05:00", "2026-07-24T05:00"],
  ["on the day of the spring change", "2026-03-29T05:00", "2026-03-29T05:00"],
  ["on the day of the autumn change", "2026-10-25T05:59", "2026-10-24T05:00"],
])("seven o'clock in Berlin: %s", (_title, now, due) => {
  const decision = decideDigest({ version: 1, throughAt: 0, sentAt: 0 }, berlin, at(now));
  expect(decision.kind === "send" && iso(decision.toAt)).toBe(due);
});

test("an hour that the clock skips comes right after the gap", () => {
  const decision = decideDigest(
    { version: 1, throughAt: 0, sentAt: 0 },
    { ...berlin, hour: 2 },
    at("2026-03-29T01:00"),
  );
  expect(decision.kind === "send" && iso(decision.toAt)).toBe("2026-03-29T01:00");
});

test("a new site waits for its first morning; then once a day; a claim that ran out is taken over", () => {
  const begun = decideDigest(undefined, berlin, at("2026-11-23T15:00"));
  if (begun.kind !== "begin") throw new Error(begun.kind);
  expect(begun.next).toEqual({ version: 1, throughAt: at("2026-11-23T06:00"), sentAt: at("2026-11-23T15:00") });
  expect(decideDigest(begun.next, berlin, at("2026-11-24T05:59"))).toEqual({ kind: "nothing" });
  const due = decideDigest(begun.next, berlin, at("2026-11-24T06:02"));
  if (due.kind !== "send") throw new Error(due.kind);
  expect([iso(due.fromAt), iso(due.toAt)]).toEqual(["2026-11-23T06:00", "2026-11-24T06:00"]);
  expect(decideDigest(due.claim, berlin, at("2026-11-24T06:05"))).toEqual({ kind: "nothing" });
  expect(decideDigest(due.claim, berlin, at("2026-11-24T06:06"))).toMatchObject({ kind: "send", toAt: due.toAt });
  const sent = digestSent(due.claim, due.toAt, at("2026-11-24T06:02"));
  expect(decideDigest(sent, berlin, at("2026-11-24T23:59"))).toEqual({ kind: "nothing" });
});

test("mornings that were left out are made up, up to a week", () => {
  const record = { version: 1, throughAt: at("2026-11-20T06:00"), sentAt: 0 };
  expect(decideDigest(record, berlin, at("2026-11-24T09:00"))).toMatchObject({ fromAt: record.throughAt });
  const old = { ...record, throughAt: at("2026-10-01T05:00") };
  expect(decideDigest(old, berlin, at("2026-11-24T09:00"))).toMatchObject({ fromAt: at("2026-11-17T06:00") });
});

const span = { fromAt: minute(-1200), toAt: minute(240), now: minute(241) };
const key = { policyId: "nightly-shop", instanceId: "d8e6ca5a624745bcb546a227aa3ae1cfin01", slotAt, account: "prod" };
const missed = missAtBirth(key, theTerms(), minute(0));
const completed: Run = { ...missed, state: "completed", reason: "completed", backupId: "b", sizeKb: 2048, alerts: [] };

function aPolicy(changes: Record<string, unknown> = {}): Policy {
  const row = {
    policyId: "nightly-shop",
    account: "prod",
    instanceIds: [key.instanceId],
    schedule: "30 2 * * *",
    ...changes,
  };
  const parse = parsePolicy(row, slotAt);
  if (!parse.ok) throw new Error("not a policy");
  return parse.policy;
}

function digestOf(
  runs: readonly Run[],
  more: { policy?: Policy | undefined; problems?: string[] } = { policy: aPolicy() },
) {
  return policyDigest({ policyId: "nightly-shop", policy: more.policy, problems: more.problems ?? [], runs }, span);
}

test("every end is counted where it belongs", () => {
  const other = (changes: Partial<Run>): Run => ({ ...completed, ...changes });
  const paged = {
    kind: "backup-missed",
    level: "page",
    attempt: 1,
    raisedAt: minute(1),
    leaseUntilAt: minute(2),
    sentAt: minute(1),
  } as const;
  const digest = digestOf([
    completed,
    other({ attempt: 2 }),
    other({ sizeKb: 0 }),
    other({ vanishedAt: minute(5) }),
    other({
      retention: { stage: "deleted", planId: "p", markedAt: 0, removableAt: 0, reasons: [], deletedAt: minute(9) },
    }),
    other({ slotAt: minute(-1201) }),
    { ...missed, alerts: [paged] },
    { ...missed, state: "failed", reason: "quota-reached" },
    { ...missed, state: "lost", reason: "backup-gone" },
    { ...missed, state: "skipped", reason: "instance-replica" },
    pauseAtBirth(key, theTerms(), { now: minute(0), detail: "migration" }),
    aBuildingRun(),
    other({ reason: "resolved", state: "skipped" }),
  ]);
  expect(digest).toMatchObject({ planned: 11, good: 3, retried: 1, paused: 1, paged: 1, deleted: 1, remarks: [] });
  const lists = [digest.failed, digest.missed, digest.lost, digest.notGood, digest.skipped, digest.open];
  expect(lists.map((list) => list.length)).toEqual([1, 1, 2, 1, 1, 1]);
  expect(digest.failed).toEqual([
    "nightly-shop d8e6ca5a624745bcb546a227aa3ae1cfin01 slot 2026-11-24T02:30Z: failed, quota-reached",
  ]);
});

test("what makes no backups is named, with the reason", () => {
  const pause = { pausedUntil: "2026-12-01T00:00:00Z", pauseReason: "migration" };
  expect(digestOf([], { policy: aPolicy({ enabled: false }) }).remarks).toEqual(["nightly-shop: disabled"]);
  expect(digestOf([], { policy: aPolicy(pause) }).remarks).toEqual([
    "nightly-shop: paused until 2026-12-01T00:00Z (migration)",
  ]);
  expect(digestOf([], { policy: undefined, problems: ["schedule: wrong"] }).remarks).toEqual([
    "nightly-shop: never valid, NO backups are made for it",
    "nightly-shop: row invalid: schedule: wrong",
  ]);
  expect(digestOf([], { policy: aPolicy(), problems: ["schedule: wrong"] }).remarks).toEqual([
    "nightly-shop: row invalid, the last valid version stays in force: schedule: wrong",
  ]);
});

test("on a good morning the subject says all", () => {
  const many = Array.from({ length: 412 }, (_, i) => digestOf([{ ...completed, attempt: i < 2 ? 2 : 1 }]));
  const notice = digestNotice(many, {
    ...span,
    timeZone: "Europe/Berlin",
    oldest: { ageMs: (23 * 60 + 58) * 60_000, database: "nightly-shop x" },
    coverage: ["3 databases are covered by no policy"],
  });
  expect(notice.subject).toBe("DIGEST 412 of 412 good, oldest 23 h 58 m, 2 retried, 0 paged");
  expect(notice.level).toBe("ticket");
  expect(notice.body).toContain("slots from 2026-11-23 07:30 to 2026-11-24 07:30 (Europe/Berlin)");
  expect(notice.body).toContain("3 databases are covered by no policy");
  expect(notice.body).not.toContain("policies that need a look");
});

test("a bad night fits into one message, and says how much it leaves out", () => {
  const bad = Array.from({ length: 20_000 }, () => digestOf([missed]));
  const notice = digestNotice(bad, { ...span, timeZone: "UTC" });
  expect(notice.subject).toBe("DIGEST 0 of 20000 good, 0 retried, 0 paged");
  expect(notice.body).toContain("- and 19800 more");
  expect(Buffer.byteLength(notice.body)).toBeLessThan(200_000);
});

test("a slot that stood for a whole selector counts once for each database it had, and is one page", () => {
  const key = { policyId: "tagged", account: "prod", instanceId: "selector", slotAt: minute(0) };
  const sentAt = minute(245);
  const alerts = [
    { kind: "backup-missed", level: "page", attempt: 1, raisedAt: sentAt, leaseUntilAt: sentAt, sentAt },
  ] as const;
  const whole: Run = { ...missAtBirth(key, theTerms(), minute(240)), alerts };
  const span = { fromAt: minute(0), toAt: minute(1440), now: minute(1440) };
  const facts = { policyId: "tagged", policy: undefined, problems: [] };
  const digest = policyDigest({ ...facts, runs: [whole], members: ["db-1", "db-2", "db-3"] }, span);
  expect(digest).toMatchObject({ planned: 3, good: 0, paged: 1 });
  expect(digest.missed.map((line) => line.split(" ")[1])).toEqual(["db-1", "db-2", "db-3"]);
  const own = { ...whole, instanceId: "db-2" };
  expect(policyDigest({ ...facts, runs: [whole, own], members: ["db-1", "db-2"] }, span)).toMatchObject({ planned: 2 });
  const empty: Run = { ...whole, state: "skipped", reason: "selector-empty" };
  expect(policyDigest({ ...facts, runs: [empty], members: ["db-1"] }, span)).toMatchObject({ planned: 1 });
});
