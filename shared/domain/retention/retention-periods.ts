// The calendar periods of retention: which day, week, month or year of the policy's zone a slot belongs to. Weeks are ISO
// weeks in ISO years: Monday first, and the week of the first Thursday is number 1.

import { localDayAt } from "../slots/time-zone.ts";

export type PeriodRule = "keepDaily" | "keepWeekly" | "keepMonthly" | "keepYearly";

const dayMs = 86_400_000;

/** The period as people write it, one text per period: `2026-11-24`, `2026-W48`, `2026-11`, `2026`. */
export function periodOf(rule: PeriodRule, zone: string, slotAt: number): string {
  const day = localDayAt(zone, slotAt);
  switch (rule) {
    case "keepDaily":
      return dateText(day);
    case "keepWeekly":
      return isoWeek(day);
    case "keepMonthly":
      return dateText(day).slice(0, -3);
    case "keepYearly":
      return dateText(day).slice(0, -6);
  }
}

function dateText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** A week belongs to the year of its Thursday. Day 0, 1970-01-01, was one. */
function isoWeek(day: number): string {
  const thursday = Math.floor((day + 3) / 7) * 7;
  const year = new Date(thursday * dayMs).getUTCFullYear();
  const newYear = Date.UTC(year, 0, 1) / dayMs;
  const week = Math.floor((thursday - newYear) / 7) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
