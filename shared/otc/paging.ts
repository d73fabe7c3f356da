/**
 * Reads a whole list, page by page, and proves that it is whole. Rows that appear or vanish between two pages shift the
 * offsets, so one reading counts only when its total stayed the same throughout and exactly that many different rows
 * were seen. A service that gives no usable total has to show the same rows twice in a row instead.
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
  /** Where a reading that its deadline cuts short leaves its pages; passed again, the next one goes on from there. */
  readonly pages?: ReadPages<T> | undefined;
}

/** By their offsets. Empty again once a reading has come to its end. */
export type ReadPages<T> = Map<number, Page<T>>;

const PAGE_SIZE = 100;
const MOST_PAGES = 1_000;
const READINGS = 4;
/** One after the other, a hundred pages would take as long as OTC's answers, however many calls it permits. */
const LANES = 4;

/** `counted`: proved by its total. `uncounted`: no row twice and read to its end, but the service did not say how many there are. */
type Reading<T> =
  | { readonly kind: "counted" | "uncounted"; readonly rows: readonly T[] }
  | { readonly kind: "broken"; readonly why: string };

/**
 * All rows, each once, in the order in which they came.
 * @throws OtcError `listing-inconsistent` when none of four readings was proof; whatever a page throws
 */
export async function readWholeList<T extends { readonly id: string }>(
  call: Call,
  request: ListRequest<T>,
): Promise<readonly T[]> {
  let previous: Reading<T> | undefined;
  let why = "two readings without a total differ";
  for (let count = 0; count < READINGS; count += 1) {
    const reading = await readOnce(call, request);
    if (reading.kind === "counted" || (reading.kind === "uncounted" && hasSameRows(reading, previous))) {
      return reading.rows;
    }
    if (reading.kind === "broken") why = reading.why;
    previous = reading;
  }
  const { name } = request.operation;
  throw new OtcError({ class: "listing-inconsistent", effect: "none", operation: name, detail: why });
}

/** One reading of all pages. A full page is never taken for the last one, whatever the total says: it may count the page only. */
async function readOnce<T extends { readonly id: string }>(call: Call, request: ListRequest<T>): Promise<Reading<T>> {
  const { operation, deadlineAt, pages = new Map() } = request;
  const pageAt = async (offset: number): Promise<Page<T>> => {
    const known = pages.get(offset);
    if (known !== undefined) return known;
    const query: Query = [...request.query, ["offset", String(offset)], ["limit", String(PAGE_SIZE)]];
    const page = readAnswer(operation, await call({ operation, query, deadlineAt }), request.page);
    pages.set(offset, page);
    return page;
  };
  await readAhead(await pageAt(0), pageAt);
  const rows = new Map<string, T>();
  const totals = new Set<number | undefined>();
  let offset = 0;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await pageAt(offset);
    for (const row of page.rows) rows.set(row.id, row);
    offset += page.rows.length;
    totals.add(page.total);
    const reached = page.total === offset && totals.size === 1 && page.rows.length < PAGE_SIZE;
    if (!reached && page.rows.length > 0) continue;
    pages.clear();
    return judge(rows, offset, totals);
  }
  pages.clear();
  return { kind: "broken", why: `more than ${MOST_PAGES} pages` };
}

/** Pages of a long list side by side, where its total and a full first page say which there are. A wrong guess costs calls, no proof. */
async function readAhead<T>(first: Page<T>, pageAt: (offset: number) => Promise<unknown>): Promise<void> {
  if (first.rows.length !== PAGE_SIZE || first.total === undefined) return;
  // The page at the total itself proves that the one before it, if full, is the last.
  const count = Math.min(MOST_PAGES, Math.floor(first.total / PAGE_SIZE));
  const offsets = Array.from({ length: count }, (_, n) => (n + 1) * PAGE_SIZE).values();
  const errors: unknown[] = [];
  const lane = async () => {
    for (const offset of offsets) {
      try {
        await pageAt(offset);
      } catch (error) {
        errors.push(error);
      }
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (errors.length > 0) throw errors[0];
}

function judge<T>(rows: ReadonlyMap<string, T>, seen: number, totals: ReadonlySet<number | undefined>): Reading<T> {
  if (rows.size !== seen) return { kind: "broken", why: "a row came twice while the list was read" };
  const stated = [...totals].filter((total) => total !== undefined);
  const [total] = stated;
  if (totals.size === 1 && total === seen) return { kind: "counted", rows: [...rows.values()] };
  const most = Math.max(...stated);
  if (most > seen) return { kind: "broken", why: `${most} rows are announced and ${seen} came` };
  return { kind: "uncounted", rows: [...rows.values()] };
}

function hasSameRows<T extends { readonly id: string }>(
  { rows }: { readonly rows: readonly T[] },
  previous: Reading<T> | undefined,
): boolean {
  if (previous?.kind !== "uncounted" || previous.rows.length !== rows.length) return false;
  const ids = new Set(previous.rows.map((row) => row.id));
  return rows.every((row) => ids.has(row.id));
}
