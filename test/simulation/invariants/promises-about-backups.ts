// I1, I3 and I10: what stands at OTC because of us. Judged from the simulated OTC alone, and compared with the ledger only
// where the promise is about the ledger.

import { statusAt } from "../otc/otc-world.ts";
import type { Facts } from "./facts.ts";

const minuteMs = 60_000;

/** I1: at most one backup per run that has not FAILED. */
export function i1AtMostOneBackupPerRun({ ours, endAt }: Facts): string[] {
  const live = ours.filter(({ backup }) => {
    const status = statusAt(backup, endAt);
    return status !== undefined && status !== "FAILED";
  });
  return [...Map.groupBy(live, ({ run }) => run)].flatMap(([run, list]) =>
    list.length > 1 ? [`${run}: ${list.length} backups at OTC: ${list.map((l) => l.backup.name).join(", ")}`] : [],
  );
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

function orphans({ world, runs, ours, endAt }: Facts): string[] {
  // Records lost with a restored table are found again by the audit, which compares with OTC's list.
  if (world.restoredAt !== undefined) return [];
  const recorded = new Set([...runs.values()].flatMap((run) => [run.backupId, ...run.earlierIds]));
  return ours.flatMap(({ backup, run }) =>
    statusAt(backup, endAt) === undefined || recorded.has(backup.id)
      ? []
      : [`${run}: backup ${backup.id} (${backup.name}) stands at OTC and in no record`],
  );
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
  const byName = Map.groupBy(world.otc.posts, (post) => post.name);
  return [...byName].flatMap(([name, posts]) =>
    posts.flatMap((post, index) => {
      const before = posts[index - 1];
      // What OTC refused for being too much was not done: the client sends it again when OTC says so.
      const tooSoon = before !== undefined && !before.isThrottled && post.at - before.at < 0.5 * minuteMs;
      return tooSoon ? [`${name} was posted twice within ${Math.round((post.at - before.at) / 1000)} s`] : [];
    }),
  );
}
