// Looks over each account about once an hour: which databases it has, whether somebody backs each of them up, and what has
// become of those that were there before. Selectors are resolved too, so that a drop is told before the next slot.

import {
  type AccountInventory,
  isSurveyDue,
  surveyEveryMs,
  surveyTimesMs,
} from "../domain/coverage/account-inventory.ts";
import { coverageOf } from "../domain/coverage/coverage.ts";
import { type Life, lifeOf } from "../domain/coverage/instance-life.ts";
import { surveyAlerts } from "../domain/coverage/survey-alerts.ts";
import type { StandingAlert } from "../domain/messages/alert.ts";
import type { Policy } from "../domain/policy.ts";
import type { Instance } from "../domain/remote.ts";
import { listingCalls } from "../domain/runs/plan-looks.ts";
import type { Site, Tick } from "../ports.ts";
import { noteAccount } from "./account-trouble.ts";
import { inParallel } from "./in-parallel.ts";
import { policyInForce } from "./policy-in-force.ts";
import { resolveSelectors, type SelectorWork } from "./resolve-selectors.ts";

export interface AccountsSurvey {
  /** As the last survey of each account found it, this one's included. */
  readonly inventories: AccountInventory[];
  /** Accounts named by policies that have never been surveyed with success. */
  readonly unseen: string[];
  /** Databases that no policy means, in all accounts. */
  uncovered: number;
  /** The earliest end of a password among the accounts looked at now. */
  passwordEndsAt?: number;
  /** To be sent now. */
  readonly standing: StandingAlert[];
  readonly errors: unknown[];
  /** The account's pace left no turns for the whole of a listing: the next audit goes on with it. */
  isOwed: boolean;
}

/** An enabled policy and the version it is. */
interface Enabled {
  readonly policy: Policy;
  readonly version: number;
}

/**
 * Accounts side by side; one that cannot be listed keeps what was last known of it. `lastAuditAt`: an auditor that was away has
 * kept every survey waiting itself, whatever it meets when it returns.
 */
export async function surveyAccounts(site: Site, tick: Tick, lastAuditAt = site.clock.now()): Promise<AccountsSurvey> {
  const wasAway = site.clock.now() - lastAuditAt > surveyTimesMs;
  const survey: AccountsSurvey = { inventories: [], unseen: [], uncovered: 0, standing: [], errors: [], isOwed: false };
  const open = await site.standingAlerts.open();
  const accounts = [...Map.groupBy(await enabledPolicies(site, survey), ({ policy }) => policy.account)];
  const failures = await inParallel(accounts, accounts.length, async ([account, policies]) => {
    const before = await site.inventories.read(account);
    const next = isSurveyDue(before, site.clock.now())
      ? await surveyAccount(site, { account, policies, before, wasAway, open, tick, survey })
      : before;
    if (next === undefined) survey.unseen.push(account);
    else survey.inventories.push(next);
  });
  survey.errors.push(...failures);
  survey.uncovered = survey.inventories.reduce((sum, one) => sum + one.coverage.uncovered.length, 0);
  return survey;
}

async function enabledPolicies(site: Site, survey: AccountsSurvey): Promise<Enabled[]> {
  const enabled: Enabled[] = [];
  for await (const page of site.policies.pages()) {
    survey.errors.push(
      ...(await inParallel(page, 8, async (row) => {
        const inForce = await policyInForce(site, row);
        if (inForce?.policy.enabled === true) enabled.push(inForce);
      })),
    );
  }
  return enabled;
}

interface AccountFacts {
  readonly account: string;
  readonly policies: readonly Enabled[];
  readonly before: AccountInventory | undefined;
  readonly wasAway: boolean;
  readonly open: readonly StandingAlert[];
  readonly tick: Tick;
  readonly survey: AccountsSurvey;
}

