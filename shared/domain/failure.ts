// The error model. A failure is data first: storable on a run, loggable, comparable by code. It answers three
// questions: may it be tried again, whose problem is it, and what can a person do about it.
// Knows nothing of HTTP or AWS: the adapters classify once, at the border.

export type Retry = "soon" | "later" | "never";
export type Blame = "remote" | "configuration" | "us";

interface FailureKind {
  /** `soon`: within this call. `later`: at a later tick, waiting is not failing. `never`: someone must change something. */
  readonly retry: Retry;
  readonly blame: Blame;
  /** True when one cause hits every run of the account, so that one page with a list is right. */
  readonly accountWide: boolean;
  /** What the operator can do, one sentence. */
  readonly hint: string;
}

const kind = (retry: Retry, blame: Blame, accountWide: boolean, hint: string): FailureKind => ({
  retry,
  blame,
  accountWide,
  hint,
});

/** Every failure the system can name. The code is stable: alerts, logs, records and tests compare it. */
export const failureKinds = {
  "instance-busy": kind(
    "later",
    "remote",
    false,
    "another operation runs on the database; see its tasks in the OTC console",
  ),
  throttled: kind(
    "later",
    "remote",
    true,
    "OTC limits the request rate; lower the account's rate or spread the schedules",
  ),
  "held-by-pace": kind(
    "soon",
    "us",
    true,
    "the account's calls are spaced out and this tick had no time left; the next one goes on, nothing to do",
  ),
  "listing-inconsistent": kind(
    "later",
    "remote",
    false,
    "OTC's list changed while it was read, or its total does not fit its rows; if it lasts, compare with the OTC console",
  ),
  "backup-busy": kind(
    "later",
    "remote",
    false,
    "the backup is being made, restored, copied or deleted in OTC; see its state in the OTC console",
  ),
  "provider-unavailable": kind("later", "remote", true, "OTC answers with errors; see the OTC status page, then wait"),
  "provider-unreachable": kind(
    "later",
    "remote",
    true,
    "OTC cannot be reached; check network, DNS and the egress address",
  ),
  "answer-unreadable": kind(
    "later",
    "remote",
    false,
    "OTC answered in a form we do not know; compare the request id with OTC support",
  ),
  "name-taken": kind(
    "later",
    "remote",
    false,
    "OTC says the backup name exists; the next look decides whether it is ours",
  ),
  "name-collision": kind(
    "never",
    "configuration",
    false,
    "a backup we did not make carries our name; rename it or change the policy's id",
  ),
  "request-refused": kind(
    "never",
    "configuration",
    false,
    "OTC refuses the request as invalid; compare the policy row with the OTC error",
  ),
  "credentials-refused": kind(
    "never",
    "configuration",
    true,
    "store working credentials in the account's secret; no login is tried until it changes",
  ),
  "account-locked": kind(
    "later",
    "configuration",
    true,
    "OTC locked the user for wrong passwords; wait 15 minutes, then fix the secret",
  ),
  "login-withheld": kind(
    "later",
    "configuration",
    true,
    "the last login with this secret was refused; store a new secret version",
  ),
  "login-in-progress": kind("soon", "us", true, "another function is logging in; nothing to do"),
  "permission-denied": kind(
    "never",
    "configuration",
    true,
    "give the OTC user the right named in the request (rds:backup:create, rds:backup:list, rds:instance:list; for pruning rds:backup:delete)",
  ),
  "quota-reached": kind(
    "later",
    "configuration",
    true,
    "the limit for manual backups is reached; delete some in OTC or ask for a higher quota",
  ),
  "storage-full": kind(
    "never",
    "configuration",
    false,
    "enlarge the database's storage, then start the backup by hand",
  ),
  "instance-frozen": kind(
    "never",
    "configuration",
    false,
    "the database is frozen in OTC; settle the account, then start the backup by hand",
  ),
  "instance-stopped": kind(
    "never",
    "configuration",
    false,
    "the database is stopped; start it, or pause the policy with an end and a reason",
  ),
  "instance-broken": kind(
    "never",
    "remote",
    false,
    "the database is in a failed state in OTC; repair it, then start the backup by hand",
  ),
  "instance-gone": kind(
    "never",
    "configuration",
    false,
    "the database is not in the account any more; remove its id from the policy or correct it",
  ),
  "instance-in-window": kind(
    "later",
    "remote",
    false,
    "OTC works on the database by itself at this time; nothing to do, or move the slot or the window",
  ),
  "selector-empty": kind(
    "never",
    "configuration",
    false,
    "correct the policy's selector or the databases' tags and names, then start a backup by hand",
  ),
  "instance-replica": kind(
    "never",
    "configuration",
    false,
    "read replicas cannot be backed up; name the primary instance instead",
  ),
  "backup-gone": kind(
    "never",
    "remote",
    false,
    "OTC no longer lists the backup; find out who deleted it (Cloud Trace Service)",
  ),
  "secret-unavailable": kind(
    "later",
    "configuration",
    true,
    "the account's secret cannot be read; check that it exists and that the function may read it",
  ),
  "secret-absent": kind(
    "later",
    "configuration",
    true,
    "there is no secret of that account; store one as docs/deploy.md says, or correct the policy's account",
  ),
  "secret-invalid": kind(
    "never",
    "configuration",
    true,
    "the account's secret is not in the documented form; correct the named field",
  ),
  "region-unknown": kind(
    "never",
    "configuration",
    true,
    "the secret names a region without endpoints; correct it or add the region to OTC_ENDPOINTS",
  ),
  "storage-unavailable": kind(
    "later",
    "us",
    true,
    "the ledger cannot be read or written; check DynamoDB and the function's rights",
  ),
  "notify-failed": kind(
    "later",
    "us",
    true,
    "the alert could not be delivered; check the topic, its key and its subscriptions",
  ),
  internal: kind("never", "us", false, "this is a defect; keep the log and report it"),
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof failureKinds;

/** One failure as data. `message` is lower case, concrete and free of secrets. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  /** `none`: the call certainly changed nothing at OTC. `unknown`: it may have. */
  readonly effect: "none" | "unknown";
  /** How long the other side asked us to wait, in milliseconds. */
  readonly afterMs?: number;
  /** Evidence for people: OTC's error code, HTTP status, request id. Never a secret. */
  readonly evidence?: FailureEvidence;
}

