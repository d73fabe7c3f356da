// A queue of requests that will outlast its start windows is told before anything is missed, once per queue: as long as it can
// still be helped.

import { accountSubject, alertLeaseMs, type StandingAlert } from "../domain/messages/alert.ts";
import { isMine, type Shard, wholeSite } from "../domain/shard.ts";
import type { Site } from "../ports.ts";
import type { QueueForecast } from "./forecast-queue.ts";
import { inParallel } from "./in-parallel.ts";

const kind = "requests-late";
const remedies =
  "what to do: spread the schedules over several slots, widen startWindowMinutes, raise otcRatePerSecond if OTC admits more, or ask OTC for a higher limit";

/** Returns the alert to be sent now, if any. A forecast that gets better ends nothing: forecasts waver, and the queue is not over. */
export async function noteLateQueue(
  site: Site,
  facts: { account: string; queue: QueueForecast | undefined; open: readonly StandingAlert[] },
): Promise<StandingAlert | undefined> {
  const { account, queue, open } = facts;
  const subject = accountSubject(account);
  if (queue?.isLate !== true || open.some((alert) => alert.subject === subject && alert.kind === kind))
    return undefined;
  const now = site.clock.now();
  const times = { raisedAt: now, leaseUntilAt: now + alertLeaseMs };
  const details = [queue.message, remedies];
  const alert: StandingAlert = { subject, kind, level: "ticket", fingerprint: "late", details, ...times };
  return (await site.standingAlerts.raise(alert)) ? alert : undefined;
}

/** A queue is over when its account has nothing left to be requested. */
export async function endLateQueues(
  site: Site,
  facts: { open: readonly StandingAlert[]; shard: Shard | undefined; atWork: readonly string[] },
): Promise<unknown[]> {
  const { open, shard = wholeSite, atWork } = facts;
  const waiting = new Set(atWork.map(accountSubject));
  const over = open.filter(({ subject, ...alert }) => alert.kind === kind && !waiting.has(subject));
  const mine = over.filter(({ subject }) => isMine(subject.slice(accountSubject("").length), shard));
  return inParallel(mine, mine.length, ({ subject }) => site.standingAlerts.clear(subject, kind));
}
