// May a backup be requested, and what does OTC's answer to the request mean: every kind of answer has its one consequence.

import { expect, test } from "vitest";
import {
  type FailureCode,
  failed,
  failure,
  failureKinds,
  isFailureCode,
  ok,
} from "../../../../shared/domain/failure.ts";
import type { Policy } from "../../../../shared/domain/policy.ts";
import {
  afterAccountFailure,
  afterRequest,
  isForLater,
  isKnownToWaitFor,
  retryDelayMs,
} from "../../../../shared/domain/runs/decide-request.ts";
import { decideStart } from "../../../../shared/domain/runs/decide-start.ts";
import { postpone } from "../../../../shared/domain/runs/run-machine.ts";
import { dueSlots } from "../../../../shared/domain/slots/due-slots.ts";
import { parsePolicy } from "../../../../shared/policies/parse-policy.ts";
import { aRequestedRun, aWaitingRun, minute } from "../../../support/run-builder.ts";

const skipped: readonly FailureCode[] = [
  "instance-gone",
  "instance-frozen",
  "storage-full",
  "instance-stopped",
  "instance-replica",
];

function stateAfter(code: FailureCode): string {
  if (code === "name-taken") return "requested";
  if (skipped.includes(code)) return "skipped";
  const { retry, accountWide } = failureKinds[code];
  return retry === "never" && !accountWide ? "failed" : "waiting";
}

const codes = Object.keys(failureKinds).filter(isFailureCode);

test.each(codes)("a request refused with %s, certainly without effect, has its one consequence", (code) => {
  const next = afterRequest(aRequestedRun(), failed(failure(code, "simulated")), minute(1));
  expect(next).toMatchObject({ state: stateAfter(code), reason: code });
});

test.each(codes)("after %s with an unknown effect the name is looked up before anything else", (code) => {
  const next = afterRequest(aRequestedRun(), failed(failure(code, "simulated", { effect: "unknown" })), minute(1));
  expect(next).toMatchObject({ state: "requested", reason: code, dueAt: minute(1) });
});

test("an accepted request is followed by the id that OTC gave", () => {
  const run = aRequestedRun();
  const row = { id: "b-1", name: run.name ?? "", instanceId: run.instanceId, status: "BUILDING" } as const;
  expect(afterRequest(run, ok(row), minute(1))).toMatchObject({
    state: "building",
    backupId: "b-1",
    reason: "accepted",
  });
});

test("busy is asked again every minute, later every five, and not before OTC says", () => {
  const busy = failure("instance-busy", "busy");
  const delayAfter = (tries: number, told = busy) => {
    let run = aWaitingRun();
    for (let n = 1; n <= tries; n += 1) run = postpone(run, told, { now: minute(n), retryAt: minute(n + 1) });
    return retryDelayMs(run, busy) / 60_000;
  };
  expect([0, 4, 5, 9, 10, 19, 20, 30].map((tries) => delayAfter(tries))).toEqual([1, 1, 2, 2, 3, 4, 5, 5]);
  expect(delayAfter(30, failure("throttled", "other"))).toBe(1);
  expect(retryDelayMs(aWaitingRun(), { ...busy, afterMs: 900_000 })).toBe(900_000);
  expect(afterRequest(aRequestedRun(), failed(busy), minute(1)).dueAt).toBe(minute(2));
});

test("who waits for nothing but the end of a tick is due at once, whatever else is said", () => {
  const held = failure("held-by-pace", "no calls left", { afterMs: 900_000 });
  expect(retryDelayMs(aWaitingRun(), held)).toBe(0);
});

test("an account that cannot be used is tried again in a minute, or when OTC says", () => {
  const dueAt = (afterMs?: number) => {
    const why = failure("credentials-refused", "login refused", afterMs === undefined ? {} : { afterMs });
    return afterAccountFailure(aWaitingRun(), why, minute(1)).dueAt;
  };
  expect([undefined, 5000, 600_000].map(dueAt)).toEqual([minute(2), minute(2), minute(11)]);
});

test.each(codes)("%s leaves the account's calls for later only when calls are what is short", (code) => {
  expect(isForLater(failure(code, "simulated"))).toBe(code === "held-by-pace" || code === "throttled");
});

test("a run that is known to wait for the same is not written again, unless OTC asks for more than a minute", () => {
  const throttled = (afterMs?: number) => failure("throttled", "simulated", afterMs === undefined ? {} : { afterMs });
  const waiting = postpone(aWaitingRun(), throttled(), { now: minute(1), retryAt: minute(2) });
  expect(isKnownToWaitFor(aWaitingRun(), throttled())).toBe(false);
  const isKnown = (afterMs?: number) => isKnownToWaitFor(waiting, throttled(afterMs));
  expect([undefined, 60_000, 60_001].map(isKnown)).toEqual([true, true, false]);
  expect(isKnownToWaitFor(waiting, failure("held-by-pace", "simulated"))).toBe(false);
});

const instance = { id: "i", name: "shop", status: "ACTIVE", isReplica: false, engine: "PostgreSQL", tags: [] };

test.each([
  ["ACTIVE", "start", undefined],
  ["BACKING UP", "wait", "instance-busy"],
  ["REBOOTING", "wait", "instance-busy"],
  ["FROZEN", "skip", "instance-frozen"],
  ["STORAGE FULL", "skip", "storage-full"],
  ["SHUTDOWN", "skip", "instance-stopped"],
  ["FAILED", "skip", "instance-broken"],
  ["CREATE FAIL", "skip", "instance-broken"],
] as const)("a database that is %s: %s", (status, kind, code) => {
  const decision = decideStart(aWaitingRun(), { ...instance, status }, minute(1));
  const why = { code, message: `database shop is ${status}` };
  expect(decision).toMatchObject(code === undefined ? { kind } : { kind, why });
  if (decision.kind === "wait") expect(decision.retryAt).toBe(minute(2));
});

