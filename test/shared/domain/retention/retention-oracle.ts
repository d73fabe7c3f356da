// Retention a second time, by brute force and in other ways: calendars from Intl, ranks by counting, no shared code. Written
// from the rules, not from the function under test.

/** A backup as plainly as can be. `sizeKb` absent: OTC gave none. */
export interface PlainBackup {
  readonly slotAt: number;
  readonly status: "COMPLETED" | "FAILED" | "BUILDING" | "DELETING";
  readonly sizeKb?: number;
  readonly completedAt?: number;
  readonly held: boolean;
}

export interface PlainFacts {
  readonly now: number;
  readonly timeZone: string;
  readonly maxAgeHours: number;
  readonly sizeFloorKb: number;
  readonly retention?: Readonly<Record<string, number>>;
}

const hour = 3_600_000;

/** Year, month, day on the wall, from Intl. */
function wallDate(zone: string, at: number): [number, number, number] {
  const text = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return [year, month, day];
}

/** Walks to the Thursday of the week, and from there back to its year's first Thursday. */
function isoWeek(zone: string, at: number): string {
  const [y, m, d] = wallDate(zone, at);
  const thursday = new Date(Date.UTC(y, m - 1, d));
  while (thursday.getUTCDay() !== 1) thursday.setUTCDate(thursday.getUTCDate() - 1);
  thursday.setUTCDate(thursday.getUTCDate() + 3);
  const year = thursday.getUTCFullYear();
  let week = 0;
  for (const walk = new Date(thursday); walk.getUTCFullYear() === year; walk.setUTCDate(walk.getUTCDate() - 7))
    week += 1;
  return `${year}/${week}`;
}

const periods: Record<string, (zone: string, at: number) => string> = {
  keepDaily: (zone, at) => wallDate(zone, at).join("/"),
  keepWeekly: isoWeek,
  keepMonthly: (zone, at) => wallDate(zone, at).slice(0, 2).join("/"),
  keepYearly: (zone, at) => String(wallDate(zone, at)[0]),
};

export function isGoodPlainly(b: PlainBackup, floor: number): boolean {
  return b.status === "COMPLETED" && (floor === 0 || (b.sizeKb ?? -1) >= floor);
}

/** Indices into `backups` that may be removed, or `refused`. */
export function removable(backups: readonly PlainBackup[], facts: PlainFacts): { refused: boolean; remove: number[] } {
  const good = backups.filter((b) => isGoodPlainly(b, facts.sizeFloorKb));
  const newest = Math.max(...good.map((b) => b.slotAt));
  const refused =
    !(facts.now - newest <= facts.maxAgeHours * hour) ||
    backups.some((b) => b.slotAt > facts.now + 60_000) ||
    backups.some((b) => b.completedAt !== undefined && b.completedAt < b.slotAt - 60_000);
  if (refused) return { refused, remove: [] };
  const newerThan = (b: PlainBackup) => good.filter((other) => other.slotAt > b.slotAt).length;
  const stays = (b: PlainBackup): boolean => {
    if (b.held || b.status === "BUILDING" || b.status === "DELETING") return true;
    if (b.status === "FAILED") return false;
    if (!good.includes(b)) return newerThan(b) === 0;
    if (facts.retention === undefined) return true;
    return Object.entries(facts.retention).some(([rule, n]) => {
      if (rule === "keepLast" || rule === "minimum") return newerThan(b) < n;
      if (rule === "keepWithinDays") return newest - b.slotAt <= n * 24 * hour;
      const period = periods[rule];
      if (period === undefined) throw new Error(rule);
      const mine = period(facts.timeZone, b.slotAt);
      const all = good.map((g) => ({ g, period: period(facts.timeZone, g.slotAt) }));
      const beaten = all.some(({ g, period: p }) => p === mine && g.slotAt > b.slotAt);
      const later = new Set(all.filter(({ g, period: p }) => p !== mine && g.slotAt > b.slotAt).map((x) => x.period));
      return !beaten && later.size < n;
    });
  };
  return { refused, remove: backups.flatMap((b, i) => (stays(b) ? [] : [i])) };
}
