/**
 * One call as the resource files see it: fills the path, obtains the right to call, and makes the attempts. Reads are
 * repeated after passing faults; a create never is, except where OTC has refused the credential before looking at it.
 */
import type * as z from "zod";
import { type Authoriser, NO_RENEWALS } from "./authoriser.ts";
import type { OtcClock } from "./clock.ts";
import { OtcError } from "./errors.ts";
import { COMMON_HEADERS, type Exchange, type Outcome } from "./exchange.ts";
import type { OtcOperation } from "./operation.ts";
import type { RetryBudget } from "./retry-budget.ts";
import { fillPath, type Query, toTarget } from "./target.ts";

export interface CallRequest {
  readonly operation: OtcOperation;
  /** Values of the placeholders in the path template; the project id is filled in by itself. */
  readonly ids?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly body?: object;
  /** Give up waiting for a turn by then. Epoch milliseconds. */
  readonly deadlineAt?: number | undefined;
}

export interface CallAnswer {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly json: unknown;
}

export type Call = (request: CallRequest) => Promise<CallAnswer>;

export interface CallParts {
  readonly exchange: Exchange;
  readonly authoriser: Authoriser;
  readonly clock: OtcClock;
  readonly random: () => number;
  readonly retryBudget: RetryBudget;
  readonly projectId: string;
  /** Host of each service as it stands in the Host header. */
  readonly hosts: Readonly<Record<OtcOperation["service"], string>>;
  /** How long a call waits for its turn when it names no deadline. */
  readonly patienceMs: number;
}

const READ_RETRIES = 2;
const FIRST_RETRY_MS = 500;
/** A service that asks for more than this is left alone until the caller's next round. */
const LONGEST_RETRY_MS = 4_000;

export function createCall(parts: CallParts): Call {
  return async (request) => {
    const { operation } = request;
    parts.retryBudget.earn();
    for (let retries = 0; ; retries += 1) {
      const outcome = await authorisedAttempt(parts, request);
      if (outcome.ok) {
        return { status: outcome.answer.status, requestId: outcome.requestId, json: outcome.json };
      }
      const delayMs = retryDelayMs(parts, outcome.error, retries);
      const worthwhile = operation.method === "GET" && outcome.error.class === "retry-soon" && retries < READ_RETRIES;
      if (!worthwhile || delayMs > LONGEST_RETRY_MS || !parts.retryBudget.spend()) throw outcome.error;
      await parts.clock.sleep(delayMs);
    }
  };
}

/** Full jitter, unless the service names a time. */
function retryDelayMs(parts: CallParts, error: OtcError, retries: number): number {
  return error.retryAfterMs ?? Math.round(parts.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries));
}

/** Attempts until OTC accepts the credential or nothing is left to renew. A refused credential means nothing was performed. */
async function authorisedAttempt(parts: CallParts, request: CallRequest): Promise<Outcome> {
  const { operation, query = [] } = request;
  const path = fillPath(operation.pathTemplate, { projectId: parts.projectId, ...request.ids });
  if (path === undefined) throw configurationError(operation, "an id for the path is missing or not an OTC id");
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const signedHeaders = { host: parts.hosts[operation.service], "content-type": COMMON_HEADERS["content-type"] };
  const signable = { method: operation.method, path, query, headers: signedHeaders, body: body ?? "" };
  let grant = await parts.authoriser.grant(operation.name);
  let renewals = NO_RENEWALS;
  for (;;) {
    const granted = grant;
    const outcome = await parts.exchange({
      operation,
      target: toTarget(path, query),
      body,
      headers: () => granted.headers(signable),
      deadlineAt: request.deadlineAt ?? parts.clock.now() + parts.patienceMs,
    });
    if (outcome.ok) parts.authoriser.accepted(grant);
    if (outcome.ok || outcome.error.class !== "authentication") return outcome;
    const { error, serverDate } = outcome;
    const next = await parts.authoriser.renew({ grant, error, serverDate, renewals }, operation.name);
    if (next === undefined) return outcome;
    ({ grant, renewals } = next);
  }
}

/** An error of the request itself, found before anything was sent. */
export function configurationError(operation: OtcOperation, detail: string): OtcError {
  return new OtcError({ class: "configuration", effect: "none", operation: operation.name, detail });
}

/** An answer that was accepted but does not say what it must: the call may well have been performed. */
export function unreadableError(operation: OtcOperation, detail: string, status?: number): OtcError {
  return new OtcError({ class: "unreadable", effect: "unknown", operation: operation.name, status, detail });
}

/**
 * Reads an answer by its schema.
 * @throws OtcError `unreadable` that names the fields at fault, never their values
 */
export function readAnswer<T>(operation: OtcOperation, answer: CallAnswer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(answer.json);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".") || "body"))].slice(0, 5);
  throw unreadableError(operation, `not as documented: ${fields.join(", ")}`, answer.status);
}
