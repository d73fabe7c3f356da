// The auditor's word after a night that left it something to find: two audits, since a doubt takes two looks, and after each the
// ticks that go on with what it adopts.

import { drive, wake } from "./drive.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;
/** An auditor that was away so long begins its round at once. */
const pauseMs = 90 * minuteMs;

export async function auditAtRest(world: World): Promise<void> {
  const { timeline } = world;
  await timeline.runUntil(timeline.now() + pauseMs);
  for (let audits = 0; audits < 2; audits += 1) {
    wake(world, { fn: "audit-backups", at: timeline.now() + minuteMs, wakes: [] });
    await timeline.runUntil(timeline.now() + 5 * minuteMs);
    await drive(world, Math.ceil(timeline.now() / minuteMs) * minuteMs);
  }
}
