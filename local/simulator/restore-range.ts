/**
 * To which instants an instance can be restored: as far back as its automated backups reach, up to a few minutes ago.
 * Deliberately one unbroken stretch; real ones have gaps after restores.
 */
import type { InstanceRecord } from "./records.ts";

const DAY_MS = 86_400_000;
/** Transaction logs are saved every five minutes. */
const BEHIND_MS = 300_000;

/** Undefined when automated backups are off, or the instance is too young. */
export function restoreRange(instance: InstanceRecord, at: number): { fromAt: number; toAt: number } | undefined {
  const { keepDays } = instance.backupStrategy;
  const fromAt = Math.max(instance.createdAt, at - keepDays * DAY_MS);
  const toAt = at - BEHIND_MS;
  return keepDays === 0 || toAt <= fromAt ? undefined : { fromAt, toAt };
}
