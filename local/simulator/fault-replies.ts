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

function falsified(row: unknown, field: string, value: string): unknown {
  return typeof row === "object" && row !== null && field in row ? { ...row, [field]: value } : row;
}

/** The reply with what the fault changes in it. */
export function alterReply(
  reply: ApiReply,
  fault: FaultAction | undefined,
  context: { request: ApiRequest; world: World },
): ApiReply {
  if (fault?.kind !== "wrong-id" || reply.body === undefined) return reply;
  const value = context.world.chance.hex32("wrong", context.request.requestId);
  const body = Object.fromEntries(
    Object.entries(reply.body).map(([name, part]) => [
      name,
      Array.isArray(part) ? part.map((row) => falsified(row, fault.field, value)) : falsified(part, fault.field, value),
    ]),
  );
  return { ...reply, body };
}
