// What people are told when a selector matches nothing, or far less than before.

import { createHash } from "node:crypto";
import { type AlertLevel, alertLeaseMs, type StandingAlert } from "../messages/alert.ts";
import type { Selector } from "../policy.ts";
import { dropGraceMs, type SelectionDecision } from "./selection.ts";
import { selectorText } from "./selector.ts";

/** What the alert says of the policy. */
interface AlertedPolicy {
  readonly policyId: string;
  readonly account: string;
  readonly policyVersion: number;
  readonly selector: Selector;
  readonly severity: AlertLevel;
  readonly owner?: string;
}

/** Nothing matches, told before a slot is lost by it. */
export function emptyAlert(work: AlertedPolicy, now: number): StandingAlert {
  const details = [
    `the selector is: ${selectorText(work.selector)}`,
    `account ${work.account}: NO backups are made for this policy while nothing matches`,
    ...patternHint(work.selector),
    "what to do: correct the selector in the policy, or the tags and names of the databases",
  ];
  return standingAlert(work, {
    kind: "selector-empty",
    level: work.severity,
    details,
    print: selectorText(work.selector),
    now,
  });
}

/** Whoever knows other patterns writes them here, too. */
function patternHint({ name }: Selector): string[] {
  if (name === undefined || !/[[\](){}|^$\\+]/.test(name)) return [];
  return ["of the name only * (any characters) and ? (one) are special; brackets and the like stand for themselves"];
}

const listedDatabases = 50;

/** Who fell out, by name, and until when they are still backed up. */
export function dropAlert(
  work: AlertedPolicy,
  { selection, fallen, countBefore }: SelectionDecision,
  now: number,
): StandingAlert {
  const staying = new Set(selection.members.map((member) => member.id));
  const until = selection.drop === undefined ? undefined : new Date(selection.drop.sinceAt + dropGraceMs).toISOString();
  const lines = fallen
    .slice(0, listedDatabases)
    .map(
      ({ id, name }) =>
        `- ${name} (${id})${staying.has(id) ? "" : until === undefined ? ": not backed up any more" : ": not in the account any more"}`,
    );
  const details = [
    `the selector is: ${selectorText(work.selector)}`,
    `${fallen.length} of ${countBefore} databases fell out of it:`,
    ...lines,
    ...(fallen.length > listedDatabases ? [`- and ${fallen.length - listedDatabases} more`] : []),
    until === undefined
      ? "the policy was edited, so the new choice counts at once"
      : `those that still exist are backed up until ${until}, then no longer`,
    "what to do: restore their tags and names, correct the selector, or do nothing if this is what you want",
  ];
  const level = until === undefined ? "ticket" : work.severity;
  const print = fallen.map((member) => member.id).join(" ");
  return standingAlert(work, { kind: "selector-drop", level, details, print, now });
}

function standingAlert(
  work: AlertedPolicy,
  what: { kind: StandingAlert["kind"]; level: AlertLevel; details: string[]; print: string; now: number },
): StandingAlert {
  const { kind, level, details, print, now } = what;
  return {
    subject: `policy ${work.policyId}`,
    kind,
    level,
    fingerprint: createHash("sha256").update(`${work.policyVersion} ${print}`).digest("hex").slice(0, 16),
    details,
    raisedAt: now,
    leaseUntilAt: now + alertLeaseMs,
    ...(work.owner === undefined ? {} : { owner: work.owner }),
  };
}
