// The morning digest: what became of every slot of a span of time, in one message. Says as much when all is well, since a
// message that only comes with bad news looks the same as one that does not come. Pure; also behind `otc-backup report`.

import { isPaused } from "../audit/audit-freshness.ts";
import { wholeSelector } from "../coverage/selection.ts";
import type { Policy } from "../policy.ts";
import { isLargeEnough } from "../runs/good.ts";
import { slotText } from "../runs/naming.ts";
import type { Run } from "../runs/run.ts";

/** Slots in [fromAt, toAt) are told of. */
export interface DigestSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly now: number;
}

/** One policy as a digest sees it. */
export interface PolicyForDigest {
  readonly policyId: string;
  /** The version in force; absent when no valid one is known. */
  readonly policy: Policy | undefined;
  /** What is wrong with the row as it stands. */
  readonly problems: readonly string[];
  /** Its runs with slots in the span, and any others that retention has deleted in it. */
  readonly runs: readonly Run[];
  /** Of a selector: the databases it had last. A slot that could not be resolved was owed to each of them. */
  readonly members?: readonly string[];
}

/** What became of one policy's slots, in figures and lines; small, so that thousands fit into memory. */
export interface PolicyDigest {
  readonly planned: number;
  readonly good: number;
  /** Good ones that needed more than one attempt. */
  readonly retried: number;
  /** Still waiting, requested or building. */
  readonly open: readonly string[];
  readonly failed: readonly string[];
  readonly missed: readonly string[];
  readonly lost: readonly string[];
  readonly notGood: readonly string[];
  readonly skipped: readonly string[];
  readonly paused: number;
  /** Runs about which a page was delivered. */
  readonly paged: number;
  /** Backups that retention deleted in the span. */
  readonly deleted: number;
  /** Why the policy makes no backups now, or not as its row says: pause, switched off, invalid. */
  readonly remarks: readonly string[];
}

export function policyDigest(of: PolicyForDigest, span: DigestSpan): PolicyDigest {
  const { policyId, policy, problems } = of;
  const runs = of.runs.flatMap((run) => runPerDatabase(run, of));
  const inSpan = (at: number | undefined) => at !== undefined && at >= span.fromAt && at < span.toAt;
  const slots = runs.filter((run) => inSpan(run.slotAt) && run.reason !== "resolved");
  const lines = (isMeant: (run: Run) => boolean) => slots.filter(isMeant).map(runLine);
  const good = slots.filter((run) => wasGood(run));
  return {
    planned: slots.length,
    good: good.length,
    retried: good.filter((run) => run.attempt > 1).length,
    open: lines((run) => run.state === "waiting" || run.state === "requested" || run.state === "building"),
    failed: lines((run) => run.state === "failed"),
    missed: lines((run) => run.state === "missed"),
    lost: lines((run) => run.state === "lost" || run.vanishedAt !== undefined),
    notGood: lines((run) => run.state === "completed" && run.vanishedAt === undefined && !wasGood(run)),
    skipped: lines((run) => run.state === "skipped" && run.reason !== "paused"),
    paused: slots.filter((run) => run.reason === "paused").length,
    paged: of.runs.filter((run) => run.alerts.some((alert) => alert.level === "page" && inSpan(alert.sentAt))).length,
    deleted: of.runs.filter((run) => inSpan(run.retention?.deletedAt)).length,
    remarks: remarksOn({ policyId, policy, problems }, span.now),
  };
}

/** A run that stood for a whole selector, as one of each database without its own; where the selector matched none it stays one. */
function runPerDatabase(run: Run, { members = [], runs }: Pick<PolicyForDigest, "members" | "runs">): readonly Run[] {
  const isWhole = run.instanceId === wholeSelector && run.reason !== "selector-empty" && members.length > 0;
  if (!isWhole) return [run];
  const known = new Set(runs.filter(({ slotAt }) => slotAt === run.slotAt).map(({ instanceId }) => instanceId));
  return members.filter((id) => !known.has(id)).map((instanceId) => ({ ...run, instanceId }));
}

/** It ended good; that retention may have removed it since is no blemish of that night. */
function wasGood(run: Run): boolean {
  return run.state === "completed" && run.vanishedAt === undefined && isLargeEnough(run.sizeKb, run.terms.sizeFloorKb);
}

function runLine(run: Run): string {
  const why = run.lastFailure === undefined ? run.reason : `${run.reason}, ${run.lastFailure.message}`;
  return `${run.policyId} ${run.instanceId} slot ${slotText(run.slotAt)}: ${run.state}, ${why}`;
}

function remarksOn({ policyId, policy, problems }: Omit<PolicyForDigest, "runs">, now: number): string[] {
  const state: string[] = [];
  if (policy === undefined) state.push(`${policyId}: never valid, NO backups are made for it`);
  else if (!policy.enabled) state.push(`${policyId}: disabled`);
  else if (policy.pausedUntil !== undefined && isPaused(policy, now))
    state.push(
      `${policyId}: paused until ${slotText(policy.pausedUntil)} (${policy.pauseReason ?? "no reason given"})`,
    );
  const [first] = problems;
  if (first !== undefined)
    state.push(
      `${policyId}: row invalid${policy === undefined ? "" : ", the last valid version stays in force"}: ${first}`,
    );
  return state;
}
