/**
 * The one error this client throws. It is data: what kind of failure, and whether OTC may have acted all the same.
 * It carries neither a `cause` nor anything of the HTTP library, because those hold tokens and bodies that any
 * logger would print.
 */
import type { OtcOperationName } from "./operation.ts";

/**
 * - `retry-soon` a passing fault of the service or the connection
 * - `throttled` too many calls; `retryAfterMs` may say how long to wait
 * - `held-back` not sent: our own pace gives the call no turn before its deadline; `retryAfterMs` says when it would
 * - `instance-busy` another operation runs on the instance, or it is in a state that forbids this one for now
 * - `instance-frozen`, `storage-full` a human must act at OTC first
 * - `instance-gone`, `instance-not-eligible` (a replica, an engine without backups) trying again does not help
 * - `backup-gone` there is no such backup (any more)
 * - `backup-busy` the backup is being made, restored, replicated or deleted
 * - `duplicate-name` a backup of that name exists
 * - `configuration` the request, the project or the address is wrong
 * - `authentication` the credential is refused; `account-locked` after too many wrong passwords
 * - `login-withheld` no login was tried, to keep the account from being locked
 * - `permission` the credential is known and may not do this
 * - `quota` a limit of the project is reached
 * - `listing-inconsistent` a list that could not be proved whole in several readings
 * - `unreadable` an answer that does not say what it must
 * - `unreachable` no connection, or no answer in time
 */
export type OtcErrorClass =
  | "retry-soon"
  | "throttled"
  | "held-back"
  | "instance-busy"
  | "instance-frozen"
  | "storage-full"
  | "instance-gone"
  | "instance-not-eligible"
  | "backup-gone"
  | "backup-busy"
  | "duplicate-name"
  | "configuration"
  | "authentication"
  | "account-locked"
  | "login-withheld"
  | "permission"
  | "quota"
  | "listing-inconsistent"
  | "unreadable"
  | "unreachable";

/** `none`: OTC certainly did not perform the call. `unknown`: it may have. */
export type OtcEffect = "none" | "unknown";

export interface OtcErrorFacts {
  readonly class: OtcErrorClass;
  readonly effect: OtcEffect;
  readonly operation: OtcOperationName;
  /** What went wrong, in our words, when OTC said nothing itself. */
  readonly detail?: string | undefined;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** OTC's own words, already sanitised. */
  readonly providerMessage?: string | undefined;
}

export class OtcError extends Error {
  override readonly name = "OtcError";
  readonly class: OtcErrorClass;
  readonly effect: OtcEffect;
  readonly operation: OtcOperationName;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly providerMessage: string | undefined;

  constructor(facts: OtcErrorFacts) {
    super(toMessage(facts));
    this.class = facts.class;
    this.effect = facts.effect;
    this.operation = facts.operation;
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.providerMessage = facts.providerMessage;
  }
}

function toMessage(facts: OtcErrorFacts): string {
  const answer = [facts.status, facts.code, facts.providerMessage ?? facts.detail].filter((part) => part !== undefined);
  return `${facts.operation}: ${facts.class}${answer.length > 0 ? ` (${answer.join(" ")})` : ""}`;
}

/** Whether `error` is an OtcError, by name, so that a second copy of the class (another bundle) is recognised too. */
export function isOtcError(error: unknown): error is OtcError {
  return (
    typeof error === "object" && error !== null && "name" in error && error.name === "OtcError" && "class" in error
  );
}
