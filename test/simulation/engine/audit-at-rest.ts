// The auditor's word after a night that left it something to find: two audits, since a doubt takes two looks, and between them
// the ticks that go on with what it adopts.

import { wake } from "./drive.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;
/** An auditor that was away so long begins its round at once. */
const pauseMs = 90 * minuteMs;

export async function auditAtRest(world: World): Promise<void> {
  const { timeline } = world;
  await timeline.runUntil(timeline.now() + pauseMs);
  for (let audits = 0; audits < 2; audits += 1) {
    const at = timeline.now();
    wake(world, { fn: "audit-backups", at: at + minuteMs, wakes: [] });
    for (let tick = 2; tick <= 6; tick += 1) wake(world, { fn: "poll-backups", at: at + tick * minuteMs, wakes: [] });
    await timeline.runUntil(at + 10 * minuteMs);
  }
}
