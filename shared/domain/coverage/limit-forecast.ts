// Whether an account comes near its limit of manual backups, as people are told it: a line for the morning, and a ticket while
// there is time. OTC publishes no limit, so it is a setting; and reaching it never makes anybody delete more.

import { type AlertLevel, accountSubject, alertLeaseMs, type StandingAlert } from "../messages/alert.ts";
import { type BackupForecast, forecast, retentionCeiling, type Stock, slotsPerDay } from "./backup-forecast.ts";
import type { Policy } from "../policy.ts";

const dayMs = 86_400_000;
const kbPerGb = 1_048_576;
/** Told when the day is this near, and once more when it is next to here. */
const nearDays = 30;
const nextDays = 7;

/** What the databases of one policy hold of its backups, as the daily comparison with OTC found it. */
export interface PolicyStock {
  readonly policyId: string;
  readonly databases: number;
  /** Completed, and neither vanished nor deleted by retention. */
  readonly held: number;
  readonly heldKb: number;
}

export interface LimitFacts {
  readonly now: number;
  /** Manual backups that the account may have; absent: not known. */
  readonly limit?: number;
}

/** `policies` are those in force of the account. What policies made that are no more is not seen. */
export function accountForecast(
  stocks: readonly PolicyStock[],
  policies: readonly Policy[],
  facts: LimitFacts,
): BackupForecast {
  const inForce = new Map(policies.map((policy) => [policy.policyId, policy]));
  return forecast(
    stocks.map((stock) => stockOf(stock, inForce.get(stock.policyId), facts.now)),
    facts,
  );
}

function stockOf({ databases, held, heldKb }: PolicyStock, policy: Policy | undefined, now: number): Stock {
  const perDay = policy === undefined ? 0 : slotsPerDay(policy, now);
  const ceiling = retentionCeiling(policy?.retention, perDay);
  return {
    held,
    sizeKb: held === 0 ? 0 : heldKb / held,
    perDay: perDay * databases,
    ...(ceiling === undefined ? {} : { ceiling: ceiling * databases }),
  };
}

/** `manual backups of account prod: 412 (1200 GB), in 30 days 520; the limit of 1000 is reached about 2027-02-03`. */
export function forecastLine(account: string, found: BackupForecast, { limit }: LimitFacts): string {
  const { held, heldKb, in30Days, in365Days, kbIn365Days, ceiling } = found;
  const gb = (kb: number) => `${Math.ceil(kb / kbPerGb)} GB`;
  const grows = `in 30 days ${in30Days}, in a year ${in365Days} (${gb(kbIn365Days)})`;
  const most = ceiling === undefined ? "without an end" : `at most ${ceiling}`;
  return `manual backups of account ${account}: ${held} (${gb(heldKb)}), ${grows}, ${most}${limitText(found, limit)}`;
}

function limitText({ limitReachedAt }: BackupForecast, limit: number | undefined): string {
  if (limit === undefined) return "";
  if (limitReachedAt === undefined) return `; the limit of ${limit} is not reached`;
  return `; THE LIMIT OF ${limit} is reached about ${day(limitReachedAt)}`;
}

/** Nothing while the limit is far away or not known. */
export function limitAlert(
  account: string,
  found: BackupForecast,
  { now, limit }: LimitFacts,
): StandingAlert | undefined {
  const { limitReachedAt } = found;
  if (limit === undefined || limitReachedAt === undefined || limitReachedAt - now > nearDays * dayMs) return undefined;
  const level: AlertLevel = "ticket";
  return {
    subject: accountSubject(account),
    kind: "backup-limit-near",
    level,
    fingerprint: `limit-${limit}-${limitReachedAt - now > nextDays * dayMs ? nearDays : nextDays}`,
    details: [
      `${found.held} manual backups now, ${Math.round(found.perDay)} more a day: the limit of ${limit} is reached about ${day(limitReachedAt)}`,
      "from then on OTC refuses every further one (413): slots are missed, and nothing is deleted to make room",
      "what to do: ask OTC for a higher limit, and set manualBackupLimit accordingly",
      "what to do: or give policies a retention that keeps less; `npx otc-backup coverage --forecast` shows where they lead",
    ],
    raisedAt: now,
    leaseUntilAt: now + alertLeaseMs,
  };
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
