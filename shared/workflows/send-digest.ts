// Sends the morning digest once a day: claims it, gathers every policy's figures page by page, publishes, then marks it sent.
// A sender that dies leaves a claim that runs out, and the next audit sends it; only then may one arrive twice.

import { coverageLine } from "../domain/coverage/coverage-line.ts";
import { accountForecast, forecastLine } from "../domain/coverage/limit-forecast.ts";
import { wholeSelector } from "../domain/coverage/selection.ts";
import { FailureError } from "../domain/failure.ts";
import { type DigestRecord, decideDigest, digestSent } from "../domain/messages/decide-digest.ts";
import { type DigestSpan, type PolicyDigest, policyDigest } from "../domain/messages/digest.ts";
import { type DigestFacts, digestNotice } from "../domain/messages/digest-text.ts";
import { type Policy, problemLine } from "../domain/policy.ts";
import type { Run } from "../domain/runs/run.ts";
import type { PolicyRow, Site } from "../ports.ts";
import { inParallel } from "./in-parallel.ts";
import { limitOf } from "./note-stocks.ts";
import { policyInForce } from "./policy-in-force.ts";

const readers = 16;
const hourMs = 3_600_000;

export interface DigestOutcome {
  /** Hours since the last digest, or since one is waited for. */
  readonly ageHours: number;
  readonly errors: readonly unknown[];
}

/** `known`: what the audit has found out already about the present. */
export async function sendDigest(
  site: Site,
  known: Pick<DigestFacts, "oldest" | "overdue" | "openPages">,
): Promise<DigestOutcome> {
  const now = site.clock.now();
  const record = await site.digests.last();
  const decision = decideDigest(record, site.settings.digest, now);
  const age = (since: DigestRecord | undefined) => ageHours(since?.sentAt ?? now, now);
  if (decision.kind === "nothing") return { ageHours: age(record), errors: [] };
  if (decision.kind === "begin") {
    await site.digests.replace(undefined, decision.next);
    return { ageHours: 0, errors: [] };
  }
  const { claim, fromAt, toAt } = decision;
  if ((await site.digests.replace(record, claim)) === "lost-race") return { ageHours: age(record), errors: [] };
  const { policies, inForce, errors } = await gather(site, { fromAt, toAt, now });
  if (errors.length > 0) return { ageHours: age(record), errors };
  const { timeZone } = site.settings.digest;
  const coverage = await accountLines(site, inForce, now);
  const facts = { fromAt, toAt, now, timeZone, coverage, ...known };
  const answer = await site.notifier.publish(digestNotice(policies, facts));
  if (!answer.ok) return { ageHours: age(record), errors: [new FailureError(answer.failure)] };
  await site.digests.replace(claim, digestSent(claim, toAt, now));
  return { ageHours: 0, errors: [] };
}

function ageHours(sinceAt: number, now: number): number {
  return Math.round(((now - sinceAt) / hourMs) * 100) / 100;
}

/** Coverage and stock of each account that the policies name, as the last survey and the last comparison found them. */
export async function accountLines(
  site: Pick<Site, "inventories" | "settings">,
  policies: readonly Policy[],
  now: number,
): Promise<string[]> {
  const accounts = [...Map.groupBy(policies, (policy) => policy.account)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = accounts.map(async ([account, own]) => {
    const inventory = await site.inventories.read(account);
    const facts = { now, ...limitOf(site) };
    const { stocks } = inventory ?? {};
    const stock = stocks === undefined ? [] : [forecastLine(account, accountForecast(stocks, own, facts), facts)];
    return [coverageLine(account, inventory, now), ...stock];
  });
  return (await Promise.all(lines)).flat();
}

interface Gathered {
  readonly policies: PolicyDigest[];
  readonly inForce: Policy[];
  readonly errors: unknown[];
}

async function gather(site: Site, span: DigestSpan): Promise<Gathered> {
  const policies: PolicyDigest[] = [];
  const inForce: Policy[] = [];
  const errors: unknown[] = [];
  for await (const page of site.policies.pages()) {
    const work = async (row: PolicyRow) => {
      const { digest, policy } = await digestRow(site, row, span);
      policies.push(digest);
      if (policy !== undefined) inForce.push(policy);
    };
    errors.push(...(await inParallel(page, readers, work)));
  }
  return { policies, inForce, errors };
}

async function digestRow(site: Site, row: PolicyRow, span: DigestSpan) {
  const policyId = row.policyId ?? "a row without an id";
  const inForce = await policyInForce(site, row);
  const runs =
    row.policyId === undefined ? [] : await site.runs.ofPolicy(policyId, { fromAt: span.fromAt, toAt: span.toAt });
  const problems = row.parse.ok ? [] : row.parse.problems.map(problemLine);
  const members = await membersOf(site, { policy: inForce?.policy, runs });
  const digest = policyDigest({ policyId, policy: inForce?.policy, problems, runs, ...members }, span);
  return { digest, policy: inForce?.policy };
}

/** Of a selector with a slot that could not be resolved: the databases it had last. */
export async function membersOf(
  { selections }: Pick<Site, "selections">,
  { policy, runs }: { policy: Policy | undefined; runs: readonly Run[] },
): Promise<{ members?: readonly string[] }> {
  if (policy === undefined || !runs.some((run) => run.instanceId === wholeSelector)) return {};
  const selection = await selections.read(policy);
  return selection === undefined ? {} : { members: selection.members.map(({ id }) => id) };
}
