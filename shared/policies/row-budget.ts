// What reading one row may cost: size and depth. Reading stops at the first excess, so a hostile row of any size costs no
// more than a valid one at the limit. Counted in the same way for every source of rows.

import { RowRefused } from "./row-value.ts";
import { showName } from "./show-value.ts";

/** Largest row, in bytes of names and values in UTF-8; `observed` does not count. */
export const maxRowBytes = 16 * 1024;
const maxDepth = 8;
/** What a list, a map or one element of them costs besides its content. */
const overheadBytes = 1;

const refusedNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export class RowBudget {
  private used = 0;

  /** Counts text. Throws RowRefused once the row is too large. */
  spendText(text: string): void {
    // No text is shorter in UTF-8 than its length, so the exact count is not needed to refuse a huge one.
    this.spend(text.length > maxRowBytes ? text.length : Buffer.byteLength(text));
  }

  /** Counts `bytes` of anything else. Throws RowRefused once the row is too large. */
  spend(bytes: number = overheadBytes): void {
    this.used += bytes;
    if (this.used <= maxRowBytes) return;
    throw new RowRefused({
      field: "row",
      value: `more than ${maxRowBytes} bytes`,
      message: `is larger than the ${maxRowBytes} bytes a row may have`,
      remedy: "shorten the row: split a long list of instances into several policies, and remove fields of your own",
      level: "problem",
    });
  }
}

/** Throws RowRefused when a value lies deeper than any field needs. `field` is the top-level field it lies in. */
export function refuseDepth(depth: number, field: string): void {
  if (depth <= maxDepth) return;
  throw new RowRefused({
    field: showName(field),
    value: `more than ${maxDepth} levels`,
    message: `is nested more than ${maxDepth} levels deep`,
    remedy: "remove the inner levels: no field of a policy has more than three",
    level: "problem",
  });
}

/** Throws RowRefused for names that mean something to JavaScript itself and nothing in a policy. */
export function refuseName(name: string, field: string): void {
  if (!refusedNames.has(name)) return;
  throw new RowRefused({
    field: showName(field),
    value: `"${name}"`,
    message: `contains the name ${name}, which no field, tag or rule may have`,
    remedy: `remove ${name} from the row`,
    level: "problem",
  });
}
