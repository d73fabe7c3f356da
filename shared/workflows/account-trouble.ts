// Turns "this account cannot be used" into one standing alert for the account, instead of one per database, and ends
// it when the account works again.

import { alertLeaseMs, type StandingAlert } from "../domain/alert.ts";
import { type Failure, failureKinds, hintOf } from "../domain/failure.ts";
import { runId } from "../domain/naming.ts";
import type { Run } from "../domain/run.ts";
import type { Site } from "../ports.ts";

/** Trouble on OTC's side heals by itself more often than not: a human is told when runs have waited this long for it. */
const remotePatienceMs = 30 * 60_000;

/** A page holds at most so many runs by name; the ledger has them all. */
const listedRuns = 500;

/** Causes that only a POST meets: that a list can be read proves nothing about them. */
const metByPosting: ReadonlySet<string> = new Set(["permission-denied", "quota-reached"]);

/** Ends the fingerprint of other trouble when a POST met it: OTC may answer lists and fail at creating. */
const whenPosting = " when posting";

export const accountSubject = (account: string): string => `account ${account}`;

/**
 * `waitingSince` is when the oldest run that needs the account became due. Returns the alert to be sent now, if any.
 * A busy, throttled or failing OTC alerts late; wrong credentials, rights or secrets at once. `hasPosted` is whether a POST was
 * accepted in this tick: without one, what only a POST meets is not over, however well the rest works. Two functions look at an
 * account, and the one that lists must not end what the one that posts will raise again a minute later.
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
  if (trouble === undefined) {
    const isOver = ({ fingerprint }: StandingAlert) =>
      facts.hasPosted || !(metByPosting.has(fingerprint) || fingerprint.endsWith(whenPosting));
    if (open.some((alert) => alert.subject === subject && alert.kind === "account-unusable" && isOver(alert)))
      await site.standingAlerts.clear(subject, "account-unusable");
    return undefined;
  }
  const now = site.clock.now();
  const kind = failureKinds[trouble.code];
  if (kind.retry === "soon" || (kind.blame === "remote" && now - facts.waitingSince < remotePatienceMs))
    return undefined;
  const cause = causeOf(trouble);
  const forms = [cause, `${cause}${whenPosting}`];
  // Whichever of a list and a POST met it first has told of it.
  if (open.some((alert) => alert.subject === subject && forms.includes(alert.fingerprint))) return undefined;
  const alert: StandingAlert = {
    subject,
    kind: "account-unusable",
    level: "page",
    fingerprint: facts.metByPost === true && kind.blame === "remote" ? `${cause}${whenPosting}` : cause,
    details: [
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

/** A refused login and the logins withheld because of it are one cause. */
function causeOf(trouble: Failure): string {
  return trouble.code === "login-withheld" || trouble.code === "account-locked" ? "credentials-refused" : trouble.code;
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
