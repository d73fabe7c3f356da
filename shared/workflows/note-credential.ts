// Keeps the alert about a password that ends in line with what the latest login said. Called for accounts that worked in
// this tick: one that did not has an alert of its own.

import { expiryAlert, expiryLevel } from "../domain/audit/credential-expiry.ts";
import { accountSubject, type StandingAlert } from "../domain/messages/alert.ts";
import type { Site } from "../ports.ts";

/** Returns the alert to be sent now, if any. `expiresAt` is absent for passwords without an end and for access keys. */
export async function noteCredential(
  site: Site,
  facts: { account: string; expiresAt: number | undefined; open: readonly StandingAlert[] },
): Promise<StandingAlert | undefined> {
  const { account, expiresAt, open } = facts;
  const subject = accountSubject(account);
  const now = site.clock.now();
  const level = expiresAt === undefined ? undefined : expiryLevel(expiresAt, now);
  if (expiresAt === undefined || level === undefined) {
    if (open.some((alert) => alert.subject === subject && alert.kind === "credential-ending"))
      await site.standingAlerts.clear(subject, "credential-ending");
    return undefined;
  }
  const alert = expiryAlert({ subject, expiresAt, level, now });
  return (await site.standingAlerts.raise(alert)) ? alert : undefined;
}