export interface FailureEvidence {
  readonly operation?: string;
  readonly status?: number;
  readonly providerCode?: string;
  readonly requestId?: string;
}

/** Builds a failure whose call certainly had no effect, unless told otherwise. */
export function failure(
  code: FailureCode,
  message: string,
  more: Omit<Failure, "code" | "message" | "effect"> & { effect?: Failure["effect"] } = {},
): Failure {
  return { effect: "none", ...more, code, message };
}

export function hintOf(code: FailureCode): string {
  return failureKinds[code].hint;
}

export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failureKinds, text);
}

/** A value or the failure that stands in its way. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (f: Failure): { readonly ok: false; readonly failure: Failure } => ({ ok: false, failure: f });

/** The thrown form, for places where a failure must end the whole call (storage down, configuration wrong). */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly failure: Failure;
  constructor(f: Failure) {
    super(`${f.message} (${f.code}): ${hintOf(f.code)}`);
    this.failure = f;
  }
}

/** The failure inside anything thrown. Works across bundles, since it compares by name. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof Error && error.name === "FailureError" && "failure" in error) {
    const inner: unknown = error.failure;
    if (isFailure(inner)) return inner;
  }
  return failure(
    "internal",
    error instanceof Error ? `${error.name}: ${error.message}` : "something that is not an error was thrown",
    { effect: "unknown" },
  );
}

function isFailure(value: unknown): value is Failure {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    isFailureCode(value.code)
  );
}
