// Reads what a decision trace is made of, for whatever `why` was asked about.

import { type Trace, traceOf } from "../shared/domain/runs/decision-trace.ts";
import type { Run } from "../shared/domain/runs/run.ts";
import { CliError } from "./cli-error.ts";
import { noSuchPolicy } from "./known-policies.ts";
import { type PolicyNow, policiesNow } from "./policy-in-force.ts";
import { fullId } from "./short-ids.ts";
import { slotsIn, spanOf } from "./slot-question.ts";
import type { Tables } from "./tables-access.ts";

export interface Answer {
  readonly policyId: string;
  readonly instanceId: string;
  readonly slotAt: number;
  readonly zone: string;
  readonly trace: Trace;
}

interface Asked {
  readonly policyId?: string;
  readonly instance?: string;
  readonly date: string | undefined;
}

const minuteMs = 60_000;

/** Throws CliError when what was asked about is neither a policy nor a database nor a run. */
export async function answersTo(tables: Tables, what: string, date: string | undefined): Promise<Answer[]> {
  const policies = await policiesNow(tables);
  const asked = askedFor(what, date, policies);
  const accountedThroughAt = await tables.accounting.accountedThrough();
  const chosen = policies.filter((one) => asked.policyId === undefined || one.policyId === asked.policyId);
  const found = await Promise.all(chosen.map((one) => ofPolicy(tables, one, { asked, accountedThroughAt })));
  const answers = found.flat();
  if (answers.length === 0 && asked.policyId !== undefined && asked.instance !== undefined)
    fullId(asked.instance, await knownDatabases(tables, chosen), `database of ${asked.policyId}`);
  if (answers.length === 0 && asked.policyId === undefined && !(await isKnown(tables, policies, what)))
    throw noSuchPolicy(
      what,
      policies.map((one) => one.policyId),
    );
  return answers;
}

function askedFor(what: string, date: string | undefined, policies: readonly PolicyNow[]): Asked {
  const [policyId = "", instance, slot, ...more] = what.split("/");
  if (instance === undefined)
    return policies.some((one) => one.policyId === what) ? { policyId: what, date } : { instance: what, date };
  if (more.length > 0 || slot === "") throw new CliError(`"${what}" names no run`, { hint: "policy/database/slot" });
  if (!policies.some((one) => one.policyId === policyId))
    throw noSuchPolicy(
      policyId,
      policies.map((one) => one.policyId),
    );
  return { policyId, instance, date: slot ?? date };
}

async function ofPolicy(
  tables: Tables,
  one: PolicyNow,
  facts: { asked: Asked; accountedThroughAt: number | undefined },
): Promise<Answer[]> {
  const { asked, accountedThroughAt } = facts;
  const now = tables.clock.now();
  const zone = one.policy?.timeZone ?? "UTC";
  const span = spanOf(asked.date, zone, now);
  const runs = await tables.runs.ofPolicy(one.policyId, { fromAt: span.fromAt, toAt: span.toAt });
  const instances = instancesOf(one, runs).filter(
    (id) => asked.instance === undefined || id.startsWith(asked.instance),
  );
  return instances.flatMap((instanceId) => {
    const own = runs.filter((run) => run.instanceId === instanceId);
    return slotsIn(span, one.policy, own).map((slotAt) => {
      const run = own.find((candidate) => Math.abs(candidate.slotAt - slotAt) < minuteMs);
      const trace = traceOf({ ...one, instanceId, slotAt, now, run, accountedThroughAt });
      return { policyId: one.policyId, instanceId, slotAt, zone, trace };
    });
  });
}

/** Those the policy names and those it has runs of. */
function instancesOf({ instanceIds }: PolicyNow, runs: readonly Run[]): string[] {
  return [...new Set([...instanceIds, ...runs.map((run) => run.instanceId)])];
}

async function isKnown(tables: Tables, policies: readonly PolicyNow[], typed: string): Promise<boolean> {
  return (await knownDatabases(tables, policies)).some((id) => id.startsWith(typed));
}

async function knownDatabases(tables: Tables, policies: readonly PolicyNow[]): Promise<string[]> {
  const everything = { fromAt: 0, toAt: tables.clock.now() };
  const runs = await Promise.all(policies.map((one) => tables.runs.ofPolicy(one.policyId, everything)));
  return policies.flatMap((one, i) => instancesOf(one, runs[i] ?? []));
}
