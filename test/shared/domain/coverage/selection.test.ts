// What a selector matches, and what is made of a change.

import { describe, expect, test } from "vitest";
import type { Selector } from "../../../../shared/domain/policy.ts";
import type { Instance } from "../../../../shared/domain/remote.ts";
import { decideSelection, type Selection } from "../../../../shared/domain/coverage/selection.ts";
import { matchesGlob, selectInstances, selectorFromJson, selectorJson } from "../../../../shared/domain/coverage/selector.ts";

const now = Date.UTC(2026, 10, 24, 2, 30);
const hourMs = 3_600_000;

function anInstance(id: string, changes: Partial<Instance> = {}): Instance {
  const tags = [{ key: "backup", value: "nightly" }];
  return { id, name: `db-${id}`, status: "ACTIVE", isReplica: false, engine: "MySQL", tags, ...changes };
}

const ids = (selector: Selector, instances: Instance[]) =>
  selectInstances(selector, instances).matched.map((i) => i.id);

describe("a selector", () => {
  const fleet = [
    anInstance("c", { name: "shop-prod", engine: "PostgreSQL" }),
    anInstance("a", { name: "shop-test" }),
    anInstance("b", { name: "crm-prod", tags: [...anInstance("x").tags, { key: "env", value: "prod" }] }),
    anInstance("r", { name: "shop-prod-replica", isReplica: true }),
    anInstance("n", { name: "untagged", tags: [] }),
  ];

  test("needs all its tags, with key and value exactly so", () => {
    expect(ids({ tags: { backup: "nightly" } }, fleet)).toEqual(["a", "b", "c"]);
    expect(ids({ tags: { backup: "nightly", env: "prod" } }, fleet)).toEqual(["b"]);
    expect(ids({ tags: { backup: "Nightly" } }, fleet)).toEqual([]);
  });

  test("needs tags, name and engine together", () => {
    expect(ids({ name: "shop-*" }, fleet)).toEqual(["a", "c"]);
    expect(ids({ name: "shop-*", engine: "PostgreSQL" }, fleet)).toEqual(["c"]);
    expect(ids({ engine: "PostgreSQL", tags: { env: "prod" } }, fleet)).toEqual([]);
  });

  test("never matches a replica, and counts it", () => {
    expect(selectInstances({ name: "shop-prod*" }, fleet)).toMatchObject({ matched: [{ id: "c" }], replicas: 1 });
  });

  test("is read again from its own text, and from nothing else", () => {
    const selector: Selector = { tags: { expiresAt: "2026-11-24T02:30:00Z", a: "b" }, name: "*", engine: "MySQL" };
    expect(selectorFromJson(selectorJson(selector))).toEqual(selector);
    for (const text of ["", "null", "[]x", '{"tags":{"a":1},"name":"x"}', '{"engine":"Oracle"}', '{"nmae":"x"}'])
      expect(selectorFromJson(text)).toBeUndefined();
  });
});

test.each([
  ["*", "", true],
  ["shop", "shop", true],
  ["shop", "Shop", false],
  ["shop-*", "shop-", true],
  ["*-prod", "shop-prod", true],
  ["*-prod", "shop-prod-2", false],
  ["s?op", "shop", true],
  ["s?op", "sop", false],
  ["*a*b*", "xxaxxbxx", true],
  ["*a*b", "xxbxxa", false],
  ["a.c", "abc", false],
  ["[ab]", "a", false],
  ["?", "ü", true],
  ["", "x", false],
])("the glob %s against %s: %s", (glob, text, matches) => {
  expect(matchesGlob(glob, text)).toBe(matches);
});

test("a hostile glob takes no longer than pattern times text", () => {
  expect(matchesGlob(`${"*a".repeat(60)}b`, "a".repeat(5000))).toBe(false);
});

describe("a choice", () => {
  const selector: Selector = { tags: { backup: "nightly" } };
  const ten = Array.from({ length: 10 }, (_, i) => anInstance(`db${i}`));
  const untagged = (instance: Instance): Instance => ({ ...instance, tags: [] });
  const decide = (instances: Instance[], before?: Selection, changes: { now?: number; policyVersion?: number } = {}) =>
    decideSelection({
      policyId: "p",
      account: "prod",
      policyVersion: 1,
      selector,
      instances,
      now,
      dropPercent: 20,
      before,
      ...changes,
    });
  const first = decide(ten).selection;
  const names = (selection: Selection) => selection.members.map((m) => m.id);

  test("made for the first time is what matches", () => {
    expect(names(first)).toHaveLength(10);
    expect(first.drop).toBeUndefined();
  });

  test("that loses a fifth and no more is followed at once", () => {
    const decision = decide([...ten.slice(0, 2).map(untagged), ...ten.slice(2)], first);
    expect(decision).toMatchObject({ fallen: [], matched: 8 });
    expect(names(decision.selection)).toHaveLength(8);
  });

  test("that loses more keeps those that still exist for a day, and names them all", () => {
    const after = [...ten.slice(0, 2).map(untagged), ...ten.slice(3)];
    const decision = decide(after, first);
    expect(decision.fallen.map((m) => m.id)).toEqual(["db0", "db1", "db2"]);
    expect(names(decision.selection)).toEqual(ten.filter((i) => i.id !== "db2").map((i) => i.id));
    const later = decide(after, decision.selection, { now: now + 23 * hourMs });
    expect(names(later.selection)).toHaveLength(9);
    expect(later.fallen).toHaveLength(3);
    const fact = decide(after, later.selection, { now: now + 24 * hourMs });
    expect(fact).toMatchObject({ fallen: [], matched: 7 });
    expect(names(fact.selection)).toHaveLength(7);
  });

  test("that comes back within the day forgets the drop", () => {
    const dropped = decide(ten.map(untagged), first).selection;
    expect(names(dropped)).toHaveLength(10);
    expect(decide(ten, dropped, { now: now + hourMs }).selection.drop).toBeUndefined();
  });

  test("that drops by an edit of the policy counts at once, and is told all the same", () => {
    const decision = decide([...ten.slice(0, 5).map(untagged), ...ten.slice(5)], first, { policyVersion: 2 });
    expect(names(decision.selection)).toHaveLength(5);
    expect(decision.fallen).toHaveLength(5);
    expect(decision.selection.drop).toBeUndefined();
  });

  test("of one database that loses it is a drop of everything", () => {
    const one = decide(ten.slice(0, 1)).selection;
    const untaggedOne = ten.slice(0, 1).map(untagged);
    expect(decide(untaggedOne, one)).toMatchObject({ matched: 0, fallen: [{ id: "db0" }] });
  });

  test("whose databases were deleted has lost nothing that could be backed up: the survey tells who is gone", () => {
    expect(decide(ten.slice(5), first)).toMatchObject({ matched: 5, fallen: [] });
    expect(names(decide(ten.slice(5), first).selection)).toHaveLength(5);
  });
});
