// Turns "this account cannot be used" into one standing alert for the account, instead of one per database, and ends
// it when the account works again.

import { type Failure, failureKinds, hintOf } from "../domain/failure.ts";
import { accountSubject, alertLeaseMs, type StandingAlert } from "../domain/messages/alert.ts";
import { runId } from "../domain/runs/naming.ts";
import type { Run } from "../domain/runs/run.ts";
import type { Site } from "../ports.ts";

/** Trouble on OTC's side heals by itself more often than not: a human is told when runs have waited this long for it. */
const remotePatienceMs = 30 * 60_000;

/**
 * So long after the page, trouble on OTC's side is news again: whether it is the same outage or the next one cannot be told.
 * What a person must mend (a password, a right) stays one page until it is mended.
 */
const repeatAfterMs = 20 * 60 * 60_000;

/**
 * An account is well again when nobody has met the cause for so long. Several functions look at it, each with a login and a network of its
 * own: what one of them can do does not end what another one meets a minute later.
 */
const wellAfterMs = 15 * 60_000;
/** How exactly it is kept when a cause was met last. */
const metEveryMs = 2 * 60_000;

/** A page holds at most so many runs by name; the ledger has them all. */
const listedRuns = 500;

/** Causes that only a POST meets: that a list can be read proves nothing about them. */
const metByPosting: ReadonlySet<string> = new Set(["permission-denied", "quota-reached"]);

/** In the fingerprint of other trouble that a POST met: OTC may answer lists and fail at creating. */
const whenPosting = " when posting";

/**
 * `waitingSince` is since when the account has held up the run that has waited longest for it. Returns the alert to be sent now, if any.
 * A busy, throttled or failing OTC alerts late; wrong credentials, rights or secrets at once. `hasPosted` is whether a POST was
 * accepted in this tick: without one, what only a POST meets is not over, however well the rest works.
 */
export async function noteAccount(
  site: Site,
  facts: {
    account: string;
    trouble: Failure | undefined;
    waitingSince: number;
    /** The runs that cannot go on because of it; they stand in the message. */
    waiting?: readonly Run[];
    hasPosted: boolean;
    /** It was a POST that met the trouble. */
    metByPost?: boolean;
    open: readonly StandingAlert[];
  },
): Promise<StandingAlert | undefined> {
  const { account, trouble, open } = facts;
  const subject = accountSubject(account);
  const told = open.find((alert) => alert.subject === subject && alert.kind === "account-unusable");
  const now = site.clock.now();
  if (trouble === undefined) {
    if (told !== undefined && isOver(told, { hasPosted: facts.hasPosted, now }))
      await site.standingAlerts.clear(subject, "account-unusable");
    return undefined;
  }
  const kind = failureKinds[trouble.code];
  if (kind.retry === "soon" || (kind.blame === "remote" && now - facts.waitingSince < remotePatienceMs))
    return undefined;
  // Whoever met it first has told of it, also where another cause has been told since.
  const isKnown = told !== undefined && causesIn(told).includes(causeOf(trouble));
  if (isKnown && (kind.blame !== "remote" || now - told.raisedAt < repeatAfterMs)) {
    if (now - lastMetAt(told) >= metEveryMs) await site.standingAlerts.noteMet(told, now);
    return undefined;
  }
  const mark = facts.metByPost === true && kind.blame === "remote" ? whenPosting : "";
  const alert: StandingAlert = {
    subject,
    kind: "account-unusable",
    level: "page",
    fingerprint: `${causeOf(trouble)}${mark}${isKnown ? ` again at ${new Date(now).toISOString()}` : ""}`,
    members: [...new Set([...(told === undefined ? [] : toldIn(told)), `${causeOf(trouble)}${mark}`])],
    details: [
      ...(isKnown ? [`still so, after the page at ${new Date(told.raisedAt).toISOString()}`] : []),
      `${trouble.message} (${trouble.code})`,
      ...evidence(trouble),
      `what to do: ${hintOf(trouble.code)}`,
      ...waitingList(facts.waiting ?? []),
    ],
    raisedAt: now,
    leaseUntilAt: now + alertLeaseMs,
  };
  return (await site.standingAlerts.raise(alert)) ? alert : undefined;
}

/** One cause is one page, so the page names all that it holds up. */
function waitingList(runs: readonly Run[]): string[] {
  if (runs.length === 0) return [];
  const lines = runs
    .slice(0, listedRuns)
    .map((run) => `- ${runId(run)}${run.terms.owner === undefined ? "" : `, owner ${run.terms.owner}`}`);
  const more = runs.length > listedRuns ? [`- and ${runs.length - listedRuns} more`] : [];
  return [`waiting for it: ${runs.length} run${runs.length === 1 ? "" : "s"}`, ...lines, ...more];
}

/** What OTC is in trouble with changes from call to call: no answer here, an error there, too many calls at last. */
const troubleAtOtc: ReadonlySet<string> = new Set(["provider-unavailable", "provider-unreachable", "throttled"]);

/** A refused login and the logins withheld because of it are one cause; so is all that an OTC in trouble does. */
function causeOf({ code }: Pick<Failure, "code">): string {
  if (troubleAtOtc.has(code)) return "provider-unavailable";
  return code === "login-withheld" || code === "account-locked" ? "credentials-refused" : code;
}

/** All that was told under one open alert; older code kept only the last. */
function toldIn({ fingerprint, members = [fingerprint] }: StandingAlert): readonly string[] {
  return members;
}

function causesIn(told: StandingAlert): string[] {
  return toldIn(told).map((member) => {
    const [cause = ""] = member.split(" ");
    return troubleAtOtc.has(cause) ? "provider-unavailable" : cause;
  });
}

/** An accepted POST proves that what only POSTs meet is over; of everything else only that nobody meets it any more. */
function isOver(told: StandingAlert, { hasPosted, now }: { hasPosted: boolean; now: number }): boolean {
  const posting = toldIn(told).map(
    (member) => member.includes(whenPosting) || metByPosting.has(member.split(" ")[0] ?? ""),
  );
  if (posting.every(Boolean)) return hasPosted;
  return (hasPosted || !posting.some(Boolean)) && now - lastMetAt(told) >= wellAfterMs;
}

function lastMetAt({ raisedAt, metAt = raisedAt }: StandingAlert): number {
  return Math.max(raisedAt, metAt);
}

function evidence(trouble: Failure): string[] {
  const e = trouble.evidence;
  if (e === undefined) return [];
  const parts = [
    e.operation,
    e.status === undefined ? undefined : `HTTP ${e.status}`,
    e.providerCode,
    e.requestId && `request ${e.requestId}`,
  ];
  return [`OTC: ${parts.filter((p) => p !== undefined && p !== "").join(", ")}`];
}
