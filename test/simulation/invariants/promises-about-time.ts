// I7 and I9: the system comes to rest once the world behaves, and what has ended stays ended.

import { isOfNewerForm } from "../engine/newer-code.ts";
import type { World } from "../engine/world.ts";
import { pollBoundMs } from "../engine/world.ts";
import { statusAt } from "../otc/otc-world.ts";
import type { StoredItem } from "../tables/expression.ts";
import { type Facts, isTwin, readRun } from "./facts.ts";
import { hiddenMs } from "./grace.ts";

const minuteMs = 60_000;

/** I7: after the faults have stopped nothing is left half done, and the ends are known as soon as promised. */
export function i7ConvergesAfterFaults(facts: Facts): string[] {
  return [...leftOpen(facts), ...foundLate(facts), ...stillFailing(facts.world)];
}

function leftOpen({ world, endAt }: Facts): string[] {
  return [...world.ledger.items.values()].flatMap((item) => {
    if (item.lane === undefined) return [];
    const [run] = readRun(item);
    const backup = world.otc.backups.find((each) => each.id === run?.backupId);
    const isStillBuilding = backup !== undefined && statusAt(backup, endAt) === "BUILDING";
    if (isStillBuilding && run?.reason === "overdue") return [];
    return [`${run?.name ?? item.pk?.S} is left ${run?.state} (${run?.reason}) in lane ${item.lane.S}`];
  });
}

/** What OTC finished is finished in the ledger within the poll bound and two ticks. */
function foundLate(facts: Facts): string[] {
  if (facts.world.restoredAt !== undefined) return [];
  return facts.ours.flatMap(({ backup, run: name }) => {
    const run = facts.runs.get(name);
    if (run?.finishedAt === undefined || run.backupId !== backup.id || run.state !== "completed") return [];
    const promisedAt = Math.max(backup.endsAt, backup.createdAt + minuteMs) + pollBoundMs + 2.5 * minuteMs;
    const byAt = facts.graced(backup.createdAt, promisedAt) + (isTwin(facts, backup) ? hiddenMs() : 0);
    return run.finishedAt <= byAt
      ? []
      : [
          `${name} completed at ${new Date(backup.endsAt).toISOString()}, found at ${new Date(run.finishedAt).toISOString()}`,
        ];
  });
}

function stillFailing({ invocations }: World): string[] {
  return (["create-backups", "poll-backups"] as const).flatMap((fn) => {
    const last = invocations.findLast((invocation) => invocation.fn === fn);
    if (last === undefined) return [`${fn} was never invoked`];
    if (last.error === undefined && last.process.endedAt !== undefined) return [];
    const why = last.error instanceof Error ? last.error.message : "it did not return";
    return [`the last ${fn} failed although the world behaves: ${why}`];
  });
}

const ended: ReadonlySet<string> = new Set(["completed", "failed", "missed", "lost", "skipped"]);

/** I9: no run leaves an end it has reached, and versions only rise. */
export function i9EndsStayAndVersionsRise({ world }: Facts): string[] {
  return world.ledger.history.flatMap(({ before, item, at }) => {
    const [was] = before === undefined ? [] : readRun(before);
    const [is] = item === undefined ? [] : readRun(item);
    if (isOfNewerForm(before) && !isOfNewerForm(item))
      return [`older code wrote over a newer record: ${item?.pk?.S} ${item?.sk?.S}`];
    if (was === undefined) return [];
    const when = new Date(at).toISOString();
    if (is === undefined) return [`${was.name} was removed or made unreadable at ${when}`];
    const wrong: string[] = [];
    // The auditor knows better where OTC holds a backup of a run that ended without one, or in one that FAILED.
    const isAdopted = is.reason === "adopted" && (was.backupId === undefined || was.state === "failed");
    if (ended.has(was.state) && is.state !== was.state && !isAdopted)
      wrong.push(`${was.name} went from ${was.state} to ${is.state} at ${when}`);
    if (is.version <= was.version)
      wrong.push(`${was.name} went from version ${was.version} to ${is.version} at ${when}`);
    return wrong;
  });
}

export function writesOf(world: World): readonly StoredItem[] {
  return world.ledger.history.flatMap(({ item }) => (item === undefined ? [] : [item]));
}
