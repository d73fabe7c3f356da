/**
 * Reading what a client sent, with the refusals the API documents: JSON bodies, paging, pairs of times. Shared by the operations.
 */
import type * as z from "zod";
import type { AdmittedRequest } from "./exchange.ts";
import { parseQueryTime } from "./time-format.ts";
import type { World } from "./world.ts";

/** The JSON body in the wanted shape; refuses an empty one and one of any other shape. Unknown fields are ignored, as OTC does. */
export function readBody<T>(request: AdmittedRequest, schema: z.ZodType<T>, world: World): T {
  if (request.rawBody.length === 0) throw world.refusal("emptyRequest");
  const parsed = schema.safeParse(request.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw world.refusal(
    "badParameter",
    `Parameter error: ${issue?.path.join(".") ?? "body"} is missing or has a wrong type.`,
  );
}

export interface Page {
  offset: number;
  limit: number;
}

function wholeNumber(text: string | null, fallback: number): number {
  if (text === null) return fallback;
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

/** offset (from 0) and limit (1 to `maxLimit`). */
export function readPage(query: URLSearchParams, world: World, limits = { fallback: 100, max: 100 }): Page {
  const offset = wholeNumber(query.get("offset"), 0);
  const limit = wholeNumber(query.get("limit"), limits.fallback);
  if (Number.isNaN(offset))
    throw world.refusal("badParameter", "Parameter error: offset is not a whole number from 0.");
  if (!(limit >= 1 && limit <= limits.max))
    throw world.refusal("badParameter", `Parameter error: limit is not 1 to ${limits.max}.`);
  return { offset, limit };
}

/** begin_time and end_time: both or neither, with an offset, in order. */
export function readPeriod(query: URLSearchParams, world: World): { fromAt: number; toAt: number } | undefined {
  const [begin, end] = [query.get("begin_time"), query.get("end_time")];
  if (begin === null && end === null) return undefined;
  if (begin === null || end === null)
    throw world.refusal("badParameter", "Parameter error: begin_time and end_time go together.");
  const [fromAt, toAt] = [parseQueryTime(begin), parseQueryTime(end)];
  if (fromAt === undefined || toAt === undefined) {
    throw world.refusal("badParameter", "Parameter error: a time is not yyyy-mm-ddThh:mm:ssZ.");
  }
  if (toAt <= fromAt) throw world.refusal("badParameter", "Parameter error: end_time is not later than begin_time.");
  return { fromAt, toAt };
}

/** One page of rows; the knob `pagingShift` lets rows move between pages while a client reads them. */
export function pageOf<T>(rows: readonly T[], page: Page, world: World): T[] {
  const shift = page.offset > 0 ? world.knobs.pagingShift : 0;
  const from = Math.max(0, page.offset - shift);
  return rows.slice(from, from + page.limit);
}

/** total_count as the knob wants it. */
export function totalCount(matching: number, onPage: number, world: World): number {
  switch (world.knobs.totalCount) {
    case "matching":
      return matching;
    case "page":
      return onPage;
    case "zero":
      return 0;
  }
}

/** The project of a request whose operation has access "project". */
export function projectIdOf(request: AdmittedRequest): string {
  return request.params.projectId ?? "";
}
