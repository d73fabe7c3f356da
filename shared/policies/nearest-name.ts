// "Did you mean": the known name nearest to one that is unknown. Case, `-` and `_` do not count.

/** What people write out of habit for fields that are called something else here. */
const habits: ReadonlyMap<string, string> = new Map([
  ["id", "policyId"],
  ["name", "policyId"],
  ["cron", "schedule"],
  ["tz", "timezone"],
  ["instances", "instanceIds"],
  ["instanceid", "instanceIds"],
  ["active", "enabled"],
  ["disabled", "enabled"],
  ["keepdays", "keepWithinDays"],
  ["days", "keepWithinDays"],
  ["last", "keepLast"],
  ["tag", "tags"],
]);

/** The name of `known` that is meant most probably, or nothing when none is near. */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const longestKnown = 24;
  if (wrong.length > longestKnown + 2) return undefined;
  const plain = plainName(wrong);
  const habit = habits.get(plain);
  if (habit !== undefined && known.includes(habit)) return habit;
  const allowed = plain.length < 5 ? 1 : 2;
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(plain, plainName(name));
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? cost) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
