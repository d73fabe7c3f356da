// What `why` is asked about: a policy, a database or a run, and a night; turned into slots.

import type { Policy } from "../shared/domain/policy.ts";
import type { Run } from "../shared/domain/runs/run.ts";
import { latestSlot, slotsBetween } from "../shared/domain/slots/slots.ts";
import { localDayAt, startOfLocalDay } from "../shared/domain/slots/time-zone.ts";
import { CliError } from "./cli-error.ts";

/** `[fromAt, toAt)`; `onlyLatest`: of the slots in it only the newest. */
export interface Span {
  readonly fromAt: number;
  readonly toAt: number;
  readonly onlyLatest: boolean;
}

const dayMs = 86_400_000;
const lookBackMs = 400 * dayMs;

/** No date: the latest slot. A day is one on the policy's own calendar. Throws CliError for anything unreadable. */
export function spanOf(date: string | undefined, zone: string, now: number): Span {
  if (date === undefined) return { fromAt: now - lookBackMs, toAt: now + 1, onlyLatest: true };
  const today = localDayAt(zone, now);
  const whole = (day: number) => ({
    fromAt: startOfLocalDay(zone, day),
    toAt: startOfLocalDay(zone, day + 1),
    onlyLatest: false,
  });
  if (date === "today") return whole(today);
  if (date === "yesterday") return whole(today - 1);
  if (date === "last-night") return { fromAt: now - dayMs, toAt: now + 1, onlyLatest: false };
  const at = Date.parse(date);
  if (/^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(at)) return whole(at / dayMs);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(date) && !Number.isNaN(at))
    return { fromAt: Math.floor(at / 60_000) * 60_000, toAt: at + 60_000, onlyLatest: false };
  throw new CliError(`"${date}" is no day`, {
    hint: "write 2026-11-24, today, yesterday, last-night, or a slot such as 2026-11-24T01:30Z",
  });
}

/** The slots the schedule has in the span and those of runs that were made there by hand, newest first. */
export function slotsIn(span: Span, policy: Policy | undefined, runs: readonly Run[]): number[] {
  const { fromAt, toAt, onlyLatest } = span;
  const made = runs.map((run) => run.slotAt).filter((at) => at >= fromAt && at < toAt);
  const latest = policy === undefined ? undefined : latestSlot(policy.schedule, fromAt, toAt);
  const scheduled =
    policy === undefined ? [] : onlyLatest ? (latest ?? []) : [...slotsBetween(policy.schedule, fromAt, toAt)];
  const all = [...new Set([...made, ...[scheduled].flat()])].toSorted((a, b) => b - a);
  return onlyLatest ? all.slice(0, 1) : all;
}
