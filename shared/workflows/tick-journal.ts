// Writes the changes of runs that one tick makes, and remembers them: for the log, the metrics and the alerts that the
// same tick should deliver. A lost race changes nothing here either.

import { type RunAlertKind, runAlertKinds } from "../domain/messages/alert.ts";
import { runId, slotText } from "../domain/runs/naming.ts";
import type { Run, RunState } from "../domain/runs/run.ts";
import type { WaitingList } from "../domain/runs/waiting-list.ts";
import type { Site } from "../ports.ts";

/** Alerts that mean "no good backup from this run": they count as new failures. */
const failureAlerts: ReadonlySet<RunAlertKind> = new Set([
  "backup-failed",
  "backup-missed",
  "backup-lost",
  "backup-overdue",
  "backup-not-good",
  "backup-vanished",
  "run-skipped",
]);

export class TickJournal {
  readonly #site: Site;
  readonly #latest = new Map<string, Run>();
  readonly #raised = new Set<string>();
  readonly #entered = new Map<RunState, number>();
  newFailures = 0;

  constructor(site: Site) {
    this.#site = site;
  }

  /** Writes a run that is not in the ledger yet. False when somebody else wrote it first. */
  async insert(run: Run): Promise<boolean> {
    if ((await this.#site.runs.insert(run)) === "lost-race") return false;
    this.#note(undefined, run);
    return true;
  }

  /** Writes runs that are not in the ledger yet and have to wait, in one write where they are alike. */
  async insertWaiting(list: WaitingList): Promise<void> {
    for (const run of await this.#site.runs.insertWaiting(list)) this.#note(undefined, run);
  }

  /** Writes `next` over `previous`. False when somebody else changed the run first. */
  async replace(previous: Run, next: Run): Promise<boolean> {
    if ((await this.#site.runs.replace(previous, next)) === "lost-race") {
      this.#site.log.info({ event: "lost-race", message: `${runId(previous)}: changed by another tick, left alone` });
      return false;
    }
    this.#note(previous, next);
    return true;
  }

  /** The run as this tick last wrote it, or as it was read. */
  latest(run: Run): Run {
    return this.#latest.get(runId(run)) ?? run;
  }

  /** Runs whose unsent alerts are this tick's to send: raised by it or taken over from a sender that died. */
  withAlertsToSend(takenOver: readonly Run[]): Run[] {
    const mine = new Set(takenOver.map(runId));
    const raisedHere = (run: Run) => this.#raised.has(runId(run)) || mine.has(runId(run));
    return [...this.#latest.values()].filter(
      (run) => raisedHere(run) && run.alerts.some((a) => a.sentAt === undefined),
    );
  }

  /** How many runs this tick brought into a state. */
  entered(state: RunState): number {
    return this.#entered.get(state) ?? 0;
  }

  #note(previous: Run | undefined, next: Run): void {
    this.#latest.set(runId(next), next);
    if (previous?.state !== next.state) this.#entered.set(next.state, this.entered(next.state) + 1);
    const raised = next.alerts.slice(previous?.alerts.length ?? 0);
    if (raised.length > 0) this.#raised.add(runId(next));
    this.newFailures += raised.filter((a) => failureAlerts.has(a.kind)).length;
    this.#tell(
      previous,
      next,
      raised.map((a) => runAlertKinds[a.kind]),
    );
  }

  #tell(previous: Run | undefined, next: Run, alerts: readonly string[]): void {
    const step = next.events.at(-1);
    const entry = {
      event: `run-${next.state}`,
      message: `${next.policyId} ${next.instanceId} ${slotText(next.slotAt)}: ${previous?.state ?? "new"} to ${next.state} (${next.reason})`,
      facts: {
        policyId: next.policyId,
        instanceId: next.instanceId,
        slot: slotText(next.slotAt),
        account: next.account,
        from: previous?.state ?? "none",
        to: next.state,
        reason: next.reason,
        detail: step?.detail,
        attempt: next.attempt,
        name: next.name,
        backupId: next.backupId,
        sizeKb: next.sizeKb,
      },
      ...(next.lastFailure !== undefined && next.reason === next.lastFailure.code ? { failure: next.lastFailure } : {}),
    };
    if (alerts.length > 0) this.#site.log.warn(entry);
    else this.#site.log.info(entry);
  }
}
