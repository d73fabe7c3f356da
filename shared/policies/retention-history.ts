// A history given by a person: a policy row, its runs and holds, in one JSON document, so that retention can be tried on it
// before it is trusted. Read as strictly as a row; runs may also be whole ones as the ledger prints them.

import * as z from "zod";
import type { Hold } from "../domain/retention/hold.ts";
import type { DatabaseHistory } from "../domain/retention/retention-plan.ts";
import type { Refusal } from "../domain/retention/retention-refusals.ts";
import { backupName, type RunKey } from "../domain/runs/naming.ts";
import type { RetentionMark, Run, RunState } from "../domain/runs/run.ts";
import { parsePolicy } from "./parse-policy.ts";
import { pauseEndAt } from "./pause-end.ts";

const instantText = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const instant = z
  .string("must be an instant such as 2026-11-24T02:30Z")
  .regex(instantText, "must be an instant such as 2026-11-24T02:30Z, with Z or an offset")
  .transform((text) => Date.parse(text))
  .pipe(z.number("is no date that exists"));
const until = z.union([z.iso.date(), z.string().regex(instantText)], "must be a date, or a date-time with offset");
const states = ["building", "completed", "failed", "lost", "missed", "skipped", "deleting", "deleted"] as const;
const state = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(states, `must be one of ${states.join(", ")}`));
const text = z.string().min(1);
const size = z.number().min(0).nullish();

const plainRun = z.strictObject({
  slot: instant,
  state,
  sizeKb: size,
  instanceId: text.optional(),
  completedAt: instant.optional(),
  backupId: text.optional(),
  name: text.optional(),
  attempt: z.int().min(1).default(1),
  failedAttempts: z.array(text).default([]),
  marked: z.boolean().default(false),
});

const mark = z.object({ stage: z.enum(["marked", "deleting", "deleted"]) }).optional();
/** A run as `otc-backup runs list --json` prints it, of which only this counts. */
const ledgerRun = z
  .object({
    terms: z.unknown(),
    slotAt: instant,
    state: z.enum(["waiting", "requested", "building", "completed", "failed", "missed", "lost", "skipped"]),
    sizeKb: size,
    instanceId: text,
    endedAt: instant.optional(),
    backupId: text.optional(),
    name: text.optional(),
    attempt: z.int().min(1),
    retention: mark,
    vanishedAt: instant.optional(),
    earlierBackups: z.array(z.object({ id: text })).default([]),
  })
  .transform((run): z.output<typeof plainRun> | undefined => {
    const { slotAt: slot, endedAt, retention, earlierBackups, vanishedAt, terms: _terms, ...rest } = run;
    if (run.state === "waiting" || run.state === "requested") return undefined;
    const ended = retention?.stage === "deleting" || retention?.stage === "deleted" ? retention.stage : run.state;
    return {
      ...rest,
      slot,
      completedAt: endedAt,
      failedAttempts: earlierBackups.map(({ id }) => id),
      marked: retention?.stage === "marked",
      state: vanishedAt !== undefined ? "lost" : ended,
    };
  });

const historySchema = z.strictObject({
  now: instant,
  /** A policy row; null: the policy is gone. */
  policy: z.unknown(),
  runs: z.array(z.union([plainRun, ledgerRun])),
  holds: z
    .array(
      z.strictObject({
        slot: instant,
        instanceId: text.optional(),
        reason: text.default("held"),
        until: until.nullish(),
      }),
    )
    .default([]),
  clockSkewSeconds: z.number().optional(),
  listing: z.enum(["complete", "incomplete", "inconsistent"]).optional(),
  instancePresent: z.boolean().optional(),
  namePrefix: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{1,4}$/)
    .default("otcbk"),
});

