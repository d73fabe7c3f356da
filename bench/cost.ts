// `npm run cost`: what the site costs in AWS, from measured counts and a table of prices, written as docs/cost.md.

import { writeFileSync } from "node:fs";
import { metrics } from "../shared/domain/metric.ts";
import { assumed, measured, prices } from "./cost-basis.ts";

const million = 1_000_000;
const gigabyte = 1_000_000_000;

type Part = readonly [what: string, usd: number];

/** Per backup, whatever the size of the site. */
export function costOfBackups(backups: number): Part[] {
  return [
    [
      "table writes, index included",
      (backups * measured.writeUnitsPerBackup * prices.perMillionWriteUnits.usd) / million,
    ],
    ["table reads", (backups * measured.readUnitsPerBackup * prices.perMillionReadUnits.usd) / million],
    ["compute while requesting and looking", computeCost(backups * assumed.secondsPerBackup)],
    ["logs", (backups * assumed.logBytesPerBackup * prices.perGigabyteOfLogs.usd) / gigabyte],
  ];
}

/** Per month for reading the rows again and again, backups or not. */
export function costOfWatching(policies: number): Part[] {
  const { ticksPerMonth, auditsPerMonth, prunesPerMonth, readUnitsPerRowAndTick, readUnitsPerRowAndAudit } = assumed;
  const { secondsPerThousandRows } = measured;
  const scans = ticksPerMonth + prunesPerMonth;
  const units = policies * (scans * readUnitsPerRowAndTick + auditsPerMonth * readUnitsPerRowAndAudit);
  const ticks = 2 * ticksPerMonth + auditsPerMonth + prunesPerMonth;
  const rowSeconds = (policies / 1000) * secondsPerThousandRows * (scans + 2 * auditsPerMonth);
  const invocations = (ticks * (prices.perMillionInvocations.usd + prices.perMillionScheduledTicks.usd)) / million;
  return [
    ["reading rows and runs", (units * prices.perMillionReadUnits.usd) / million],
    ["compute for it", computeCost(rowSeconds)],
    ["idle ticks", computeCost(ticks * assumed.secondsPerIdleTick)],
    ["invocations and schedules", invocations],
    ["logs of ticks", (ticks * assumed.logBytesPerTick * prices.perGigabyteOfLogs.usd) / gigabyte],
  ];
}

/** Per month, whatever the site does. */
export function fixedCost(): Part[] {
  const metricCount = Object.keys(metrics).length;
  return [
    [`${metricCount} metrics`, metricCount * prices.perMetricAndMonth.usd],
    [`about ${assumed.alarms} alarms`, assumed.alarms * prices.perAlarmAndMonth.usd],
    [`${assumed.secrets} secrets (one account and its deleting user)`, assumed.secrets * prices.perSecretAndMonth.usd],
    ["one key", prices.perKeyAndMonth.usd],
  ];
}

function computeCost(seconds: number): number {
  return seconds * assumed.memoryGb * prices.perGigabyteSecond.usd;
}

const sum = (parts: readonly Part[]) => parts.reduce((all, [, usd]) => all + usd, 0);
const dollars = (usd: number) => `$${usd < 1 ? usd.toFixed(4) : usd.toFixed(2)}`;
const rowsOf = (parts: readonly Part[]) => parts.map(([what, usd]) => `| ${what} | ${dollars(usd)} |`);

function monthRow(policies: number): string {
  const backups = sum(costOfBackups(policies * assumed.nights));
  const watching = sum(costOfWatching(policies));
  const fixed = sum(fixedCost());
  return `| ${policies} | ${[backups, watching, fixed, backups + watching + fixed].map(dollars).join(" | ")} |`;
}

/** The whole page. */
export function costPage(): string {
  const named = Object.entries(prices).flatMap(([name, price]) =>
    typeof price === "object" ? [[name, price] as const] : [],
  );
  return `${[
    "# Cost",
    "",
    "<!-- Written by `npm run cost` from bench/cost-basis.ts; a test compares. -->",
    "",
    "What the site costs in AWS, in US dollars, from counts that the bench measured and list prices without free tiers. OTC's price for keeping",
    "backups is not in it, and is usually far more.",
    "",
    "## A thousand backups",
    "",
    "| part | cost |",
    "|---|---|",
    ...rowsOf(costOfBackups(1000)),
    `| **together** | **${dollars(sum(costOfBackups(1000)))}** |`,
    "",
    `Measured per backup: ${measured.writeUnitsPerBackup} write units, ${measured.readUnitsPerBackup} read units, ${measured.otcCallsPerBackup} calls at OTC.`,
    "",
    "## A month",
    "",
    "One database per policy, one backup a night. Watching is what it costs to read every row each minute and its runs every five, which is",
    "what makes sure that nothing is silently left out.",
    "",
    "| policies | backups | watching | fixed | together |",
    "|---|---|---|---|---|",
    ...[1000, 10_000, 100_000].map(monthRow),
    "",
    "With few policies the fixed part is nearly all of it:",
    "",
    "| part | a month |",
    "|---|---|",
    ...rowsOf(fixedCost()),
    "",
    "With many it is watching. At 10,000 policies:",
    "",
    "| part | a month |",
    "|---|---|",
    ...rowsOf(costOfWatching(10_000)),
    "",
    "`tickEveryMinutes` of `create-backups` and `audit-backups` are the settings that change it.",
    "",
    "## Prices",
    "",
    `Recorded on ${prices.recordedAt}; us-east-1, eu-central-1 is up to a fifth higher. Look them up before you rely on a cent.`,
    "",
    "| price | USD | source |",
    "|---|---|---|",
    ...named.map(([name, { usd, source }]) => `| ${name} | ${usd} | ${source} |`),
  ].join("\n")}\n`;
}

if (import.meta.main) writeFileSync("docs/cost.md", costPage());
