/**
 * What a fault makes of a reply: another one in its place, or the same one falsified. Cut connections and slow bodies are delivery.ts;
 * faults on backups themselves are plan-backup.ts.
 */
import { htmlPage } from "./error-body.ts";
import type { ApiReply, ApiRequest } from "./exchange.ts";
import type { FaultAction } from "./faults.ts";
import { retryAfterHeader } from "./gateway.ts";
import type { World } from "./world.ts";

type StatusFault = Extract<FaultAction, { kind: "status" }>;

const USUAL_CODE: Record<number, { code: string; message: string }> = {
  401: { code: "APIGW.0307", message: "The token must be updated." },
  403: { code: "DBS.212033", message: "The DB instance is currently being operated." },
  409: {
    code: "DBS.200019",
    message: "Another operation is being performed on the DB instance or the DB instance is faulty.",
  },
  413: { code: "DBS.200046", message: "The quota has been reached." },
  429: { code: "APIGW.0308", message: "The throttling threshold has been reached." },
  502: { code: "APIGW.0201", message: "Backend unavailable." },
  503: { code: "APIGW.0613", message: "The service is unavailable." },
  504: { code: "APIGW.0201", message: "Backend timeout." },
};

function statusReply(fault: StatusFault, request: ApiRequest, world: World): ApiReply {
  const headers = {
    ...(fault.retryAfterSeconds === undefined
      ? {}
      : retryAfterHeader(fault.retryAfterSeconds, fault.retryAfterForm, request.at)),
    ...fault.headers,
  };
  if (fault.body !== undefined) return { status: fault.status, body: fault.body, headers };
  if (fault.status < 400) return { status: fault.status, headers };
  const usual = USUAL_CODE[fault.status] ?? { code: "DBS.200005", message: "Server failure." };
  const spec = {
    status: fault.status,
    code: fault.code ?? usual.code,
    message: fault.message ?? usual.message,
    form: fault.form,
  };
  const reply = world.errorReply(spec, request.rawPath.startsWith("/v3/auth") ? "iam" : "rds", request.requestId);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** The reply a fault puts in place of the operation's, and whether the operation takes effect all the same. */
export function replyInstead(
  fault: FaultAction | undefined,
  request: ApiRequest,
  world: World,
): { reply: ApiReply; performed: boolean } | undefined {
  switch (fault?.kind) {
    case "status":
      return { reply: statusReply(fault, request, world), performed: fault.performed };
    case "html": {
      const reply = { status: fault.status, text: htmlPage(fault.status), headers: { "Content-Type": "text/html" } };
      return { reply, performed: fault.performed };
    }
    case "drop-before":
      return { reply: { status: 500 }, performed: false };
    default:
      return undefined;
  }
}

/** The same field of every row and every object of a body. */
function withField(
  body: Record<string, unknown>,
  field: string,
  change: (row: object) => object,
): Record<string, unknown> {
  const changed = (row: unknown) => (typeof row === "object" && row !== null && field in row ? change(row) : row);
  const parts = Object.entries(body).map(([name, part]) => [
    name,
    Array.isArray(part) ? part.map(changed) : changed(part),
  ]);
  return Object.fromEntries(parts);
}

/** A listing whose rows are others, and its total_count with them if that is wanted. */
function withRows(body: Record<string, unknown>, rows: (of: unknown[]) => unknown[], recount: boolean) {
  let shown: number | undefined;
  const parts = Object.entries(body).map(([name, part]) => {
    if (!Array.isArray(part)) return [name, part];
    const changed = rows(part);
    shown = changed.length;
    return [name, changed];
  });
  const changed: Record<string, unknown> = Object.fromEntries(parts);
  return recount && shown !== undefined && "total_count" in changed ? { ...changed, total_count: shown } : changed;
}

/** The reply with what the fault changes in it. */
export function alterReply(
  reply: ApiReply,
  fault: FaultAction | undefined,
  context: { request: ApiRequest; world: World },
): ApiReply {
  const { body } = reply;
  if (body === undefined) return reply;
  switch (fault?.kind) {
    case "wrong-id": {
      const value = context.world.chance.hex32("wrong", context.request.requestId);
      return { ...reply, body: withField(body, fault.field, (row) => ({ ...row, [fault.field]: value })) };
    }
    case "falsify": {
      const { field, value } = fault;
      // JSON leaves out what is undefined: an absent value removes the field.
      return { ...reply, body: withField(body, field, (row) => ({ ...row, [field]: value })) };
    }
    case "short-list": {
      const shorten = (rows: unknown[]) => rows.slice(0, fault.rows ?? Math.floor(rows.length / 2));
      return { ...reply, body: withRows(body, shorten, fault.totalCount === "shown") };
    }
    case "duplicate-row":
      return { ...reply, body: withRows(body, (rows) => [...rows, ...rows.slice(0, 1)], false) };
    default:
      return reply;
  }
}
