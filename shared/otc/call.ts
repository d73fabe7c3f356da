/**
 * One call as the resource files see it: fills the path, obtains the right to call, and makes the attempts. Reads are
 * repeated after passing faults. A create is repeated only after answers that prove that nothing was done: a refused
 * credential, and 429.
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
  /** Whether a pacer spaces the calls; then a throttled call simply waits for its next turn. */
  readonly paced: boolean;
  /** How long a call waits for its turn when it names no deadline. */
  readonly patienceMs: number;
}

const READ_RETRIES = 2;
const THROTTLED_RETRIES = 5;
const FIRST_RETRY_MS = 500;
/** A service that asks for more than this is left alone until the caller's next round. */
const LONGEST_RETRY_MS = 4_000;

export function createCall(parts: CallParts): Call {
  return async (request) => {
    const deadlineAt = request.deadlineAt ?? parts.clock.now() + parts.patienceMs;
    parts.retryBudget.earn();
    for (let retries = 0; ; retries += 1) {
      const outcome = await authorisedAttempt(parts, { ...request, deadlineAt });
      if (outcome.ok) {
        return { status: outcome.answer.status, requestId: outcome.requestId, json: outcome.json };
      }
      const delayMs = retryDelayMs(parts, { operation: request.operation, error: outcome.error, retries });
      if (delayMs === undefined) throw outcome.error;
      if (delayMs > 0) await parts.clock.sleep(delayMs);
    }
  };
}

/** How long to wait before the call is made once more; nothing when it is not to be. */
function retryDelayMs(
  parts: CallParts,
  failed: { operation: OtcOperation; error: OtcError; retries: number },
): number | undefined {
  const { operation, error, retries } = failed;
  if (error.class === "throttled" && error.status !== undefined && parts.paced) {
    // Refused before anything was done, so even a create may go again. The pacer knows how long to wait, and refuses the
    // turn when that is longer than the caller has time.
    return retries < THROTTLED_RETRIES ? 0 : undefined;
  }
  if (operation.method !== "GET" || error.class !== "retry-soon" || retries >= READ_RETRIES) return undefined;
  // Full jitter, unless the service names a time.
  const guessedMs = Math.round(parts.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** retries));
  const delayMs = error.retryAfterMs ?? guessedMs;
  return delayMs <= LONGEST_RETRY_MS && parts.retryBudget.spend() ? delayMs : undefined;
}

/** Attempts until OTC accepts the credential or nothing is left to renew. A refused credential means nothing was performed. */
async function authorisedAttempt(parts: CallParts, request: CallRequest & { deadlineAt: number }): Promise<Outcome> {
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
      deadlineAt: request.deadlineAt,
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
