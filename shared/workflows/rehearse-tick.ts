// What the next tick would do, call by call, without doing it: the tick's own workflows on a site that reads and does not
// write, so that what is foretold cannot drift from what is done.

import { failed, failure, ok, type Result } from "../domain/failure.ts";
import type { Notice } from "../domain/messages/alert-text.ts";
import type { BackupRequest, RemoteBackup } from "../domain/remote.ts";
import { runId } from "../domain/runs/naming.ts";
import type { Run } from "../domain/runs/run.ts";
import { runsOf } from "../domain/runs/waiting-list.ts";
import type { RunStore, Site, WriteOutcome } from "../ports.ts";
import type { AccountProvider, BackupProvider } from "../ports-for-otc.ts";
import { createBackups } from "./create-backups.ts";
import { pollBackups } from "./poll-backups.ts";

export interface Rehearsal {
  /** In the order in which the tick makes them. Reads are really made; `POST` is not. */
  readonly calls: readonly { readonly account: string; readonly method: "GET" | "POST"; readonly what: string }[];
  /** Runs as they would stand after the tick, with how they stand now, if they exist. */
  readonly runs: readonly { readonly before: Run | undefined; readonly after: Run }[];
  readonly notices: readonly Notice[];
  /** What would be written beside runs: versions of policies, marks. */
  readonly notes: readonly string[];
  /** Parts of the tick that would fail. */
  readonly errors: readonly string[];
}

const budgetMs = 45_000;

/** Reads at OTC, within the account's own pace and login guard; changes nothing there and nothing in the tables. */
export async function rehearseTick(site: Site): Promise<Rehearsal> {
  const seen = new Notebook();
  const dry = drySite(site, seen);
  const errors: string[] = [];
  for (const tick of [createBackups, pollBackups]) {
    try {
      await tick(dry, { stopAt: site.clock.now() + budgetMs });
    } catch (error) {
      errors.push(error instanceof Error ? error.message : "a part of the tick failed");
    }
  }
  const runs = [...seen.after].map(([id, after]) => ({ before: seen.before.get(id), after }));
  return { calls: seen.calls, runs, notices: seen.notices, notes: seen.notes, errors };
}

class Notebook {
  readonly calls: { account: string; method: "GET" | "POST"; what: string }[] = [];
  readonly before = new Map<string, Run>();
  readonly after = new Map<string, Run>();
  readonly notices: Notice[] = [];
  readonly notes: string[] = [];
}

const refused = () => Promise.reject(new Error("a rehearsal writes nothing"));

/** Named member by member: a store that is added to Site has to say here how it is kept from writing. */
function drySite(real: Site, seen: Notebook): Site {
  const { clock, settings, log } = real;
  return {
    clock,
    settings,
    log: { info: () => {}, warn: (entry) => log.warn(entry), error: (entry) => log.error(entry) },
    telemetry: { emit: () => {} },
    policies: {
      pages: () => real.policies.pages(),
      read: (policyId) => real.policies.read(policyId),
      writeObserved: async (policyId, observed) => {
        seen.notes.push(`policy ${policyId}: the row would say ${observed.status}`);
      },
      noteGoodBackup: async () => {},
    },
    versions: {
      effective: (policyId) => real.versions.effective(policyId),
      versions: (policyId) => real.versions.versions(policyId),
      record: async ({ policyId, version }) => {
        seen.notes.push(`policy ${policyId}: version ${version} would come into force`);
        return "written";
      },
    },
    selections: {
      read: (key) => real.selections.read(key),
      write: async (next) => {
        seen.notes.push(`policy ${next.policyId}: its selector means ${next.members.length} databases`);
        return "written";
      },
    },
    runs: dryRuns(real.runs, seen),
    looks: { last: (account) => real.looks.last(account), note: async () => "written" },
    accounting: {
      accounted: () => real.accounting.accounted(),
      accountedThrough: () => real.accounting.accountedThrough(),
      advance: async () => {},
    },
    heartbeats: { all: () => real.heartbeats.all(), beat: async () => {}, expect: async () => {} },
    standingAlerts: {
      open: () => real.standingAlerts.open(),
      raise: async (alert) => {
        const open = await real.standingAlerts.open();
        return !open.some((one) => one.subject === alert.subject && one.fingerprint === alert.fingerprint);
      },
      takeOver: async (alert) => alert,
      markSent: async () => {},
      noteMet: async () => {},
      clear: async (subject) => {
        seen.notes.push(`the alert on ${subject} would end`);
      },
    },
    inventories: { read: (account) => real.inventories.read(account), write: async () => "written" },
    // No business of the two ticks that are rehearsed.
    audits: { last: () => real.audits.last(), keep: refused },
    auditMemory: { recall: () => undefined, remember: () => {}, forget: () => {} },
    digests: { last: () => real.digests.last(), replace: refused },
    holds: { ofPolicy: (policyId) => real.holds.ofPolicy(policyId), put: refused, remove: refused },
    prune: {
      pruneSwitch: () => real.prune.pruneSwitch(),
      approval: (account) => real.prune.approval(account),
      plan: (account, planId) => real.prune.plan(account, planId),
      oldestBackup: (policyId) => real.prune.oldestBackup(policyId),
      noteOldestBackup: refused,
      setSwitch: refused,
      recordPlan: refused,
      approve: refused,
      takeDeletion: refused,
    },
    notifier: {
      publish: async (notice) => {
        seen.notices.push(notice);
        return ok(undefined);
      },
    },
    provider: dryProvider(real.provider, seen),
  };
}

