// What we write back onto a policy row, in the one map that is ours: how the row was understood, and what comes next.

export type ObservedStatus = "OK" | "INVALID" | "PAUSED" | "DISABLED";

/** Instants are epoch milliseconds here and ISO text on the row. */
export interface Observed {
  readonly status: ObservedStatus;
  /** One line per problem: field, value, remedy. */
  readonly problems: readonly string[];
  /** What is allowed and yet hardly meant, such as a field nobody knows; absent when there is none. */
  readonly warnings?: readonly string[];
  /** The next three slots. */
  readonly nextSlots: readonly number[];
  /** The slot of the newest good backup. */
  readonly lastGoodAt?: number;
  /** The version in force, which is an older one while the row is invalid. */
  readonly effectiveVersion?: number;
  readonly contentHash?: string;
  /** What the selector of this version matched last: databases, and read replicas, which are not backed up. */
  readonly selection?: { readonly version: number; readonly matched: number; readonly replicas: number };
  /** Since when a tick has seen this row without a break: one that was deleted and written again begins anew. Absent on rows first seen by older code. */
  readonly knownSinceAt?: number;
  readonly checkedAt: number;
}

/** Whether the row already says what we would write; `checkedAt` alone is not worth a write. */
export function saysTheSame(a: Observed | undefined, b: Observed): boolean {
  if (a === undefined) return false;
  const strip = ({ checkedAt: _checked, lastGoodAt: _good, ...rest }: Observed) => JSON.stringify(sorted(rest));
  return strip(a) === strip(b);
}

function sorted(value: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
