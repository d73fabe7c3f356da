// The runs of a policy from before its freshness target, by those that decide. They are read when a database has no good backup
// within the target, and then remembered for some hours: a database that stays stopped for weeks must not cost its whole
// policy's history at every audit. What is remembered can only be out of date about backups that are too old anyway.

import { decisiveRuns, type FreshnessRun } from "../domain/audit/decisive-runs.ts";
import type { Policy } from "../domain/policy.ts";
import type { Run } from "../domain/runs/run.ts";
import type { OlderRuns, Site } from "../ports.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** So long it counts: how old the alert says a backup is stays true within hours, whatever vanished or came late. */
const rememberedForMs = 6 * hourMs;
/** How far back runs are read to find out since when a database has been without a good backup. */
const longestLookBackMs = 400 * dayMs;

interface Window {
  readonly now: number;
  /** Where the window begins that is read at every audit. */
  readonly fromAt: number;
}

/** What this process remembers, if it still fits the policy and leaves no gap and no overlap with the window. */
export function recallOlder(site: Site, policy: Policy, { now, fromAt }: Window): OlderRuns | undefined {
  const found = site.auditMemory.recall(policy.policyId);
  if (found === undefined || found.sizeFloorKb !== policy.sizeFloorKb || found.untilAt > fromAt) return undefined;
  const ageMs = now - found.readAt;
  return ageMs >= 0 && ageMs < rememberedForMs ? found : undefined;
}

/** `between`: the runs from where `remembered` ends to where the window begins. */
export async function olderRuns(
  site: Site,
  policy: Policy,
  facts: Window & { between: readonly Run[]; remembered: OlderRuns | undefined },
): Promise<OlderRuns> {
  const { now, fromAt, between, remembered } = facts;
  const { policyId, sizeFloorKb } = policy;
  const runs =
    remembered === undefined
      ? await readDecisive(site, policy, { now, fromAt })
      : decisiveRuns([...remembered.runs, ...between], sizeFloorKb);
  const older = { readAt: remembered?.readAt ?? now, sizeFloorKb, untilAt: fromAt, runs };
  site.auditMemory.remember(policyId, older);
  return older;
}

/** A page at a time, so that no history is too long for the memory of a function. */
async function readDecisive(site: Site, policy: Policy, { now, fromAt }: Window): Promise<FreshnessRun[]> {
  // A target of more than a year is its own look back.
  const lookBackMs = Math.min(longestLookBackMs, Math.max(35 * dayMs, 4 * policy.maxAgeHours * hourMs));
  const range = { fromAt: now - lookBackMs, toAt: fromAt - 1 };
  if (range.fromAt > range.toAt) return [];
  let decisive: FreshnessRun[] = [];
  for await (const page of site.runs.pagesOfPolicy(policy.policyId, range))
    decisive = decisiveRuns([...decisive, ...page], policy.sizeFloorKb);
  return decisive;
}
