// What a backup's name at OTC and a notice's text say about the run they belong to, read as a person would read them:
// from the documented form, with no code of ours.

import type { Notice } from "../../../shared/domain/messages/alert-text.ts";

/** One run as the checker names it: `policy instance 2026-11-24T02:30Z`. */
export type RunName = string;

export function runName(policyId: string, instanceId: string, slotAt: number): RunName {
  return `${policyId} ${instanceId} ${new Date(slotAt).toISOString().slice(0, 16)}Z`;
}

export interface NameParts {
  readonly policyId: string;
  readonly instanceStart: string;
  readonly slotAt: number;
  readonly hash: string;
  readonly attempt: number;
}

const form = /^otcbk-([a-z][a-z0-9-]{1,23})-([0-9a-f]{8})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z-([0-9a-f]{6})(?:-a(\d+))?$/;

/** The parts of one of our names; nothing when it is none. */
export function readName(name: string): NameParts | undefined {
  const found = form.exec(name);
  if (found === null) return undefined;
  const [, policyId = "", instanceStart = "", year, month, day, hour, minute, hash = "", attempt] = found;
  const slotAt = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return { policyId, instanceStart, slotAt, hash, attempt: attempt === undefined ? 1 : Number(attempt) };
}

export interface Told {
  readonly level: string;
  readonly kind: string;
  /** The runs a notice names. */
  readonly runs: readonly RunName[];
  /** The reason of a notice about a single run. */
  readonly reason: string | undefined;
  /** What it is about when it is about no single run: `account alpha`, `policy nightly`. */
  readonly subject: string;
}

/** What a person learns from a notice. */
export function readNotice({ subject, body }: Notice): Told {
  const [, level = "", kind = "", about = ""] = /^(\w+) ([\w-]+): (.*)$/.exec(subject) ?? [];
  const listed = [...body.matchAll(/^- (\S+) (.+?) slot (\S+Z):/gm)].map(
    ([, p, i = "", s]) => `${p} ${databaseOf(i)} ${s}`,
  );
  const fact = (name: string) => new RegExp(`^${name}: (\\S+)`, "m").exec(body)?.[1];
  const database = databaseOf(/^database: (.+)$/m.exec(body)?.[1] ?? "");
  const single = fact("slot") === undefined ? [] : [`${fact("policy")} ${database} ${fact("slot")}`];
  const reason = /^reason: (.+)$/m.exec(body)?.[1];
  return { level, kind, subject: about, runs: listed.length > 0 ? listed : single, reason };
}

/** A database is named by its id, perhaps with its name behind it; a slot nobody could work out is about all of them. */
function databaseOf(text: string): string {
  return text === "all that the selector means" ? "selector" : (text.split(" ")[0] ?? "");
}