/** Alerts are raised before the record that makes them old news is written: killed in between, they are raised again. */
async function surveyAccount(site: Site, facts: AccountFacts): Promise<AccountInventory | undefined> {
  const { account, policies, before, wasAway, open, survey } = facts;
  const provider = await site.provider.account(account, { stopAt: facts.tick.stopAt });
  if (provider.ok && before !== undefined) await provider.value.makeRoom(listingCalls(before.known.length));
  const listing = provider.ok ? await provider.value.listInstances() : provider;
  // Waiting is what a survey does that is due, not one that was made an hour ago.
  const waitingSince = before === undefined || wasAway ? site.clock.now() : before.checkedAt + surveyEveryMs;
  const trouble = listing.ok ? undefined : listing.failure;
  survey.isOwed ||= trouble?.code === "held-by-pace";
  const alert = await noteAccount(site, { account, trouble, waitingSince, hasPosted: false, open });
  if (alert !== undefined) survey.standing.push(alert);
  if (!listing.ok) return before;
  const endsAt = provider.ok ? provider.value.passwordExpiresAt() : undefined;
  if (endsAt !== undefined) survey.passwordEndsAt = Math.min(survey.passwordEndsAt ?? endsAt, endsAt);
  const meant = await databasesOf(site, { policies, instances: listing.value, open, survey });
  const { inventory, life } = inventoryOf(facts, { instances: listing.value, meant, now: site.clock.now() });
  const severities = new Map(policies.map(({ policy }) => [policy.policyId, policy.severity]));
  const severityOf = (policyId: string) => severities.get(policyId) ?? "ticket";
  const plan = surveyAlerts({ now: inventory, before, changes: life.changes, severityOf });
  for (const alert of plan.raise) if (await site.standingAlerts.raise(alert)) survey.standing.push(alert);
  for (const { subject, kind } of plan.clear)
    if (open.some((one) => one.subject === subject && one.kind === kind))
      await site.standingAlerts.clear(subject, kind);
  await site.inventories.write(inventory, before);
  return inventory;
}

/** The databases each policy means: as listed, or as its selector matches now. */
async function databasesOf(
  site: Site,
  facts: Pick<AccountFacts, "policies" | "open" | "survey"> & { instances: readonly Instance[] },
): Promise<{ policyId: string; instanceIds: readonly string[] }[]> {
  const { policies, instances, open, survey } = facts;
  const works = policies.flatMap((enabled) => selectorWork(enabled) ?? []);
  const resolved = await resolveSelectors(site, { works, instances, open });
  survey.standing.push(...resolved.standing);
  return policies.map(({ policy: { policyId, target } }) => ({
    policyId,
    instanceIds:
      target.kind === "instances" ? target.instanceIds : (resolved.members.get(policyId) ?? []).map(({ id }) => id),
  }));
}

function selectorWork({ policy, version }: Enabled): SelectorWork | undefined {
  const { policyId, account, target, severity, owner } = policy;
  if (target.kind !== "selector") return undefined;
  const who = owner === undefined ? {} : { owner };
  return { policyId, account, policyVersion: version, selector: target.selector, severity, ...who, slots: [] };
}

function inventoryOf(
  { account, before }: AccountFacts,
  seen: { instances: readonly Instance[]; meant: Awaited<ReturnType<typeof databasesOf>>; now: number },
): { inventory: AccountInventory; life: Life } {
  const { instances, meant, now } = seen;
  const meantBy = new Map<string, string[]>();
  for (const { policyId, instanceIds } of meant)
    for (const id of instanceIds) meantBy.set(id, [...(meantBy.get(id) ?? []), policyId]);
  const life = lifeOf({ now, instances, before, policiesOf: (id) => meantBy.get(id) ?? [] });
  const { known, gone, unwell } = life;
  const coverage = coverageOf(instances, meant, now);
  const stocks = before?.stocks === undefined ? {} : { stocks: before.stocks };
  return { inventory: { account, checkedAt: now, coverage, known, gone, unwell, ...stocks }, life };
}
