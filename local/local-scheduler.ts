// EventBridge Scheduler on one machine: invokes the real function entries with the event the schedules send, and a
// context that counts down like Lambda's. An error of one function does not stop the other.

import { randomUUID } from "node:crypto";
import { entry as createBackups } from "../functions/create-backups.ts";
import { entry as pollBackups } from "../functions/poll-backups.ts";
import type { Site } from "../shared/ports.ts";

export const entries = [createBackups, pollBackups] as const;

/** As in infra/: the functions' timeout in AWS. */
const timeoutMs = 120_000;

export interface TickReport {
  /** One line per function that failed. */
  readonly errors: string[];
}

/** One tick of every function, one after the other. */
export async function tickAll(site: Site): Promise<TickReport> {
  const errors: string[] = [];
  for (const entry of entries) {
    const startedAt = Date.now();
    try {
      await entry.run(
        tickEvent(entry.name, site.clock.now()),
        { getRemainingTimeInMillis: () => timeoutMs - (Date.now() - startedAt) },
        site,
      );
    } catch (error) {
      errors.push(error instanceof Error ? error.message : `${entry.name} failed`);
    }
  }
  return { errors };
}

/** The event as the schedules in AWS are set up to send it. */
function tickEvent(name: string, at: number): { tick: string; executionId: string; function: string } {
  return { tick: new Date(at).toISOString(), executionId: randomUUID(), function: name };
}
