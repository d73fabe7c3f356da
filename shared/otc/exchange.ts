/**
 * One attempt at one call: waits for its turn, sends, reports to the pacer and the observer, and turns the result into
 * either a readable answer or an OtcError. No retries and no credentials of its own.
 */
import { classifyRefusal, effectOfStatus } from "./classify.ts";
import type { OtcClock } from "./clock.ts";
import type { ClockSkew } from "./clock-skew.ts";
import type { OtcEndpoints } from "./endpoints.ts";
import { parseErrorBody } from "./error-body.ts";
import { OtcError } from "./errors.ts";
import type { HttpAnswer, HttpFailure, Transport } from "./http.ts";
import { looksLikeJson, parseJsonBody } from "./json-body.ts";
import type { OtcOperation } from "./operation.ts";
import type { Pacer } from "./pace.ts";
import type { Redactor } from "./redaction.ts";
import { parseRetryAfter } from "./retry-after.ts";
import type { Slots } from "./slots.ts";

/** What an observer learns of each HTTP attempt. Times are epoch milliseconds. */
export interface OtcCall {
  readonly operation: OtcOperation["name"];
  readonly method: string;
  readonly pathTemplate: string;
  readonly startedAt: number;
  readonly durationMs: number;
  /** Absent when no answer came. */
  readonly status?: number;
  readonly code?: string;
  readonly requestId?: string;
  /** The service's own clock, from its Date header. */
  readonly serverDate?: number;
  /** Absent when the attempt succeeded. */
  readonly errorClass?: OtcError["class"];
}

