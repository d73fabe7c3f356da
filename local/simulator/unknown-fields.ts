/**
 * Fields nobody documented, added to every answer and every row, so that a client proves it ignores what it does not know.
 */
import type { ApiReply } from "./exchange.ts";

const IN_ROWS = { associated_with_ddm: false, x_undocumented: { nested: [null, 1, "unknown"] } };

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function withUnknownFields(reply: ApiReply, requestId: string): ApiReply {
  if (reply.body === undefined) return reply;
  const body: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(reply.body)) {
    if (Array.isArray(part)) body[name] = part.map((row) => (isRow(row) ? { ...row, ...IN_ROWS } : row));
    else body[name] = isRow(part) ? { ...part, ...IN_ROWS } : part;
  }
  return { ...reply, body: { ...body, x_undocumented_trace: requestId } };
}
