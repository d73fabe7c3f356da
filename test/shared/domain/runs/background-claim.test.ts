// What prune-backups and audit-backups claim of an account's calls, and that nobody's claim ever meets another function that
// does not know of it.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  alwaysPerSecond,
  type BackgroundFunction,
  backgroundClaimFor,
  backgroundPerSecond,
  keptForBackground,
} from "../../../../shared/domain/runs/background-claim.ts";
import {
  type CallClaim,
  claimedAt,
  claimedSoon,
  claimFor,
  rereadMs,
  unclaimedPerSecond,
} from "../../../../shared/domain/runs/poll-claim.ts";

const at = Date.UTC(2026, 10, 24, 2, 30);
const second = 1000;
const minute = 60 * second;
const demand = (calls: number, more: { isQuiet?: boolean; withinMs?: number } = {}) => ({
  ...{ calls, ceilingPerSecond: 10, withinMs: 51 * second, isQuiet: true, now: at },
  ...more,
});
const none: readonly CallClaim[] = [];
const noOthers = { ofTheOther: none, ofLooks: none };

test("a claim begins when everybody must have read it and ends with its tick: as much as the work needs, or a part of the account", () => {
  expect(backgroundClaimFor(demand(62))).toEqual([
    { perSecond: 2, fromAt: at + 20 * second, untilAt: at + 71 * second },
  ]);
  expect(backgroundClaimFor(demand(1000))).toMatchObject([{ perSecond: 3 }]);
  expect(backgroundClaimFor(demand(1000, { isQuiet: false }))).toMatchObject([{ perSecond: 0.5 }]);
});

test("little work, and a tick that is nearly over, claim nothing", () => {
  expect(backgroundClaimFor(demand(7))).toEqual([]);
  expect(backgroundClaimFor(demand(1000, { withinMs: 20 * second }))).toEqual([]);
});

test("a little is always there, of low ceilings more", () => {
  expect([1, 5, 10, 100].map(alwaysPerSecond)).toEqual([0.05, 0.25, 0.25, 2]);
  const claims = { "prune-backups": none, "audit-backups": none };
  expect(keptForBackground(claims, { ceilingPerSecond: 10, now: at })).toBe(0.5);
});

test("what was claimed is used as far as the other one and looks that claimed since then leave it", () => {
  const facts = { ceilingPerSecond: 10, now: at + 30 * second };
  const own = [{ perSecond: 3, fromAt: at + 20 * second, untilAt: at + 71 * second }];
  expect(backgroundPerSecond({ own, ...noOthers }, facts)).toBe(3);
  expect(backgroundPerSecond({ own, ...noOthers }, { ...facts, now: at + 19 * second })).toBe(0.25);
  const looks = (perSecond: number) => [{ perSecond, fromAt: at + 40 * second, untilAt: at + 5 * minute }];
  expect(backgroundPerSecond({ own, ofTheOther: none, ofLooks: looks(7) }, facts)).toBeCloseTo(2.55);
  expect(backgroundPerSecond({ own, ofTheOther: none, ofLooks: looks(8.8) }, facts)).toBeCloseTo(0.75);
  expect(backgroundPerSecond({ own, ofTheOther: own, ofLooks: looks(8.8) }, facts)).toBe(0.25);
});

type Claimant = "poll-backups" | BackgroundFunction;

const demands = fc.array(
  fc.record({
    who: fc.constantFrom<Claimant>("poll-backups", "poll-backups", "prune-backups", "audit-backups"),
    afterMs: fc.integer({ min: 1, max: 2 * minute }),
    calls: fc.integer({ min: 0, max: 3_000 }),
    withinMs: fc.integer({ min: -1_000, max: minute }),
    isQuiet: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
);
const staleness = fc.nat(rereadMs + 5 * second);

test("whenever each of the four read the claims, they stay below the ceiling together until they read them again", () => {
  const stale = fc.record({ creating: staleness, looks: staleness, prune: staleness, audit: staleness });
  const ceilings = fc.constantFrom(1, 5, 10, 200);
  fc.assert(
    fc.property(demands, fc.nat(40 * minute), stale, ceilings, (asked, atMs, ago, ceilingPerSecond) => {
      const t = at + atMs;
      const histories: Record<Claimant, { at: number; claims: readonly CallClaim[] }[]> = {
        "poll-backups": [{ at, claims: none }],
        "prune-backups": [{ at, claims: none }],
        "audit-backups": [{ at, claims: none }],
      };
      let now = at;
      for (const { who, afterMs, isQuiet, ...one } of asked) {
        now += afterMs;
        if (now > t) break;
        const before = histories[who].at(-1)?.claims ?? none;
        const all = { ...one, ceilingPerSecond, now };
        const claims = who === "poll-backups" ? claimFor(before, all) : backgroundClaimFor({ ...all, isQuiet });
        // As they do: nobody takes a claim back but by another one.
        if (claims !== undefined && (who === "poll-backups" || claims.length > 0))
          histories[who].push({ at: now, claims });
      }
      const known = (who: Claimant, agoMs: number) =>
        histories[who].findLast((entry) => entry.at <= Math.max(at, t - agoMs))?.claims ?? none;
      const looks = Math.max(claimedAt(known("poll-backups", ago.looks), t), unclaimedPerSecond(ceilingPerSecond));
      const inBackground = (own: BackgroundFunction, other: BackgroundFunction, agoMs: number) =>
        backgroundPerSecond(
          { own: known(own, 0), ofTheOther: known(other, agoMs), ofLooks: known("poll-backups", agoMs) },
          { ceilingPerSecond, now: t },
        );
      const background =
        inBackground("prune-backups", "audit-backups", ago.prune) +
        inBackground("audit-backups", "prune-backups", ago.audit);
      const readAt = Math.max(at, t - ago.creating);
      const forCreating = {
        "prune-backups": known("prune-backups", ago.creating),
        "audit-backups": known("audit-backups", ago.creating),
      };
      const kept = keptForBackground(forCreating, { ceilingPerSecond, now: readAt });
      const looking = Math.max(
        claimedSoon(known("poll-backups", ago.creating), readAt),
        unclaimedPerSecond(ceilingPerSecond),
      );
      const creating = Math.max(0.02 * ceilingPerSecond, ceilingPerSecond - kept - looking);
      expect(looks + background + creating).toBeLessThanOrEqual(ceilingPerSecond + 1e-9);
    }),
    { numRuns: 3_000 },
  );
});