export interface Attempt {
  readonly operation: OtcOperation;
  /** Path and query, without the leading slash. */
  readonly target: string;
  readonly body?: string | undefined;
  /** Made at the last moment, because signatures age while an attempt waits for its turn. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly deadlineAt: number;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly answer: HttpAnswer;
      readonly json: unknown;
      readonly requestId: string | undefined;
      readonly serverDate: number | undefined;
    }
  | { readonly ok: false; readonly error: OtcError; readonly serverDate: number | undefined };

export interface ExchangeParts {
  readonly endpoints: OtcEndpoints;
  readonly transport: Transport;
  readonly clock: OtcClock;
  readonly redactor: Redactor;
  readonly slots: Slots;
  readonly pacer: Pacer | undefined;
  readonly skew: ClockSkew;
  readonly observe: ((call: OtcCall) => void) | undefined;
}

export type Exchange = (attempt: Attempt) => Promise<Outcome>;

/** Every header OTC's own clients send with each call; `X-Language` is needed although undocumented. */
export const COMMON_HEADERS = {
  accept: "application/json",
  "content-type": "application/json",
  "user-agent": "otc-rds-client",
  "x-language": "en-us",
};

export function createExchange(parts: ExchangeParts): Exchange {
  return async (attempt) => {
    const refused = await awaitTurn(parts, attempt);
    if (refused !== undefined) return { ok: false, error: refused, serverDate: undefined };
    return parts.slots.run(() => perform(parts, attempt));
  };
}

async function awaitTurn(parts: ExchangeParts, attempt: Attempt): Promise<OtcError | undefined> {
  const { priority, name } = attempt.operation;
  const turn = await parts.pacer?.acquire({ priority, deadlineAt: attempt.deadlineAt });
  if (turn === undefined || turn.granted) return undefined;
  const retryAfterMs = Math.max(0, turn.retryAt - parts.clock.now());
  return new OtcError({
    class: turn.paused ? "throttled" : "held-back",
    effect: "none",
    operation: name,
    retryAfterMs,
    detail: turn.paused ? "not sent: OTC asked us to wait" : "not sent: no turn before the deadline",
  });
}

async function perform(parts: ExchangeParts, attempt: Attempt): Promise<Outcome> {
  const { operation, target, body } = attempt;
  const startedAt = parts.clock.now();
  const result = await parts.transport({
    baseUrl: parts.endpoints[operation.service],
    method: operation.method,
    target,
    headers: { ...COMMON_HEADERS, ...attempt.headers() },
    body,
  });
  const endedAt = parts.clock.now();
  const outcome = result.kind === "answer" ? toOutcome(parts, operation, result) : toFailedOutcome(operation, result);
  report(parts, outcome, startedAt);
  if (outcome.serverDate !== undefined) parts.skew.note({ startedAt, endedAt, serverDate: outcome.serverDate });
  observe(parts, { operation, startedAt, durationMs: endedAt - startedAt, result, outcome });
  return outcome;
}

function toOutcome(parts: ExchangeParts, operation: OtcOperation, answer: HttpAnswer): Outcome {
  const serverDate = parseServerDate(answer.header("date"));
  if ([200, 201, 202, 204].includes(answer.status)) {
    const requestId = parts.redactor.label(answer.header("x-request-id"));
    return { ok: true, answer, json: parseJsonBody(answer), requestId, serverDate };
  }
  // Error bodies are read whatever type they claim to be: gateways label JSON as text.
  const body = parseErrorBody(looksLikeJson(answer.body) ? parseJsonBody(answer, true) : undefined);
  const code = parts.redactor.label(body.code);
  const foreign = !body.recognised && answer.body.trim() !== "";
  const error = new OtcError({
    class: classifyRefusal({ status: answer.status, code, operation: operation.name, foreign }),
    effect: effectOfStatus(answer.status),
    operation: operation.name,
    status: answer.status,
    code,
    requestId: parts.redactor.label(body.requestId ?? answer.header("x-request-id")),
    retryAfterMs: parseRetryAfter(answer.header("retry-after"), serverDate ?? parts.clock.now()),
    providerMessage: parts.redactor.message(body.message),
    detail: foreign ? "the answer is not one of OTC's error bodies" : undefined,
  });
  return { ok: false, error, serverDate };
}

function toFailedOutcome(operation: OtcOperation, failure: HttpFailure): Outcome {
  const effect = failure.sent ? "unknown" : "none";
  const facts = { effect, operation: operation.name, code: failure.code } as const;
  const error = new OtcError(describeFailure(failure, facts));
  return { ok: false, error, serverDate: undefined };
}

function describeFailure(
  failure: HttpFailure,
  facts: { effect: "none" | "unknown"; operation: OtcOperation["name"]; code: string },
): ConstructorParameters<typeof OtcError>[0] {
  switch (failure.reason) {
    case "too-large":
      return { ...facts, class: "unreadable", detail: "the answer is larger than this client reads" };
    case "timeout":
      return {
        ...facts,
        class: "unreachable",
        detail: failure.sent ? "no complete answer in time" : "no connection in time",
      };
    case "connection":
      // A connection that broke is gone in an instant; one that cannot be made at all seldom comes back as fast.
      return failure.sent
        ? { ...facts, class: "retry-soon", detail: "the connection broke" }
        : { ...facts, class: "unreachable", detail: "no connection" };
  }
}

function report(parts: ExchangeParts, outcome: Outcome, sentAt: number): void {
  if (!outcome.ok && outcome.error.class === "throttled") {
    parts.pacer?.report({ kind: "throttled", sentAt, retryAfterMs: outcome.error.retryAfterMs });
  } else {
    parts.pacer?.report({ kind: "ok" });
  }
}

function observe(
  parts: ExchangeParts,
  seen: {
    operation: OtcOperation;
    startedAt: number;
    durationMs: number;
    result: HttpAnswer | HttpFailure;
    outcome: Outcome;
  },
): void {
  const { operation, startedAt, durationMs, result, outcome } = seen;
  const error = outcome.ok ? undefined : outcome.error;
  const requestId = outcome.ok ? outcome.requestId : outcome.error.requestId;
  const call: OtcCall = {
    operation: operation.name,
    method: operation.method,
    pathTemplate: operation.pathTemplate,
    startedAt,
    durationMs,
    ...(result.kind === "answer" && { status: result.status }),
    ...(error?.code !== undefined && { code: error.code }),
    ...(requestId !== undefined && { requestId }),
    ...(outcome.serverDate !== undefined && { serverDate: outcome.serverDate }),
    ...(error !== undefined && { errorClass: error.class }),
  };
  try {
    parts.observe?.(call);
  } catch {
    // A broken observer must not turn a backup that OTC has accepted into an error without its id.
  }
}

function parseServerDate(header: string | undefined): number | undefined {
  const at = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(at) ? undefined : at;
}