type PlainRun = z.output<typeof plainRun>;
export type HistoryReading =
  | { readonly ok: true; readonly now: number; readonly histories: readonly DatabaseHistory[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads one document. Never throws; each problem names the field and what must stand there. */
export function readRetentionHistory(document: unknown): HistoryReading {
  const parsed = historySchema.safeParse(document);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.map((i) => `${i.path.join(".") || "it"}: ${issueText(i)}`) };
  const { now, policy, namePrefix, clockSkewSeconds, listing, instancePresent } = parsed.data;
  const parse = policy === null || policy === undefined ? undefined : parsePolicy(policy, now);
  const terms = parse?.ok === true ? parse.policy : undefined;
  const known = terms?.target.kind === "instances" ? terms.target.instanceIds[0] : undefined;
  const place = { policyId: policyIdOf(policy), account: terms?.account ?? "unknown", instanceId: known ?? "database" };
  const runs = parsed.data.runs.flatMap((run) => (run === undefined ? [] : [toRun(run, { ...place, namePrefix })]));
  const facts = {
    now,
    namePrefix,
    terms,
    rowProblems:
      parse === undefined || parse.ok
        ? []
        : parse.problems
            .filter((p) => p.level === "problem")
            .map((p) => `${p.field} ${p.value}: ${p.message}; ${p.remedy}`),
    holds: parsed.data.holds.map((hold) => toHold(hold, { ...place, timeZone: terms?.timeZone ?? "UTC" })),
    clockSkewMs: clockSkewSeconds === undefined ? undefined : clockSkewSeconds * 1000,
    listing: toListing(listing),
    instancePresent,
  };
  const groups = [...Map.groupBy(runs, (run) => run.instanceId)];
  return {
    ok: true,
    now,
    histories: groups.map(([instanceId, list]) => ({ ...place, instanceId, runs: list, facts })),
  };
}

function issueText(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_union" ? "is no run in either form: see docs/retention.md" : issue.message;
}

function policyIdOf(row: unknown): string {
  const id: unknown = typeof row === "object" && row !== null && "policyId" in row ? row.policyId : undefined;
  return typeof id === "string" && /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/.test(id) ? id : "removed-policy";
}

function toListing(listing: "complete" | "incomplete" | "inconsistent" | undefined): "complete" | Refusal | undefined {
  if (listing === undefined || listing === "complete") return listing;
  return { reason: `listing-${listing}`, message: `the history says that the listing is ${listing}` };
}

interface Place {
  readonly policyId: string;
  readonly account: string;
  readonly instanceId: string;
}

function toHold(
  hold: { slot: number; instanceId?: string | undefined; reason: string; until?: string | null | undefined },
  { policyId, instanceId, timeZone }: Place & { timeZone: string },
): Hold {
  const end = typeof hold.until === "string" ? { untilAt: pauseEndAt(hold.until, timeZone) } : {};
  return {
    policyId,
    instanceId: hold.instanceId ?? instanceId,
    slotAt: hold.slot,
    reason: hold.reason,
    setAt: 0,
    ...end,
  };
}

/** The run as the machine would have left it. */
function toRun(plain: PlainRun, { namePrefix, ...place }: Place & { namePrefix: string }): Run {
  const { slot: slotAt, attempt, sizeKb, completedAt, marked } = plain;
  const key = { policyId: place.policyId, instanceId: plain.instanceId ?? place.instanceId, slotAt };
  const { state, stage } = stateOf(plain.state, marked);
  const hasBackup = state === "building" || state === "completed" || plain.backupId !== undefined || state === "failed";
  return {
    ...key,
    account: place.account,
    state,
    reason: state === "completed" ? "completed" : "slot-due",
    terms: {
      policyVersion: 0,
      startByAt: slotAt,
      completeByAt: slotAt,
      maxAttempts: 1,
      sizeFloorKb: 1,
      severity: "page",
    },
    attempt: Math.max(attempt, plain.failedAttempts.length + 1),
    version: 1,
    dueAt: slotAt,
    createdAt: slotAt,
    name: plain.name ?? backupName(namePrefix, key, Math.max(attempt, plain.failedAttempts.length + 1)),
    ...(hasBackup ? { backupId: plain.backupId ?? backupIdOf(key) } : {}),
    ...(typeof sizeKb === "number" ? { sizeKb } : {}),
    ...(completedAt === undefined ? {} : { endedAt: completedAt }),
    ...(stage === undefined ? {} : { retention: markAt(stage) }),
    absences: 0,
    earlierBackups: plain.failedAttempts.map((id, i) => ({ id, name: backupName(namePrefix, key, i + 1) })),
    alerts: [],
    events: [],
  };
}

/** OTC's DELETING, and what is deleted, are stages of the mark; the run itself was completed. */
function stateOf(state: PlainRun["state"], marked: boolean): { state: RunState; stage?: RetentionMark["stage"] } {
  if (state === "deleting" || state === "deleted") return { state: "completed", stage: state };
  return marked ? { state, stage: "marked" } : { state };
}

function markAt(stage: RetentionMark["stage"]): RetentionMark {
  return { stage, planId: "history", markedAt: 0, removableAt: 0, reasons: [] };
}

function backupIdOf({ instanceId, slotAt }: RunKey): string {
  return `${instanceId}@${new Date(slotAt).toISOString()}`;
}
