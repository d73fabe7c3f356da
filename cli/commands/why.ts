// `otc-backup why`: the decision trace of a slot, for the person who asks what happened last night.

import { Command } from "commander";
import type { Trace } from "../../shared/domain/decision-trace.ts";
import { slotText } from "../../shared/domain/naming.ts";
import { CliError } from "../cli-error.ts";
import { addWhereOptions, factsText, plural, print, printJson, tinted, wrapped } from "../output.ts";
import { type Answer, answersTo } from "../read-traces.ts";
import { openTables, siteFlags, type WhereOptions } from "../tables-access.ts";
import { relativeText, wallSeconds, wallText, whenText } from "../time-text.ts";

interface Options extends WhereOptions {
  readonly json?: boolean;
}

/** So many are told in full; of the rest only what became of them. */
const inFull = 3;

export function whyCommand(): Command {
  return addWhereOptions(new Command("why"))
    .description("what happened to a slot, step by step; exit code 3 when it left no backup")
    .argument("<what>", "a policy, a database (its id or the beginning of it), or a run as alerts print it")
    .argument("[date]", "2026-11-24, today, yesterday, last-night or a slot; without it the latest slot")
    .action(why);
}

async function why(what: string, date: string | undefined, options: Options): Promise<void> {
  const tables = await openTables(options);
  try {
    const now = tables.clock.now();
    const answers = (await answersTo(tables, what, date)).toSorted(worstFirst);
    if (answers.length === 0)
      throw new CliError(`${what} has no slot then`, {
        exitCode: 3,
        hint: `otc-backup next ${what} ${siteFlags(options)} shows when it is due`,
      });
    if (options.json === true) printJson({ now: new Date(now).toISOString(), traces: answers.map(toJson) });
    else printAnswers(answers, now, siteFlags(options));
    if (answers.some(({ trace }) => trace.end === "bad")) process.exitCode = 3;
  } finally {
    await tables.close();
  }
}

function worstFirst(a: Answer, b: Answer): number {
  const order: readonly Trace["end"][] = ["bad", "open", "skipped", "nothing", "good"];
  return order.indexOf(a.trace.end) - order.indexOf(b.trace.end) || b.slotAt - a.slotAt;
}

function toJson({ policyId, instanceId, slotAt, trace }: Answer) {
  return { policyId, instanceId, slotAt, ...trace };
}

function printAnswers(answers: readonly Answer[], now: number, site: string): void {
  for (const [i, answer] of answers.entries()) {
    if (i > 0) print("");
    if (i < inFull) printTrace(answer, now, site);
    else print(`${headline(answer, now)}\n  ${answer.trace.verdict}`);
  }
  if (answers.length > inFull) print(`\n${plural(answers.length, "slot")}, the worst first`);
}

function headline({ policyId, instanceId, slotAt, zone }: Answer, now: number): string {
  const at = `${wallText(slotAt, now, zone)}, ${relativeText(slotAt, now)}`;
  return `${tinted("strong", policyId)} ${instanceId}\n  slot ${slotText(slotAt)} = ${at}`;
}

function printTrace(answer: Answer, now: number, site: string): void {
  const { trace, zone } = answer;
  const tone = { good: "good", bad: "bad", open: "warning", skipped: "dim", nothing: "dim" } as const;
  print(headline(answer, now));
  for (const line of wrapped(trace.verdict, 96)) print(`  ${tinted(tone[trace.end], line)}`);
  print(
    factsText([
      ...trace.facts.map(
        ({ name, text, at }) => [name, at === undefined ? text : `${whenText(at, now, zone)}, ${text}`] as const,
      ),
      ...trace.steps.map((step) => [wallSeconds(step.at, zone), stepText(step, zone)] as const),
      ...trace.advice.map((text, i) => [i === 0 ? "do" : "", typed(text, site)] as const),
    ]),
  );
}

/** A command of ours as it is to be typed for this site. */
function typed(text: string, site: string): string {
  return text.replace(/otc-backup [a-z].*$/, (command) => `${command} ${site}`);
}

function stepText({ text, times, lastAt, answer }: Trace["steps"][number], zone: string): string {
  const repeats = times > 1 ? `, ${times} times, last ${wallSeconds(lastAt, zone)}` : "";
  return `${text}${answer === undefined ? "" : ` [${answer}]`}${repeats}`;
}
