// Follows runs in the ledger until they have ended, telling each step as it is written there by the functions.

import { setTimeout as delay } from "node:timers/promises";
import { answerText, sizeText } from "../shared/domain/runs/decision-trace.ts";
import { runId } from "../shared/domain/runs/naming.ts";
import { hasEnded, type Run } from "../shared/domain/runs/run.ts";
import { durationText } from "../shared/status/duration-text.ts";
import { durationMs, outcomeOf, typicalDurationMs } from "../shared/status/outcome.ts";
import { remark, tinted } from "./output.ts";
import type { Tables } from "./tables-access.ts";
import { wallSeconds } from "./time-text.ts";

const lookEveryMs = { local: 500, stage: 5000 } as const;
const nightsForTypical = 30 * 86_400_000;
/** A tick comes every minute: later than this nobody is coming. */
const pickedUpWithinMs = 180_000;

/** Resolves with the runs as they ended. */
export async function followRuns(tables: Tables, runs: readonly Run[]): Promise<Run[]> {
  const told = new Map<string, string>();
  const typical = await typicalTexts(tables, runs);
  let isWarned = false;
  for (;;) {
    const found = await Promise.all(runs.map((run) => tables.runs.read(run)));
    const current = found.map((run, i) => run ?? runs[i]).filter((run) => run !== undefined);
    for (const run of current) tell(run, { told, typical: typical.get(run.instanceId) });
    if (current.every(hasEnded)) return current;
    const idle = current.every((run) => run.version === 1 && !hasEnded(run));
    if (idle && !isWarned && tables.clock.now() - Math.min(...runs.map((run) => run.createdAt)) > pickedUpWithinMs) {
      isWarned = true;
      remark(tinted("warning", "no tick has taken the run up; otc-backup doctor says whether create-backups is alive"));
    }
    await delay(lookEveryMs[tables.place.kind]);
  }
}

interface Telling {
  /** From run to the last text told of it. */
  readonly told: Map<string, string>;
  readonly typical: string | undefined;
}

/** Repeated looks that changed nothing are no news. */
function tell(run: Run, { told, typical }: Telling): void {
  const last = run.events.at(-1);
  const news = `${run.state} ${run.reason}`;
  if (last === undefined || told.get(runId(run)) === news) return;
  told.set(runId(run), news);
  const answer = last.evidence === undefined ? "" : ` [${answerText(last.evidence)}]`;
  const detail = last.detail === undefined ? "" : `: ${last.detail}${answer}`;
  const eta =
    run.state === "building" && typical !== undefined && run.reason !== "still-building" ? `, ${typical}` : "";
  remark(`${wallSeconds(last.lastAt)}  ${run.instanceId}  ${run.state}, ${run.reason}${detail}${eta}`);
  if (hasEnded(run)) remark(endText(run));
}

function endText(run: Run): string {
  const outcome = outcomeOf(run);
  if (outcome !== "good") return tinted("bad", `${run.instanceId}: no good backup, ${outcome}`);
  const took = durationMs(run);
  const facts = [
    run.sizeKb === undefined ? "" : `, ${sizeText(run.sizeKb)}`,
    took === undefined ? "" : `, took ${durationText(took)}`,
  ];
  return tinted("good", `${run.instanceId}: good backup ${run.backupId ?? ""}${facts.join("")}`);
}

async function typicalTexts(tables: Tables, runs: readonly Run[]): Promise<Map<string, string>> {
  const [first] = runs;
  if (first === undefined) return new Map();
  const range = { fromAt: first.slotAt - nightsForTypical, toAt: first.slotAt };
  const earlier = await tables.runs.ofPolicy(first.policyId, range);
  const texts = new Map<string, string>();
  for (const { instanceId } of runs) {
    const typical = typicalDurationMs(earlier.filter((run) => run.instanceId === instanceId));
    if (typical !== undefined) texts.set(instanceId, `usually takes ${durationText(typical)}`);
  }
  return texts;
}