test("a replica is skipped whatever its status; a missing database only at the second look", () => {
  expect(decideStart(aWaitingRun(), { ...instance, isReplica: true }, minute(1))).toMatchObject({
    kind: "skip",
    why: { code: "instance-replica", message: "database shop is a read replica" },
  });
  const first = decideStart(aWaitingRun(), undefined, minute(1));
  expect(first).toMatchObject({ kind: "wait", why: { code: "instance-gone" }, retryAt: minute(2) });
  if (first.kind !== "wait") throw new Error("not waited");
  expect(first.why.message).toBe("database d8e6ca5a624745bcb546a227aa3ae1cfin01 is not in account prod");
  const waiting = postpone(aWaitingRun(), first.why, { now: minute(1), retryAt: first.retryAt });
  expect(decideStart(waiting, undefined, minute(2))).toMatchObject({ kind: "skip", why: { code: "instance-gone" } });
});

function aPolicy(changes: Record<string, unknown> = {}): Policy {
  const row = {
    policyId: "nightly",
    account: "prod",
    instanceIds: ["0a0e000154844b18a0e9d2f8d85fa29bin03"],
    schedule: "30 2 * * *",
    startWindowMinutes: 60,
    completionWindowMinutes: 120,
    ...changes,
  };
  const parse = parsePolicy(row, minute(0));
  if (!parse.ok) throw new Error(JSON.stringify(parse.problems));
  return parse.policy;
}

const day = 1440;

test.each([
  { name: "in time", now: minute(1), through: minute(-5), fates: ["start"] },
  { name: "at the slot itself", now: minute(0), through: minute(-5), fates: ["start"] },
  { name: "accounted already", now: minute(1), through: minute(0), fates: [] },
  { name: "late, window over, made up", now: minute(300), through: minute(-5), fates: ["start"] },
  {
    name: "after three days",
    now: minute(3 * day + 1),
    through: minute(-5),
    fates: ["missed", "missed", "missed", "start"],
  },
  { name: "long ago", now: minute(40 * day + 1), through: minute(-5), count: 31 },
])("slots that are due: $name", ({ now, through, fates, count }) => {
  const due = dueSlots(aPolicy(), { now, accountedThroughAt: through });
  if (fates !== undefined) expect(due.map((slot) => slot.fate)).toEqual(fates);
  else expect(due).toHaveLength(count ?? 0);
});

test("windows count from the slot, and from now for one that is made up", () => {
  const [inTime] = dueSlots(aPolicy(), { now: minute(60), accountedThroughAt: minute(-5) });
  expect(inTime).toMatchObject({ startByAt: minute(60), completeByAt: minute(120) });
  const [madeUp] = dueSlots(aPolicy(), { now: minute(61), accountedThroughAt: minute(-5) });
  expect(madeUp).toMatchObject({ fate: "start", startByAt: minute(121), completeByAt: minute(181) });
  const none = dueSlots(aPolicy({ catchUp: "none" }), {
    now: minute(61),
    accountedThroughAt: minute(-5),
  });
  expect(none).toMatchObject([{ fate: "missed" }]);
});

test.each([
  { accounting: "that got stuck before it", through: minute(-9000) },
  { accounting: "that never came to its end", through: undefined },
])("a policy that is new to an accounting $accounting owes every slot since the ledger met it", ({ through }) => {
  const due = (now: number) =>
    dueSlots(aPolicy(), { now, accountedThroughAt: through, newSinceAt: minute(30) }).map(({ slotAt, fate }) => [
      slotAt,
      fate,
    ]);
  expect(due(minute(31))).toEqual([[minute(0), "start"]]);
  expect(due(minute(61))).toEqual([]);
  expect(due(minute(3 * day + 1))).toEqual([
    [minute(day), "missed"],
    [minute(2 * day), "missed"],
    [minute(3 * day), "start"],
  ]);
});

test("a new policy takes its newest slot while its window is open, a disabled one none, a paused one as paused", () => {
  const fates = (policy: Policy, now: number) =>
    dueSlots(policy, { now, accountedThroughAt: minute(-9000), newSinceAt: now }).map((slot) => slot.fate);
  expect(fates(aPolicy(), minute(60))).toEqual(["start"]);
  expect(fates(aPolicy(), minute(61))).toEqual([]);
  expect(fates(aPolicy({ enabled: false }), minute(1))).toEqual([]);
  const paused = { pausedUntil: new Date(minute(1)).toISOString(), pauseReason: "maintenance" };
  expect(fates(aPolicy(paused), minute(1))).toEqual(["paused"]);
  expect(fates(aPolicy({ ...paused, pausedUntil: new Date(minute(0)).toISOString() }), minute(1))).toEqual(["start"]);
});

test("a new policy with several slots in its window takes the newest of those before it, and owes only later ones", () => {
  const hourly = aPolicy({ schedule: "30 * * * *", startWindowMinutes: 120 });
  const due = (now: number, newSinceAt?: number) =>
    dueSlots(hourly, { now, accountedThroughAt: undefined, ...(newSinceAt === undefined ? {} : { newSinceAt }) }).map(
      ({ slotAt, fate }) => [slotAt, fate],
    );
  const newest = [[minute(0), "start"]];
  expect(due(minute(20))).toEqual(newest);
  expect(due(minute(20), minute(15))).toEqual(newest);
  expect(due(minute(20), minute(-15))).toEqual(newest);
  expect(due(minute(20), minute(-60))).toEqual(newest);
  expect(due(minute(20), minute(-61))).toEqual([[minute(-60), "missed"], ...newest]);
});
