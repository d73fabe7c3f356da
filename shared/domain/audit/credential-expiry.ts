// When an account's password is about to end, a human hears of it while it still works.

import { type AlertLevel, alertLeaseMs, type StandingAlert } from "../messages/alert.ts";

const dayMs = 86_400_000;

/** From so many days before the end it is a ticket, and from so many a page. */
export const ticketDays = 14;
export const pageDays = 5;

/** Days left, fractions included; below zero once it is over. */
export function daysLeft(expiresAt: number, now: number): number {
  return (expiresAt - now) / dayMs;
}

/** Nothing while there is time enough. */
export function expiryLevel(expiresAt: number, now: number): AlertLevel | undefined {
  const days = daysLeft(expiresAt, now);
  if (days < pageDays) return "page";
  return days < ticketDays ? "ticket" : undefined;
}

/** The alert for one account. A date or a level that changes is a new cause, so that the page follows the ticket. */
export function expiryAlert(facts: {
  readonly subject: string;
  readonly expiresAt: number;
  readonly level: AlertLevel;
  readonly now: number;
}): StandingAlert {
  const { subject, expiresAt, level, now } = facts;
  const on = new Date(expiresAt).toISOString().slice(0, 10);
  return {
    subject,
    kind: "credential-ending",
    level,
    fingerprint: `${level} ${on}`,
    details: [
      `the password of the account's OTC user ends on ${on}, in ${Math.max(0, Math.floor(daysLeft(expiresAt, now)))} days`,
      "what to do: change it in OTC and store the new one in the account's secret before that day",
    ],
    raisedAt: now,
    leaseUntilAt: now + alertLeaseMs,
  };
}
