// I1, I3 and I10: what stands at OTC because of us. Judged from the simulated OTC alone, and compared with the ledger only
// where the promise is about the ledger.

import { type OtcBackup, statusAt } from "../otc/otc-world.ts";
import { type Facts, isTwin, type OwnBackup } from "./facts.ts";

const minuteMs = 60_000;

/** I1: at most one backup per run that has not FAILED; of those that OTC let in twice under one name, one that people do not know of. */
export function i1AtMostOneBackupPerRun(facts: Facts): string[] {
  const { ours, endAt } = facts;
  const live = ours.filter(({ backup }) => {
    const status = statusAt(backup, endAt);
    return status !== undefined && status !== "FAILED" && !isToldAsTwin(facts, backup);
  });
  return [...Map.groupBy(live, ({ run }) => run)].flatMap(([run, list]) =>
    list.length > 1 ? [`${run}: ${list.length} backups at OTC: ${list.map((l) => l.backup.name).join(", ")}`] : [],
  );
}

/** Of a name that OTC let in twice, and named to people as standing in no record. */
function isToldAsTwin(facts: Facts, backup: OtcBackup): boolean {
  const isTold = facts.told.some(({ kind, body }) => kind === "backups-orphaned" && body.includes(backup.id));
  return isTold && isTwin(facts, backup);
}

/** I3: nobody records a backup that OTC never had; at rest no backup of ours is without its record or its slot. */
export function i3NoPhantomNoOrphan(facts: Facts): string[] {
  return [...phantoms(facts), ...orphans(facts), ...unexplained(facts)];
}

function phantoms({ world, runs }: Facts): string[] {
  const ids = new Set(world.otc.backups.map((backup) => backup.id));
  return [...runs.values()].flatMap((run) =>
    [run.backupId, ...run.earlierIds].flatMap((id) =>
      id === undefined || ids.has(id) ? [] : [`${run.name} records backup ${id}, which OTC never had`],
    ),
  );
}

function orphans(facts: Facts): string[] {
  const { runs, ours, endAt } = facts;
  const recorded = new Set([...runs.values()].flatMap((run) => [run.backupId, ...run.earlierIds]));
  return ours.flatMap((own) => {
    const { backup, run } = own;
    if (statusAt(backup, endAt) === undefined || recorded.has(backup.id)) return [];
    if (isToldAsTwin(facts, backup) || isForgotten(facts, own)) return [];
    return [`${run}: backup ${backup.id} (${backup.name}) stands at OTC and in no record`];
  });
}

/**
 * OTC lists backups by database alone, and the auditor compares the databases that a policy names or has runs of. One of which the
 * ledger lost every run of the policy is found by nobody when it is gone from OTC, or when a selector meant it and means it no more
 * (switched off, or changed) before the next tick.
 */
function isForgotten({ world, runs }: Facts, { parts, backup }: OwnBackup): boolean {
  const { otc, scenario, restoredAt } = world;
  const { instanceId } = backup;
  const isNamed = scenario.edits.some(
    ({ policyId, meaning }) =>
      policyId === parts.policyId &&
      meaning?.selector === undefined &&
      meaning?.instanceIds.includes(instanceId) === true,
  );
  const isKnown = [...runs.keys()].some((name) => name.startsWith(`${parts.policyId} ${instanceId} `));
  return restoredAt !== undefined && !isKnown && (!isNamed || otc.instance(instanceId) === undefined);
}

function unexplained({ ours, strange, expected }: Facts): string[] {
  const known = new Set(expected.map((run) => run.name));
  return [
    ...strange.map((backup) => `backup ${backup.name} carries a name nobody can read`),
    ...ours.flatMap(({ run, backup }) =>
      known.has(run) ? [] : [`backup ${backup.name} belongs to no slot of any policy row`],
    ),
  ];
}

/** I10 as seen from OTC: a run is never posted in a hurry, and no name more often than its window allows. */
export function i10NoStormOfCalls({ world, used }: Facts): string[] {
  // A process that slept, or whose clock is off, may post late; OTC's unique names are the fence for those.
  if (used.some((fault) => fault.kind === "freeze" || fault.kind === "clock-off" || fault.kind === "ledger-restored"))
    return [];
  const bySending = world.otc.posts.toSorted((a, b) => a.sentAt - b.sentAt);
  const byName = Map.groupBy(bySending, (post) => post.name);
  return [...byName].flatMap(([name, posts]) =>
    posts.flatMap((post, index) => {
      const before = posts[index - 1];
      // What OTC refused for being too much was not done: the client sends it again when OTC says so.
      const tooSoon = before !== undefined && !before.isThrottled && post.sentAt - before.sentAt < 0.5 * minuteMs;
      return tooSoon ? [`${name} was posted twice within ${Math.round((post.sentAt - before.sentAt) / 1000)} s`] : [];
    }),
  );
}
