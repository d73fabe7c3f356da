/**
 * Reads a whole list, page by page, and proves that it is whole. Rows that appear or vanish between two pages shift the
 * offsets, so a list counts only when its total stayed the same throughout and that many different rows were seen.
 */
import type * as z from "zod";
import { type Call, readAnswer } from "./call.ts";
import { OtcError } from "./errors.ts";
import type { OtcOperation } from "./operation.ts";
import type { Query } from "./target.ts";

export interface Page<T> {
  readonly rows: readonly T[];
  /** Rows of the whole list, as the service counts them. */
  readonly total?: number | undefined;
}

export interface ListRequest<T extends { readonly id: string }> {
  readonly operation: OtcOperation;
  readonly query: Query;
  readonly page: z.ZodType<Page<T>>;
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
  const { operation, deadlineAt } = request;
  const rows = new Map<string, T>();
  let total: number | undefined;
  let offset = 0;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query: Query = [...request.query, ["offset", String(offset)], ["limit", String(PAGE_SIZE)]];
    const page = readAnswer(operation, await call({ operation, query, deadlineAt }), request.page);
    if (pages > 0 && page.total !== total) return undefined;
    total = page.total;
    for (const row of page.rows) rows.set(row.id, row);
    offset += page.rows.length;
    const ended = page.rows.length === 0 || (total !== undefined && offset >= total);
    if (ended) return rows.size === (total ?? offset) && rows.size === offset ? [...rows.values()] : undefined;
  }
  return undefined;
}
