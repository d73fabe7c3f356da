// Sends what waits in the outboxes and then marks it sent, never the other way round. One cause is one message.
// What cannot be delivered stays in the outbox and is taken over by a later tick.

import { FailureError, failureKinds } from "../domain/failure.ts";
import { accountSubject, type StandingAlert } from "../domain/messages/alert.ts";
import {
  type AlertGroup,
  followUpNotice,
  groupAlerts,
  runNotice,
  standingNotice,
} from "../domain/messages/alert-text.ts";
import type { Run } from "../domain/runs/run.ts";
import { alertsDelivered, takeOverAlerts } from "../domain/runs/run-machine.ts";
import type { Site } from "../ports.ts";
import { consultSecondLine } from "./consult-second-line.ts";
import type { TickJournal } from "./tick-journal.ts";

export interface Delivery {
  readonly sent: number;
  readonly failed: number;
  readonly errors: unknown[];
}

/** Runs with unsent alerts whose lease is over: taken over by this tick, by a conditional write, so that one sender has them. */
export async function takeOverUnsent(journal: TickJournal, runs: readonly Run[], now: number): Promise<Run[]> {
  const taken: Run[] = [];
  for (const run of runs) {
    const current = journal.latest(run);
    if (!current.alerts.some((a) => a.sentAt === undefined && a.leaseUntilAt <= now)) continue;
    const mine = takeOverAlerts(current, now);
    if (await journal.replace(current, mine)) taken.push(mine);
  }
  return taken;
}

/** Publishes, then marks. A delivery that fails is an error of the tick and leaves its alerts unsent. */
export async function deliverAlerts(
  site: Site,
  work: { journal: TickJournal; rescued: readonly Run[]; standing: readonly StandingAlert[] },
): Promise<Delivery> {
  const errors: unknown[] = [];
  const tally = { sent: 0, failed: 0, errors };
  for (const alert of work.standing) {
    const answer = await site.notifier.publish(standingNotice(alert));
    if (!answer.ok) tallyFailure(tally, new FailureError(answer.failure));
    else {
      tally.sent += 1;
      await site.standingAlerts.markSent(alert, site.clock.now());
    }
  }
  await consultSecondLine(site, work.journal, work.journal.withAlertsToSend(work.rescued));
  const held = work.journal.withAlertsToSend(work.rescued);
  const sentPerRun = new Map<Run, Run["alerts"][number][]>();
  const groups = groupAlerts(held);
  const open = groups.some(isAccountWide) ? await site.standingAlerts.open() : [];
  for (const group of groups) {
    const paged = isAccountWide(group) ? open.find((alert) => hasPagedFor(alert, group)) : undefined;
    const notice = runNotice(group);
    const answer = await site.notifier.publish(paged === undefined ? notice : followUpNotice(notice, paged));
    if (!answer.ok) {
      tallyFailure(tally, new FailureError(answer.failure));
      continue;
    }
    tally.sent += 1;
    for (const { run, alert } of group.items) sentPerRun.set(run, [...(sentPerRun.get(run) ?? []), alert]);
  }
  for (const [run, alerts] of sentPerRun)
    await work.journal.replace(run, alertsDelivered(run, alerts, site.clock.now()));
  return tally;
}

/** One cause that hits every run of the account, such as refused credentials. */
function isAccountWide({ items }: AlertGroup): boolean {
  const code = items[0]?.run.lastFailure?.code;
  return items[0]?.alert.level === "page" && code !== undefined && failureKinds[code].accountWide;
}

function hasPagedFor(alert: StandingAlert, { items }: AlertGroup): boolean {
  const account = items[0]?.run.account;
  const isPage = alert.kind === "account-unusable" && alert.level === "page" && alert.sentAt !== undefined;
  return isPage && account !== undefined && alert.subject === accountSubject(account);
}

function tallyFailure(tally: { failed: number; errors: unknown[] }, error: unknown): void {
  tally.failed += 1;
  tally.errors.push(error);
}
