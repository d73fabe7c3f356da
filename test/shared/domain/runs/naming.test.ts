import * as fc from "fast-check";
import { expect, test } from "vitest";
import { backupName, otcNamePattern, slotText } from "../../../../shared/domain/runs/naming.ts";

const slotAt = Date.UTC(2026, 10, 24, 2, 30);
const key = { policyId: "nightly-shop", instanceId: "d8e6ca5a624745bcb546a227aa3ae1cfin01", slotAt };

test("a name is a pure function of run and attempt", () => {
  expect(backupName("otcbk", key, 1)).toBe(backupName("otcbk", { ...key }, 1));
  expect(backupName("otcbk", key, 1)).toMatch(/^otcbk-nightly-shop-d8e6ca5a-20261124T0230Z-[0-9a-f]{6}$/);
  expect(backupName("otcbk", key, 2)).toBe(`${backupName("otcbk", key, 1)}-a2`);
});

test("any change of the key changes the name, even where the visible parts are the same", () => {
  const names = [
    key,
    { ...key, policyId: "a-policy-whose-name-is-long-1" },
    { ...key, policyId: "a-policy-whose-name-is-long-2" },
    { ...key, instanceId: "d8e6ca5a624745bcb546a227aa3ae1cfin03" },
    { ...key, slotAt: slotAt + 60_000 },
  ].map((each) => backupName("otcbk", each, 1));
  expect(new Set(names).size).toBe(names.length);
});

test("every name is one that OTC accepts, with room for an attempt", () => {
  const policyId = fc.stringMatching(/^[a-z][a-z0-9-]{1,30}[a-z0-9]$/);
  const instanceId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
  const at = fc.integer({ min: 0, max: 4_000_000 }).map((n) => n * 600_000);
  fc.assert(
    fc.property(policyId, instanceId, at, fc.integer({ min: 1, max: 5 }), (p, i, s, attempt) => {
      const name = backupName("otcbk", { policyId: p, instanceId: i, slotAt: s }, attempt);
      expect(name).toMatch(otcNamePattern);
    }),
  );
});

test("slots read as minutes in UTC", () => {
  expect(slotText(slotAt)).toBe("2026-11-24T02:30Z");
});
