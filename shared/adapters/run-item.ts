// A run as an item of the ledger, and back. Whatever the table holds is parsed before anyone trusts it; an item that
// cannot be read is reported by its key and stops nobody else.

import * as z from "zod";
import { failureKinds } from "../domain/failure.ts";
import { runAlertKinds } from "../domain/messages/alert.ts";
import { type RunKey, slotText } from "../domain/runs/naming.ts";
import { nextAction, type Run, runReasons, runStates } from "../domain/runs/run.ts";
import { dueText, laneName } from "./due-index.ts";
import type { Item } from "./dynamodb-table.ts";
import { keysOf } from "./keys-of.ts";
import { fromStored, toStored } from "./stored-instants.ts";

/** Raised when the form of an item changes in a way older code cannot read. */
const schemaVersion = 1;

export function runKeyOf(key: RunKey): { pk: string; sk: string } {
  return { pk: `run#${key.policyId}`, sk: `${slotText(key.slotAt)}#${key.instanceId}` };
}

/** The run's key behind an item's keys; nothing when they are not a run's. */
export function parseRunKey(pk: string, sk: string): RunKey | undefined {
  const parts = /^run#([^#]+)$/.exec(pk);
  const [slot = "", instanceId = ""] = sk.split("#");
  const slotAt = Date.parse(slot);
  const policyId = parts?.[1];
  return policyId === undefined || Number.isNaN(slotAt) ? undefined : { policyId, instanceId, slotAt };
}

/** `writeId` makes the write recognisable, should its answer be lost. `partition`: see due-index.ts. */
export function toRunItem(run: Run, writeId: string, partition?: number): Item {
  const next = nextAction(run);
  const stored = toStored({ ...run });
  const fields = typeof stored === "object" && stored !== null ? stored : {};
  const due =
    next === undefined ? {} : { lane: laneName(next.lane, partition), dueAt: dueText(next.lane, next.at, run) };
  return {
    ...fields,
    ...runKeyOf(run),
    nextStepAt: new Date(run.dueAt).toISOString(),
    dueAt: undefined,
    ...due,
    writeId,
    schemaVersion,
  };
}

const instant = z.number();
const evidence = z.object({
  operation: z.string().exactOptional(),
  status: z.number().exactOptional(),
  providerCode: z.string().exactOptional(),
  requestId: z.string().exactOptional(),
});
const failureSchema = z.object({
  code: z.enum(keysOf(failureKinds)),
  message: z.string(),
  effect: z.enum(["none", "unknown"]),
  afterMs: z.number().exactOptional(),
  evidence: evidence.exactOptional(),
});
const level = z.enum(["page", "ticket"]);
const alertSchema = z.object({
  kind: z.enum(keysOf(runAlertKinds)),
  level,
  attempt: z.number(),
  raisedAt: instant,
  leaseUntilAt: instant,
  sentAt: instant.exactOptional(),
});
const eventSchema = z.object({
  from: z.enum([...runStates, "none"]),
  to: z.enum(runStates),
  reason: z.enum(runReasons),
  at: instant,
  times: z.number(),
  lastAt: instant,
  detail: z.string().exactOptional(),
  evidence: evidence.exactOptional(),
});
const termsSchema = z.object({
  policyVersion: z.number(),
  startByAt: instant,
  completeByAt: instant,
  maxAttempts: z.number(),
  sizeFloorKb: z.number(),
  severity: level,
  acceptAutomatedHours: z.number().exactOptional(),
  databases: z.array(z.string()).exactOptional(),
  description: z.string().exactOptional(),
  owner: z.string().exactOptional(),
  selector: z.string().exactOptional(),
  instanceName: z.string().exactOptional(),
});
const retentionSchema = z.object({
  stage: z.enum(["marked", "deleting", "deleted"]),
  planId: z.string(),
  markedAt: instant,
  removableAt: instant,
  reasons: z.array(z.string()),
  deletedAt: instant.exactOptional(),
  requestId: z.string().exactOptional(),
});
const backupRefSchema = z.object({ id: z.string(), name: z.string(), retention: retentionSchema.exactOptional() });
const runSchema = z.object({
  policyId: z.string(),
  instanceId: z.string(),
  slotAt: instant,
  account: z.string(),
  state: z.enum(runStates),
  reason: z.enum(runReasons),
  terms: termsSchema,
  attempt: z.number().int().min(1),
  version: z.number().int().min(1),
  dueAt: instant,
  createdAt: instant,
  name: z.string().exactOptional(),
  requestedAt: instant.exactOptional(),
  backupId: z.string().exactOptional(),
  acceptedAt: instant.exactOptional(),
  absences: z.number(),
  absentSinceAt: instant.exactOptional(),
  sizeKb: z.number().exactOptional(),
  beganAt: instant.exactOptional(),
  endedAt: instant.exactOptional(),
  finishedAt: instant.exactOptional(),
  lastFailure: failureSchema.exactOptional(),
  retention: retentionSchema.exactOptional(),
  vanishedAt: instant.exactOptional(),
  secondLine: z.object({ checkedAt: instant, beganAt: instant.exactOptional() }).exactOptional(),
  earlierBackups: z.array(backupRefSchema),
  alerts: z.array(alertSchema),
  events: z.array(eventSchema),
});

/** The run, or what is wrong with the item. One of a newer form is not guessed at, even where it looks readable. */
export function parseRunItem(item: Item): { run: Run } | { problem: string } {
  const place = `ledger item ${String(item.pk)} ${String(item.sk)}`;
  if (typeof item.schemaVersion === "number" && item.schemaVersion > schemaVersion) {
    const versions = `form ${item.schemaVersion}, this code reads up to ${schemaVersion}`;
    return { problem: `${place} was written by newer code (${versions}): deploy that code again` };
  }
  const { nextStepAt, ...rest } = item;
  const parsed = runSchema.safeParse(fromStored({ ...rest, dueAt: nextStepAt }));
  if (parsed.success) return { run: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    problem: `${place} is not readable: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  };
}
