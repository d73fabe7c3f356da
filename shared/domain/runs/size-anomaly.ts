// Whether the newest good backup of a database is of another size than its own history lets expect. A nightly value is too
// sparse for CloudWatch's anomaly bands; the last fortnight of the database itself is the better witness.

/** So many earlier sizes are looked at, and fewer than five say nothing. */
const historyLength = 14;
const leastHistory = 5;
/** Exactly twice and exactly half are still ordinary, whatever logarithms make of them. */
const rounding = 1e-9;

/**
 * `sizesKb`: of good backups, oldest first, the one in question last. The median of those before it, when the last is more than
 * twice or less than half of it, and further away than five times the usual scatter; nothing when it is ordinary.
 */
export function oddSize(sizesKb: readonly number[]): { sizeKb: number; medianKb: number } | undefined {
  const sizeKb = sizesKb.at(-1);
  const before = sizesKb.slice(-historyLength - 1, -1).filter((size) => size > 0);
  if (sizeKb === undefined || sizeKb <= 0 || before.length < leastHistory) return undefined;
  const logs = before.map(Math.log);
  const centre = median(logs);
  const scatter = median(logs.map((log) => Math.abs(log - centre)));
  const distance = Math.abs(Math.log(sizeKb) - centre);
  return distance > Math.max(Math.LN2, 5 * scatter) + rounding
    ? { sizeKb, medianKb: Math.round(Math.exp(centre)) }
    : undefined;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
