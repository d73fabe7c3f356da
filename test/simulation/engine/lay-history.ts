// Lays the nights of a retention story into a world: each is a backup at OTC and its run in the ledger, as the other functions
// would have left them. Strangers stand at OTC alone; holds and removals by hand happen when their time comes.

import { toRunItem } from "../../../shared/adapters/run-item.ts";
import { backupName, slotText } from "../../../shared/domain/runs/naming.ts";
import { aRun } from "../../support/retention-history.ts";
import { type OtcBackup, statusAt } from "../otc/otc-world.ts";
import type { FaultOf } from "../plan/fault.ts";
import type { Night, PlannedHold, RetentionStory } from "../plan/retention-story.ts";
import type { World } from "./world.ts";

const hourMs = 3_600_000;
const never = Number.POSITIVE_INFINITY;

export function layHistory(world: World, { nights, holds, strangers }: RetentionStory): void {
  for (const { createdAt, instanceId, name } of strangers)
    world.otc.add({ ...aBackup(world, name), instanceId, createdAt, endsAt: createdAt + hourMs });
  for (const night of nights) world.timeline.schedule(night.slotAt + hourMs, () => layNight(world, night));
  for (const hold of holds) world.timeline.schedule(hold.fromAt, () => setHold(world, hold));
  for (const fault of world.scenario.faults)
    if (fault.kind === "backup-removed") world.timeline.schedule(fault.at, () => removeByHand(world, fault));
}

function aBackup({ otc }: World, name: string): Omit<OtcBackup, "instanceId" | "createdAt" | "endsAt"> {
  const id = `${(otc.backups.length + 1).toString(16).padStart(8, "0")}c0ffee0000br01`;
  return { id, name, fate: "completes", sizeKb: 5000, deletedAt: never };
}

function layNight(world: World, night: Night): void {
  const { slotAt, instanceId, outcome } = night;
  const name = backupName("otcbk", night, 1);
  const backup: OtcBackup = {
    ...aBackup(world, name),
    fate: outcome === "failed" ? "fails-late" : "completes",
    sizeKb: outcome === "not-good" ? 0 : 5000,
    instanceId,
    createdAt: slotAt,
    endsAt: slotAt + hourMs,
  };
  world.otc.add(backup);
  const foreign = world.otc.backups.find((other) => other.name === "before-the-release");
  const { policyId, account } = night;
  const run = aRun({
    slot: slotText(slotAt),
    state: outcome === "failed" ? "failed" : "completed",
    sizeKb: backup.sizeKb ?? null,
    changes: {
      ...{ policyId, instanceId, account, name },
      backupId: night.tampered === true ? (foreign?.id ?? backup.id) : backup.id,
    },
  });
  world.put(toRunItem(run, `laid-${backup.id}`));
}

/** As `otc-backup hold` does; it tells its user when the deletion has begun already. */
function setHold(world: World, hold: PlannedHold): void {
  const { policyId, instanceId, slotAt, fromAt, toAt } = hold;
  const instant = (at: number) => new Date(at).toISOString();
  const run = world.ledger.items.get(`run#${policyId}\u0000${slotText(slotAt)}#${instanceId}`);
  if (run?.retention?.M?.stage?.S === "deleting") world.lateHolds.add(hold);
  world.tell(`hold on ${policyId} ${slotText(slotAt)}${toAt === undefined ? "" : ` until ${instant(toAt)}`}`);
  world.put({
    ...{ pk: `hold#${policyId}`, sk: `${instanceId}#${slotText(slotAt)}`, policyId, instanceId },
    ...{ slotAt: instant(slotAt), setAt: instant(fromAt), reason: "somebody needs it", schemaVersion: 1 },
    ...(toAt === undefined ? {} : { untilAt: instant(toAt) }),
  });
}

function removeByHand(world: World, { instance, fromNewest }: FaultOf<"backup-removed">): void {
  const id = world.otc.instances[instance]?.id ?? "";
  const now = world.timeline.now();
  const standing = world.otc
    .backupsOf(id)
    .filter((backup) => statusAt(backup, now) === "COMPLETED")
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const backup = standing[fromNewest];
  if (backup === undefined || world.faults.take("backup-removed") === undefined) return;
  backup.deletedAt = now;
  world.tell(`somebody deletes ${backup.name} by hand`);
}
