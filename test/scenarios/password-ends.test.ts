// A password that is about to end is told while there is time: a ticket, later a page, then silence when it was changed.

import { expect, test } from "vitest";
import { expiryLevel } from "../../shared/domain/audit/credential-expiry.ts";
import type { Site } from "../../shared/ports.ts";
import { aSite, type TestSite } from "../support/test-site.ts";

const day = 86_400_000;
const at = Date.UTC(2026, 10, 24, 2, 30);

test.each([
  [15, undefined],
  [14.01, undefined],
  [13.99, "ticket"],
  [5, "ticket"],
  [4.99, "page"],
  [-3, "page"],
])("%d days before the end: %s", (days, level) => {
  expect(expiryLevel(at + days * day, at)).toBe(level);
});

/** The site, on which OTC says at every login that the password ends then. */
function endingAt({ site }: TestSite, expiresAt: () => number | undefined): Site {
  const { provider } = site;
  return {
    ...site,
    provider: {
      account: async (name, use) => {
        const answer = await provider.account(name, use);
        return answer.ok ? { ok: true, value: { ...answer.value, passwordExpiresAt: expiresAt } } : answer;
      },
      keepPace: () => provider.keepPace(),
    },
  };
}

test("one ticket, one page, and an end when the password was changed", async () => {
  const on = await aSite();
  let expiresAt: number | undefined = at + 15 * day;
  const site = endingAt(on, () => expiresAt);
  const subjects = () => on.notices.map((notice) => notice.subject);
  for (let night = 0; night < 13; night += 1) {
    on.clock.set(at + night * day + 20_000);
    await on.create(site);
  }
  const told = subjects().filter((subject) => subject.includes("credential-ending"));
  expect(told.map((subject) => subject.split(" ")[0])).toEqual(["TICKET", "PAGE"]);
  expect((await on.site.standingAlerts.open()).map((alert) => alert.kind)).toContain("credential-ending");
  expiresAt = undefined;
  on.clock.set(at + 13 * day + 20_000);
  await on.create(site);
  expect((await on.site.standingAlerts.open()).map((alert) => alert.kind)).not.toContain("credential-ending");
});

test("the auditor measures the days left about once an hour, also on days on which nothing is due", async () => {
  const on = await aSite();
  const site = endingAt(on, () => at + 15 * day);
  on.clock.set(at + 7_200_000);
  await on.audit(site);
  expect(on.gauges().CredentialDaysLeft).toBe(14);
  on.clock.set(at + 7_200_000 + 300_000);
  await on.audit(site);
  expect(on.gauges().CredentialDaysLeft).toBeUndefined();
});
