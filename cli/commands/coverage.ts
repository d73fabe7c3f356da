// `otc-backup coverage`: which databases would be lost because no policy means them, account by account, as the last survey
// found it. Exit code 3 when there is one, or when an account has not been surveyed for a day.

import { Command } from "commander";
import type { AccountInventory } from "../../shared/domain/coverage/account-inventory.ts";
import { blindAfterMs } from "../../shared/domain/coverage/coverage-line.ts";
import { type AccountForecast, accountForecasts } from "../account-forecast.ts";
import { addWhereOptions, localTime, print, printJson, printTable } from "../output.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";
import { wholeNumber } from "../whole-number.ts";

export function coverageCommand(): Command {
  return addWhereOptions(new Command("coverage"))
    .description("databases that no policy backs up, per account; exit code 3 when there are any")
    .option("--forecast", "also how many manual backups each account will hold; reads every run")
    .option("--limit <n>", "with the forecast: on which day so many are reached, as OTC told you your limit is")
    .action(showCoverage);
}

interface AccountCoverage {
  readonly account: string;
  readonly inventory: AccountInventory | undefined;
  /** There is no survey of the last day. */
  readonly isBlind: boolean;
}

interface CoverageOptions extends WhereOptions {
  readonly json?: boolean;
  readonly forecast?: boolean;
  readonly limit?: string;
}

async function showCoverage(options: CoverageOptions): Promise<void> {
  const limit = options.limit === undefined ? undefined : wholeNumber("--limit", options.limit, { min: 1, max: 1e9 });
  const tables = await openTables(options);
  try {
    const accounts = await coverageOfAccounts(tables);
    const needsAttention = accounts.some(({ inventory, isBlind }) => isBlind || needsPolicy(inventory));
    const isAsked = options.forecast === true || limit !== undefined;
    const forecasts = isAsked ? await accountForecasts(tables, limit) : undefined;
    if (options.json === true) {
      const report = { needsAttention, accounts: accounts.map(asJson), ...(forecasts && { forecasts }) };
      printJson(report);
    } else {
      printCoverage(accounts);
      if (forecasts !== undefined) printForecasts(forecasts, limit);
    }
    if (needsAttention) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

async function coverageOfAccounts(tables: Tables): Promise<AccountCoverage[]> {
  const names = new Set<string>();
  for await (const page of tables.policies.pages())
    for (const { parse } of page) if (parse.ok) names.add(parse.policy.account);
  const now = tables.clock.now();
  return Promise.all(
    [...names].toSorted().map(async (account) => {
      const inventory = await tables.inventories.read(account);
      return { account, inventory, isBlind: inventory === undefined || now - inventory.checkedAt > blindAfterMs };
    }),
  );
}

function needsPolicy(inventory: AccountInventory | undefined): boolean {
  return inventory !== undefined && inventory.coverage.uncovered.length > 0;
}

function asJson({ account, inventory, isBlind }: AccountCoverage) {
  if (inventory === undefined) return { account, isBlind };
  const { checkedAt, coverage, gone, unwell } = inventory;
  return { account, isBlind, checkedAt: new Date(checkedAt).toISOString(), ...coverage, gone, unwell };
}

function printCoverage(accounts: readonly AccountCoverage[]): void {
  printTable(
    ["account", "databases", "covered", "uncovered", "opted out", "replicas", "as of"],
    accounts.map(({ account, inventory, isBlind }) => {
      if (inventory === undefined) return [account, "-", "-", "-", "-", "-", "never surveyed"];
      const { databases, covered, uncovered, optedOut, replicas } = inventory.coverage;
      const at = `${localTime(inventory.checkedAt)}${isBlind ? ", too old" : ""}`;
      return [account, ...[databases, covered, uncovered.length, optedOut.length, replicas].map(String), at];
    }),
  );
  for (const { account, inventory } of accounts) {
    const lines = inventory === undefined ? [] : remarks(inventory);
    if (lines.length > 0) print(`\n${account}\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }
  if (accounts.some((one) => needsPolicy(one.inventory)))
    print("\nhint: add them to a policy, or tag them otc-backup-optout with the reason as its value");
}

function printForecasts(forecasts: readonly AccountForecast[], limit: number | undefined): void {
  print("\nmanual backups, with the most that retention may keep");
  printTable(
    [
      "account",
      "now",
      "in 30 days",
      "in a year",
      "at most",
      "GB in a year",
      ...(limit === undefined ? [] : [`${limit} reached`]),
    ],
    forecasts.map((one) => [
      one.account,
      ...[one.held, one.in30Days, one.in365Days].map(String),
      one.ceiling === undefined ? "no end" : String(one.ceiling),
      String(Math.ceil(one.kbIn365Days / kbPerGb)),
      ...(limit === undefined
        ? []
        : [one.limitReachedAt === undefined ? "never" : new Date(one.limitReachedAt).toISOString().slice(0, 10)]),
    ]),
  );
}

const kbPerGb = 1_048_576;

function remarks({ coverage, gone, unwell }: AccountInventory): string[] {
  return [
    ...coverage.uncovered.map(
      ({ id, name, remark }) => `UNCOVERED  ${name} (${id})${remark === undefined ? "" : `: ${remark}`}`,
    ),
    ...coverage.young.map(
      ({ id, name }) => `new        ${name} (${id}): made within the last hour, no policy means it yet`,
    ),
    ...gone.map((one) => `GONE       ${one.name} (${one.id}), of ${one.policyIds.join(", ")}; its backups are kept`),
    ...unwell.map(({ id, name, status }) => `UNWELL     ${name} (${id}) is ${status}`),
    ...coverage.weakNative.map(
      ({ id, name, keepDays }) =>
        `native     ${name} (${id}): OTC's own backup is ${keepDays === 0 ? "off" : `kept ${keepDays} days only`}`,
    ),
    ...coverage.shared.map(({ id, name, policyIds }) => `shared     ${name} (${id}) by ${policyIds.join(", ")}`),
    ...coverage.optedOut.map(({ id, name, reason }) => `opted out  ${name} (${id}): ${reason}`),
  ];
}
