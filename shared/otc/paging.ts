/**
 * Reads a whole list, page by page, and proves that it is whole. Rows that appear or vanish between two pages shift the
 * offsets, so a list counts only when its total stayed the same throughout and that many different rows were seen.
 */
import * as z from "zod";
import { type Call, readAnswer } from "./call.ts";
import { OtcError } from "./errors.ts";
import type { OtcOperation } from "./operation.ts";
import type { Query } from "./target.ts";

export interface ListRequest<T extends { readonly id: string }> {
  readonly operation: OtcOperation;
  readonly query: Query;
  /** Name of the member that holds the rows. */
  readonly member: string;
  readonly row: z.ZodType<T>;
  readonly deadlineAt?: number | undefined;
}

const PAGE_SIZE = 100;
const MOST_PAGES = 1_000;
const PASSES = 3;

/**
 * All rows, each once, in the order in which they came.
 * @throws OtcError `retry-soon` when the list changed during each of three readings; whatever a page throws
 */
export async function readWholeList<T extends { readonly id: string }>(
  call: Call,
  request: ListRequest<T>,
): Promise<T[]> {
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const rows = await readOnce(call, request);
    if (rows !== undefined) return rows;
  }
  const { name } = request.operation;
  throw new OtcError({
    class: "retry-soon",
    effect: "none",
    operation: name,
    detail: "the list changed during each reading",
  });
}

/** One pass over all pages; undefined when it does not add up. */
async function readOnce<T extends { readonly id: string }>(
  call: Call,
  request: ListRequest<T>,
): Promise<T[] | undefined> {
  const page = z.object({ total_count: z.int().nonnegative().optional() }).loose();
  const rowsOf = z.object({ [request.member]: z.array(request.row) });
  const rows = new Map<string, T>();
  let total: number | undefined;
  for (let offset = 0, pages = 0; pages < MOST_PAGES; pages += 1) {
    const query: Query = [...request.query, ["offset", String(offset)], ["limit", String(PAGE_SIZE)]];
    const { operation, deadlineAt } = request;
    const answer = await call({ operation, query, deadlineAt });
    const found = readAnswer(operation, answer, rowsOf)[request.member] ?? [];
    const claimed = readAnswer(operation, answer, page).total_count;
    if (pages > 0 && claimed !== total) return undefined;
    total = claimed;
    for (const row of found) rows.set(row.id, row);
    offset += found.length;
    if (found.length === 0 || (total !== undefined && offset >= total)) {
      return rows.size === offset && (total === undefined || offset === total) ? [...rows.values()] : undefined;
    }
  }
  return undefined;
}
