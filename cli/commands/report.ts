// `otc-backup report`: what became of every slot of a day, in the words of the morning digest.

import { Command } from "commander";
import { type DigestSpan, type PolicyDigest, policyDigest } from "../../shared/domain/messages/digest.ts";
import { type DigestFacts, digestHeadline, digestLines } from "../../shared/domain/messages/digest-text.ts";
import type { DatabaseStatus } from "../../shared/status/database-status.ts";
import { readStatus } from "../../shared/status/read-status.ts";
import { accountLines, membersOf } from "../../shared/workflows/send-digest.ts";
import { addWhereOptions, print, printJson, tinted, widest, wrapped } from "../output.ts";
import { policiesNow } from "../policy-in-force.ts";
import { spanOf } from "../slot-question.ts";
import { openTables, type Tables, type WhereOptions } from "../tables-access.ts";
import { ownZone } from "../time-text.ts";

interface Options extends WhereOptions {
  readonly date: string;
  readonly json?: boolean;
}

export function reportCommand(): Command {
  return addWhereOptions(new Command("report"))
    .description(
      "planned, good, retried, failed, missed, skipped of a day; exit code 3 when a slot left no good backup",
    )
    .option(
      "--date <day>",
      "2026-11-24, today, yesterday or last-night (the last 24 hours), in this machine's zone",
      "last-night",
    )
    .action(report);
}

async function report(options: Options): Promise<void> {
  const tables = await openTables(options);
  try {
    const now = tables.clock.now();
    const { fromAt, toAt } = spanOf(options.date, ownZone, now);
    const span = { fromAt, toAt: Math.min(toAt, now + 1), now };
    const policies = await digests(tables, span);
    const facts = { ...span, timeZone: ownZone, ...(toAt > now ? await present(tables, now) : {}) };
    if (options.json === true)
      printJson({ headline: digestHeadline(policies, facts), ...facts, now: new Date(now).toISOString(), policies });
    else printReport(policies, facts);
    if (policies.some(isShort)) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

async function digests(tables: Tables, span: DigestSpan): Promise<(PolicyDigest & { policyId: string })[]> {
  const policies = await policiesNow(tables);
  return Promise.all(
    policies.map(async ({ policyId, policy, problems }) => {
      const runs = await tables.runs.ofPolicy(policyId, { fromAt: span.fromAt, toAt: span.toAt });
      const members = await membersOf(tables, { policy, runs });
      return { policyId, ...policyDigest({ policyId, policy, problems, runs, ...members }, span) };
    }),
  );
}

/** What is true now and would be told wrongly of a day that is over. */
async function present(
  tables: Tables,
  now: number,
): Promise<Pick<DigestFacts, "oldest" | "overdue" | "openPages" | "coverage">> {
  const { databases } = await readStatus(tables, { now, nights: 1 });
  const open = await tables.standingAlerts.open();
  const oldest = databases.reduce<DatabaseStatus | undefined>(
    (old, one) => (ageOf(one) > ageOf(old) ? one : old),
    undefined,
  );
  const named = { ageMs: ageOf(oldest), database: `${oldest?.policyId} ${oldest?.instanceId}` };
  return {
    ...(oldest === undefined ? {} : { oldest: named }),
    overdue: databases.filter((one) => one.level === "stale").length,
    openPages: open.filter((alert) => alert.level === "page").length,
    coverage: await accountLines(
      tables,
      (await policiesNow(tables)).flatMap(({ policy }) => policy ?? []),
      now,
    ),
  };
}

/** Of the newest good backup; databases without one are told as overdue. */
function ageOf(database: DatabaseStatus | undefined): number {
  return database?.freshness?.newestGoodAt === undefined ? -1 : database.freshness.ageMs;
}

function isShort({ failed, missed, lost, notGood, skipped }: PolicyDigest): boolean {
  return failed.length + missed.length + lost.length + notGood.length + skipped.length > 0;
}

function printReport(policies: readonly PolicyDigest[], facts: DigestFacts): void {
  print(tinted(policies.some(isShort) ? "bad" : "good", digestHeadline(policies, facts)));
  for (const line of digestLines(policies, facts)) for (const part of wrapped(line, widest)) print(part);
}
