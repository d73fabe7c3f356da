// What poll-backups claims of an account's calls, and that it never meets a create-backups that does not know of it.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  claimedAt,
  claimedBetween,
  claimFor,
  type PollClaim,
  sharedPart,
  unclaimedPerSecond,
} from "../../../shared/domain/poll-claim.ts";

const at = Date.UTC(2026, 10, 24, 2, 30);
const second = 1000;
const minute = 60 * second;

test("a claim begins a minute ahead and lasts four", () => {
  const [claim] = claimFor([], { calls: 90, ceilingPerSecond: 10, now: at }) ?? [];
  expect(claim).toEqual({ perSecond: 2.5, fromAt: at + minute, untilAt: at + 5 * minute });
  const claims = claim === undefined ? [] : [claim];
  expect([0, 59, 60, 299, 300].map((s) => claimedAt(claims, at + s * second))).toEqual([0, 0, 2.5, 2.5, 0]);
});

test("a small demand claims nothing, a large one leaves a part of the ceiling to creating", () => {
  expect(claimFor([], { calls: 15, ceilingPerSecond: 10, now: at })).toBeUndefined();
  const [claim] = claimFor([], { calls: 9_000, ceilingPerSecond: 10, now: at }) ?? [];
  expect(claim?.perSecond).toBe(7.5);
});

test("a claim that will do is not made again, one that runs out is", () => {
  const claims = claimFor([], { calls: 90, ceilingPerSecond: 10, now: at }) ?? [];
  expect(claimFor(claims, { calls: 95, ceilingPerSecond: 10, now: at + minute })).toBeUndefined();
  expect(claimFor(claims, { calls: 90, ceilingPerSecond: 10, now: at + 3 * minute })).toHaveLength(2);
  // And the end of the demand gives the calls back.
  expect(claimFor(claims, { calls: 0, ceilingPerSecond: 10, now: at + minute })?.at(-1)?.perSecond).toBe(0);
});

test("a ceiling of one call per second leaves looks a fifth without any claim", () => {
  expect([1, 5, 10, 200].map(unclaimedPerSecond)).toEqual([0.2, 0.5, 0.5, 10]);
});

const demands = fc.array(
  fc.record({ afterMs: fc.integer({ min: 1, max: 5 * minute }), calls: fc.integer({ min: 0, max: 3_000 }) }),
  { minLength: 1, maxLength: 20 },
);

test("whenever a tick of creating reads the claims, it and the looks stay below the ceiling until it ends", () => {
  fc.assert(
    fc.property(demands, fc.nat(60 * minute), fc.constantFrom(1, 5, 10, 200), (asked, readAfterMs, ceiling) => {
      const readAt = at + readAfterMs;
      let now = at;
      let claims: readonly PollClaim[] = [];
      let seen: readonly PollClaim[] = [];
      for (const { afterMs, calls } of asked) {
        now += afterMs;
        if (now <= readAt) seen = claims;
        claims = claimFor(claims, { calls, ceilingPerSecond: ceiling, now }) ?? claims;
        if (now <= readAt) seen = claims;
        const stopAt = readAt + 57 * second;
        const least = unclaimedPerSecond(ceiling);
        const creating = sharedPart * ceiling - Math.max(claimedBetween(seen, readAt, stopAt), least);
        // Poll-backups reads its claims anew at each tick, so what stands now is what it may follow.
        for (let t = Math.max(readAt, now); t <= stopAt; t += 500)
          expect(creating + Math.max(claimedAt(claims, t), least)).toBeLessThanOrEqual(sharedPart * ceiling + 1e-9);
      }
    }),
    { numRuns: 300 },
  );
});
