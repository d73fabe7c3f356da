// What the command line says of the fleet at a dawn, brought into the form of the truth.

import * as z from "zod";
import type { DrivenSite } from "./driven-site.ts";
import type { AccountName, ModelPolicy } from "./fleet-model.ts";
import type { Dawn } from "./fleet-truth.ts";

const member = z.object({ id: z.string() });
const members = z.array(member);
const coverageSchema = z.object({
  accounts: z.array(
    z.object({
      account: z.string(),
      covered: z.number(),
      uncovered: members,
      optedOut: members,
      gone: members,
      unwell: members,
      weakNative: members,
      shared: members,
    }),
  ),
});
const statusSchema = z.object({
  databases: z.array(
    z.object({
      policyId: z.string(),
      instanceId: z.string().optional(),
      atRisk: z.boolean(),
      level: z.string(),
      reasons: z.array(z.string()),
    }),
  ),
});
const reportSchema = z.object({
  policies: z.array(z.object({ policyId: z.string(), planned: z.number(), good: z.number(), paused: z.number() })),
});
const runsSchema = z.object({
  runs: z.array(z.object({ name: z.string().optional(), account: z.string(), vanishedAt: z.string().optional() })),
});

export interface SiteReport {
  at(account: AccountName): Dawn;
  /** Why a database is said to be at risk. */
  why(key: string): string;
}

export async function readReport(site: DrivenSite, policies: readonly ModelPolicy[]): Promise<SiteReport> {
  const coverage = coverageSchema.parse(await site.ask("coverage"));
  const status = statusSchema.parse(await site.ask("status"));
  const report = reportSchema.parse(await site.ask("report"));
  const runs = runsSchema.parse(await site.ask("runs", "list", "--days", "40", "--bad"));
  const sorted = (list: readonly { id: string }[]) => list.map((one) => one.id).toSorted();
  return {
    at: (account) => {
      const own = policies.filter((policy) => policy.account === account).map((policy) => policy.policyId);
      const found = coverage.accounts.find((one) => one.account === account);
      if (found === undefined) throw new Error(`coverage says nothing of account ${account}`);
      const night = report.policies.filter((one) => own.includes(one.policyId));
      return {
        covered: found.covered,
        uncovered: sorted(found.uncovered),
        optedOut: sorted(found.optedOut),
        gone: sorted(found.gone),
        unwell: sorted(found.unwell),
        weakNative: sorted(found.weakNative),
        shared: sorted(found.shared),
        atRisk: status.databases
          .filter((one) => own.includes(one.policyId) && one.atRisk)
          .map((one) => `${one.policyId}/${one.instanceId ?? ""}`)
          .toSorted(),
        night: Object.fromEntries(
          night.map(({ policyId, planned, good, paused }) => [policyId, { planned, good, paused }]),
        ),
        lost: runs.runs
          .filter((one) => one.account === account && one.vanishedAt !== undefined)
          .flatMap((one) => one.name ?? [])
          .toSorted(),
      };
    },
    why: (key) => {
      const found = status.databases.find((one) => `${one.policyId}/${one.instanceId}` === key);
      return found === undefined ? "not in status" : `${found.level}: ${found.reasons.join("; ")}`;
    },
  };
}
