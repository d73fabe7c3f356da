// `otc-backup doctor`: is everything in place that a backup and an alert need. Looks only; each finding with its remedy.

import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { Command } from "commander";
import { resourceNames } from "../../infra/resource-names.ts";
import { checkAccount } from "../doctor/check-account.ts";
import { checkAlarms, checkSchedules, checkTopic } from "../doctor/check-delivery.ts";
import { judgePolicies, judgeTicks } from "../doctor/check-policies.ts";
import { checkTables } from "../doctor/check-tables.ts";
import { examined, type Finding, printedFindings } from "../doctor/finding.ts";
import { addWhereOptions, print, printJson } from "../output.ts";
import { policiesNow } from "../policy-in-force.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";

export function doctorCommand(): Command {
  return addWhereOptions(new Command("doctor"))
    .description("is everything in place: accounts, databases, rows, ticks, ways to a person; exit code 3 when not")
    .option("--account <name...>", "accounts to try although no policy names them yet")
    .action(doctor);
}

async function doctor(options: WhereOptions & { json?: boolean; account?: readonly string[] }): Promise<void> {
  const tables = await openTables(options, { otc: true });
  try {
    const findings = [...(await checkPlace(tables)), ...(await checkSite(tables, options.account ?? []))];
    if (options.json === true) printJson({ findings });
    else print(printedFindings(findings));
    if (findings.some((finding) => finding.result === "fail")) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

/** What there is in AWS only. */
async function checkPlace(tables: Tables): Promise<Finding[]> {
  const { place, dynamoDb, config } = tables;
  if (place.kind === "local") return [];
  const names = resourceNames(place.stage);
  const { aws } = place;
  const [sns, scheduler, cloudWatch] = [new SNSClient(aws), new SchedulerClient(aws), new CloudWatchClient(aws)];
  const found = await Promise.all([
    examined("tables", () => checkTables(dynamoDb, [config.policiesTable, config.ledgerTable])),
    examined("schedules", () => checkSchedules(scheduler, names.scheduleGroup)),
    examined("topics", () => checkTopic(sns, names.pageTopic)),
    examined("topics", () => checkTopic(sns, names.ticketTopic)),
    examined("alarms", () => checkAlarms(cloudWatch, names.alarmNamed(""))),
  ]);
  for (const client of [sns, scheduler, cloudWatch]) client.destroy();
  return found.flat();
}

async function checkSite(tables: Tables, named: readonly string[]): Promise<Finding[]> {
  const policies = await policiesNow(tables);
  const valid = policies.flatMap((one) => one.policy ?? []);
  const ofPolicies = Map.groupBy(valid, (policy) => policy.account);
  const accounts = [...new Set([...ofPolicies.keys(), ...named])];
  const accountedThroughAt = await tables.accounting.accountedThrough();
  const stopped = tables.place.kind === "local" && !tables.place.running;
  const found = await Promise.all(
    accounts.map((account) =>
      examined(`account ${account}`, () => checkAccount(tables, account, ofPolicies.get(account) ?? [])),
    ),
  );
  return [...judgePolicies(policies), ...judgeTicks(accountedThroughAt, tables.clock.now(), stopped), ...found.flat()];
}
