// What is left of a visit that ended before the policy's last database: when it goes on, what it remembers, how much has room.

import { expect, test } from "vitest";
import {
  addFindings,
  boundedLooks,
  boundedNotes,
  currentRound,
  goOn,
  noteMeanwhile,
  nothingYet,
  type RestOfVisit,
  type SecondLook,
  visitsOf,
} from "../../../../shared/domain/audit/reconciliation.ts";
import { minute } from "../../../support/run-builder.ts";

const rest: RestOfVisit = { ...nothingYet, from: "db-7", readFromAt: minute(0), held: 6, heldKb: 600 };
const forTime = (policyId: string) => goOn(policyId, { rest, inTrouble: false });
const inTrouble = (policyId: string) => goOn(policyId, { rest, inTrouble: true });
const roundWith = (again: readonly SecondLook[], afterPolicyId?: string) => ({
  ...{ beganAt: minute(0), doneAt: minute(0), notes: [], again },
  ...(afterPolicyId === undefined ? {} : { afterPolicyId }),
});

test("what wanted only time goes on before all else; what an account in trouble ended, after all else", () => {
  const round = roundWith([inTrouble("a"), { policyId: "b" }, forTime("c")], "m");
  const looks = [forTime("c"), { policyId: "b" }, { policyId: "z" }, inTrouble("a")];
  expect(visitsOf(round, ["a", "b", "c", "m", "z"])).toEqual(looks);
  expect(inTrouble("a")).toEqual({ policyId: "a", onceListed: "db-7", rest });
});

test("a new round takes what wanted only time for its own visit, in its turn, and visits whole what was in trouble", () => {
  const round = roundWith([forTime("b"), inTrouble("c")], "");
  expect(visitsOf(round, ["a", "b", "c"])).toEqual([{ policyId: "a" }, forTime("b"), { policyId: "c" }]);
});

test("after an absence of the auditor a visit begins anew: the ledger may be another one", () => {
  const over = roundWith([forTime("b"), inTrouble("c")]);
  const again = [{ policyId: "b" }, { policyId: "c", onceListed: "db-7" }];
  expect(currentRound(over, { now: minute(200), lastAuditAt: minute(100) }).again).toStrictEqual(again);
  expect(currentRound(over, { now: minute(1380), lastAuditAt: minute(1375) }).again).toEqual(over.again);
  const running = roundWith([forTime("b")], "b");
  expect(currentRound(running, { now: minute(200), lastAuditAt: minute(100) })).toBe(running);
});

test("of databases that cannot be listed a rest remembers one more than are looked at one by one", () => {
  const unlisted = Array.from({ length: 60 }, (_, n) => `db-${n}`);
  const look = goOn("p", { rest: { ...rest, unlisted }, inTrouble: false });
  expect(look.rest?.unlisted).toEqual(unlisted.slice(0, 51));
});

test("a checkpoint holds as many rests as fit into it; of the others the visit begins anew", () => {
  const looks = Array.from({ length: 400 }, (_, n) => forTime(`p${n}`));
  const bounded = boundedLooks([{ policyId: "x", instanceIds: ["y"] }, ...looks]);
  expect(bounded.filter((look) => look.rest !== undefined)).toEqual(looks.slice(0, 300));
  expect(bounded[301]).toStrictEqual({ policyId: "p300", onceListed: "db-7" });
  const line = "x".repeat(190);
  const full = {
    ...rest,
    unlisted: Array<string>(51).fill("d8e6ca5a624745bcb546a227aa3ae1cfin01"),
    found: { orphans: Array<string>(50).fill(line), phantoms: 0, oddSizes: Array<string>(50).fill(line) },
  };
  const large = boundedLooks(Array.from({ length: 2500 }, (_, n) => goOn(`p${n}`, { rest: full, inTrouble: true })));
  expect(large.filter((look) => look.rest !== undefined)).toHaveLength(2);
  expect(JSON.stringify(large).length).toBeLessThan(180_000);
});

test("a checkpoint holds the notes that say something, up to 800 lines", () => {
  const note = (lines: number) => ({
    policyId: "p",
    account: "prod",
    ...nothingYet.found,
    orphans: Array<string>(lines).fill("x"),
  });
  expect(boundedNotes([note(0), note(1), { ...note(0), phantoms: 1 }])).toEqual([note(1), { ...note(0), phantoms: 1 }]);
  expect(boundedNotes(Array.from({ length: 20 }, () => note(49)))).toHaveLength(16);
});

test("findings add up from piece to piece, to fifty lines each", () => {
  const lines = (count: number, mark: string) => Array.from({ length: count }, (_, n) => `${mark}${n}`);
  const a = { orphans: lines(30, "a"), phantoms: 1, oddSizes: lines(30, "a") };
  const b = { orphans: lines(30, "b"), phantoms: 2, oddSizes: lines(30, "b") };
  const both = { orphans: [...lines(30, "a"), ...lines(20, "b")], phantoms: 3 };
  expect(addFindings(a, b)).toEqual({ ...both, oddSizes: both.orphans });
});

test("while a visit goes on, what the one before had noted stands beside what is found, each thing once", () => {
  const of = { policyId: "p", account: "prod" };
  const before = { ...of, orphans: ["a", "b"], phantoms: 2, oddSizes: ["p d1: 9 kB", "p d2: 9 kB"] };
  const found = { ...of, orphans: ["b", "c"], phantoms: 1, oddSizes: ["p d1: 8 kB"] };
  expect(noteMeanwhile(undefined, found)).toEqual(found);
  expect(noteMeanwhile(before, found)).toEqual({
    ...of,
    orphans: ["b", "c", "a"],
    phantoms: 2,
    oddSizes: ["p d1: 8 kB", "p d2: 9 kB"],
  });
});