function dryRuns(real: RunStore, seen: Notebook): RunStore {
  const asWritten = (run: Run) => seen.after.get(runId(run)) ?? run;
  const note = (before: Run | undefined, after: Run): WriteOutcome => {
    const id = runId(after);
    if (before !== undefined && !seen.before.has(id) && !seen.after.has(id)) seen.before.set(id, before);
    seen.after.set(id, after);
    return "written";
  };
  return {
    insert: async (run) => ((await real.read(run)) === undefined ? note(undefined, run) : "lost-race"),
    replace: async (previous, next) => note(previous, next),
    insertWaiting: async (list) => runsOf(list).filter((run) => note(undefined, run) === "written"),
    forgetUsedUp: async () => {},
    due: async (lane, query) => (await real.due(lane, query)).map(asWritten),
    ofPolicy: async (policyId, range) => (await real.ofPolicy(policyId, range)).map(asWritten),
    async *pagesOfPolicy(policyId, range) {
      for await (const page of real.pagesOfPolicy(policyId, range)) yield page.map(asWritten);
    },
    inspect: (lane, query) => real.inspect(lane, query),
    atOtc: (shard) => real.atOtc(shard),
    read: async (key) => seen.after.get(runId(key)) ?? (await real.read(key)),
  };
}

function dryProvider(real: BackupProvider, seen: Notebook): BackupProvider {
  return {
    account: async (account, use) => {
      const found = await real.account(account, use);
      return found.ok ? ok(dryAccount(found.value, account, seen)) : found;
    },
    keepPace: async () => {},
  };
}

function dryAccount(real: AccountProvider, account: string, seen: Notebook): AccountProvider {
  const note = (method: "GET" | "POST", what: string) => void seen.calls.push({ account, method, what });
  return {
    clockSkewMs: () => real.clockSkewMs(),
    foresee: () => {},
    makeRoom: async () => {},
    passwordExpiresAt: () => real.passwordExpiresAt(),
    quotas: () => real.quotas(),
    restoreSpans: (instanceId) => real.restoreSpans(instanceId),
    automatedPolicy: (instanceId) => real.automatedPolicy(instanceId),
    deleteBackup: async () => failed(failure("internal", "a rehearsal deletes nothing")),
    listInstances: () => {
      note("GET", "list the databases");
      return real.listInstances();
    },
    listBackups: (instanceId, query) => {
      note("GET", `list the backups of ${instanceId}`);
      return real.listBackups(instanceId, query);
    },
    createBackup: async (request: BackupRequest): Promise<Result<RemoteBackup>> => {
      note("POST", `back up ${request.instanceId} as ${request.name}`);
      const { name, instanceId } = request;
      return ok({ id: "(given by OTC)", name, instanceId, status: "BUILDING", type: "manual" });
    },
  };
}
