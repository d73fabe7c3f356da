// What people are told after a survey of an account: one alert per kind with the list attached, raised again only when
// something new joins it, and ended when its list is empty.

import { createHash } from "node:crypto";
import type { AccountInventory } from "./account-inventory.ts";
import { type AlertLevel, accountSubject, alertLeaseMs, type StandingAlert, type StandingAlertKind } from "../messages/alert.ts";
import { optOutTag, type UncoveredDatabase } from "./coverage.ts";
import { hopelessStatus } from "../runs/decide-start.ts";
import { hintOf } from "../failure.ts";
import type { GoneDatabase, LifeChange } from "./instance-life.ts";

interface Entry {
  readonly id: string;
  readonly line: string;
}

export interface SurveyPlan {
  readonly raise: readonly StandingAlert[];
  readonly clear: readonly { readonly subject: string; readonly kind: StandingAlertKind }[];
}

export interface SurveyNews {
  readonly now: AccountInventory;
  readonly before: AccountInventory | undefined;
  readonly changes: readonly LifeChange[];
  /** How urgently a policy's databases are told of. */
  readonly severityOf: (policyId: string) => AlertLevel;
}

/** Alerts are about the account; `before` tells what has been told already. */
export function surveyAlerts(news: SurveyNews): SurveyPlan {
  const { now, before, changes } = news;
  const lists: [Listed, readonly Entry[], readonly { id: string }[] | undefined][] = [
    [uncovered, now.coverage.uncovered.map(uncoveredEntry), before?.coverage.uncovered],
    [gone(now.gone, news.severityOf), now.gone.map(goneEntry), before?.gone],
    [changed, changes.map(changeEntry), []],
    [unwell, now.unwell.map(unwellEntry), before?.unwell],
    [weakNative, now.coverage.weakNative.map(weakEntry), before?.coverage.weakNative],
  ];
  const raise: StandingAlert[] = [];
  const clear: SurveyPlan["clear"][number][] = [];
  const subject = accountSubject(now.account);
  for (const [what, entries, told] of lists) {
    const known = new Set(told?.map(({ id }) => id));
    if (entries.length === 0) clear.push({ subject, kind: what.kind });
    else if (entries.some(({ id }) => !known.has(id))) raise.push(alertOf(what, entries, now));
  }
  return { raise, clear };
}

interface Listed {
  readonly kind: StandingAlertKind;
  readonly level: AlertLevel;
  readonly lead: (count: number) => string;
  readonly remedies: readonly string[];
}

const databases = (count: number) => `${count} database${count === 1 ? "" : "s"}`;

const uncovered: Listed = {
  kind: "databases-uncovered",
  level: "ticket",
  lead: (count) => `${databases(count)} would be lost with their instance: no enabled policy means them`,
  remedies: [
    "add them to a policy, by instance id or by tags that a selector matches",
    `or, if they need no backup, tag each with ${optOutTag} and the reason as its value`,
    "`npx otc-backup coverage` shows the whole account",
  ],
};

const changed: Listed = {
  kind: "databases-changed",
  level: "ticket",
  lead: (count) => `${count} change${count === 1 ? "" : "s"}; backups go on`,
  remedies: [
    "renamed: if a selector goes by names, check with `npx otc-backup coverage` that it still means the database",
    "other version: older backups restore to the older version only; have a fresh one with `npx otc-backup run-now <policy>`",
  ],
};

const unwell: Listed = {
  kind: "databases-unwell",
  level: "ticket",
  lead: (count) =>
    `${databases(count)} cannot be backed up as they are: their next slots will be skipped, with an alert each`,
  remedies: ["do what the line of each database says, before its next slot"],
};

const weakNative: Listed = {
  kind: "native-backup-weak",
  level: "ticket",
  lead: (count) =>
    `${databases(count)} without a second line: OTC's automated backup is off or kept for less than 7 days`,
  remedies: ["set its retention to 7 days or more in the OTC console (Backup & Restoration, Modify Backup Policy)"],
};

function gone(list: readonly GoneDatabase[], severityOf: SurveyNews["severityOf"]): Listed {
  const isUrgent = list.some((one) => one.policyIds.some((policyId) => severityOf(policyId) === "page"));
  return {
    kind: "databases-gone",
    level: isUrgent ? "page" : "ticket",
    lead: (count) => `${databases(count)} gone. Their manual backups are kept, and nothing of them is pruned`,
    remedies: [
      "not meant: OTC keeps deleted databases in the recycle bin for some days; restore it there, or from its newest backup",
      "meant: take the id out of the policies that list it; its backups stay until somebody deletes them",
      "made anew under the same name: put the new id into the policies that list the old one; a selector has it already",
    ],
  };
}

function uncoveredEntry({ id, name, remark }: UncoveredDatabase): Entry {
  return { id, line: `${name} (${id})${remark === undefined ? "" : `: ${remark}`}` };
}

function goneEntry({ id, name, goneSinceAt, policyIds, recreatedAs }: GoneDatabase): Entry {
  const again = recreatedAs === undefined ? "" : `; another one of that name is ${recreatedAs}`;
  const since = new Date(goneSinceAt).toISOString();
  return { id, line: `${name} (${id}), of ${policyIds.join(", ")}, missing since ${since}${again}` };
}

function changeEntry({ kind, id, name, from, to }: LifeChange): Entry {
  const line =
    kind === "renamed" ? `${from} is now called ${to} (${id})` : `${name} (${id}): version ${from} is now ${to}`;
  return { id: `${kind} ${id} ${to}`, line };
}

function unwellEntry({ id, name, status }: { id: string; name: string; status: string }): Entry {
  const code = hopelessStatus(status);
  return { id, line: `${name} (${id}) is ${status}${code === undefined ? "" : `: ${hintOf(code)}`}` };
}

function weakEntry({ id, name, keepDays }: { id: string; name: string; keepDays: number }): Entry {
  return { id, line: `${name} (${id}): ${keepDays === 0 ? "off" : `kept ${keepDays} days`}` };
}

/** One message; longer lists are cut and say so. */
const listed = 500;

function alertOf(what: Listed, entries: readonly Entry[], { account, checkedAt }: AccountInventory): StandingAlert {
  const more = entries.length - listed;
  const print = entries.map(({ id }) => id).toSorted();
  return {
    subject: accountSubject(account),
    kind: what.kind,
    level: what.level,
    fingerprint: createHash("sha256").update(print.join("\n")).digest("hex").slice(0, 16),
    details: [
      what.lead(entries.length),
      ...entries.slice(0, listed).map(({ line }) => `- ${line}`),
      ...(more > 0 ? [`- and ${more} more: \`npx otc-backup coverage\` lists all`] : []),
      ...what.remedies.map((remedy) => `what to do: ${remedy}`),
    ],
    raisedAt: checkedAt,
    leaseUntilAt: checkedAt + alertLeaseMs,
  };
}
