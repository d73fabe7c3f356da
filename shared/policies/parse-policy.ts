// Parses one policy row: the border behind which a policy can be trusted. Every way into the system (table, file, editor)
// ends here, so the same row always means the same. Whether an account or an instance exists is not decided here.

import type { Policy, Problem } from "../domain/policy.ts";
import { buildPolicy } from "./build-policy.ts";
import { contentHash } from "./content-hash.ts";
import { crossProblems } from "./cross-checks.ts";
import { leniencies } from "./field-names.ts";
import { fieldProblems } from "./field-problems.ts";
import { readLeniently } from "./lenient-fields.ts";
import { nearestName } from "./nearest-name.ts";
import { policyIdPattern, policyRowSchema } from "./policy-row-schema.ts";
import { readPlainRow } from "./read-plain-row.ts";
import { isRecord } from "./row-reading.ts";
import { type RowMap, type RowReading, RowRefused } from "./row-value.ts";
import { type ScheduleFacts, scheduleFacts } from "./schedule-facts.ts";
import { showName } from "./show-value.ts";

export type PolicyParse =
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly warnings: readonly Problem[];
      /** Equal for rows that mean the same, wherever they come from. */
      readonly contentHash: string;
    }
  | {
      readonly ok: false;
      /** Absent when the row has no usable id. */
      readonly policyId?: string;
      /** Problems first, then warnings. */
      readonly problems: readonly Problem[];
    };

/** More than a person reads at once; the rest is counted. */
const maxListed = 50;

/** Parses a row that is a plain JavaScript value. Never throws, whatever comes in. `now` in epoch milliseconds. */
export function parsePolicy(row: unknown, now: number): PolicyParse {
  return parseReading(() => readPlainRow(row), { now, rawId: () => (isRecord(row) ? row.policyId : undefined) });
}

interface Source {
  readonly now: number;
  /** The id as it stands in the row, for rows that cannot be read as a whole. May throw. */
  readonly rawId: () => unknown;
}

/** Parses what `read` reads. Never throws: whatever `read` throws becomes the row's problem. */
export function parseReading(read: () => RowReading, { now, rawId }: Source): PolicyParse {
  try {
    return judge(read(), now);
  } catch (error) {
    return refused(usableId(rawId), [problemOf(error)]);
  }
}

function judge({ fields, unknown }: RowReading, now: number): PolicyParse {
  const warnings: Problem[] = unknown.map(unknownField);
  const remark = (warning: Problem) => warnings.push(warning);
  readLeniently(fields, remark);
  const checked = policyRowSchema.safeParse(fields);
  const facts = scheduleOf(fields, now);
  const problems = [
    ...(checked.success ? [] : fieldProblems(checked.error.issues, fields)),
    ...crossProblems(fields, now),
    ...(facts === undefined || facts.ok ? [] : facts.problems),
  ];
  if (!checked.success || facts === undefined || !facts.ok || problems.length > 0) {
    return refused(
      usableId(() => fields.policyId),
      [...problems, ...warnings],
    );
  }
  const policy = buildPolicy(checked.data, { facts, now, remark });
  return { ok: true, policy, warnings: listed(warnings), contentHash: contentHash(policy, checked.data.maxAgeHours) };
}

/** Schedule and zone, unless one of them is no text at all: then the schema has said so. */
function scheduleOf({ schedule, timezone = "UTC" }: RowMap, now: number): ScheduleFacts | undefined {
  const isText = (value: unknown) => typeof value === "string" && value !== "" && value.length <= 256;
  if (typeof schedule !== "string" || !isText(schedule) || typeof timezone !== "string" || !isText(timezone))
    return undefined;
  return scheduleFacts(schedule, timezone, now);
}

/** The value is not shown: nobody knows what stands in a field nobody knows, and it might be a password. */
function unknownField({ name, kind }: { name: string; kind: string }): Problem {
  const meant = nearestName(name, Object.keys(leniencies));
  return {
    field: showName(name),
    value: kind,
    message: "is no field of a policy and is ignored",
    remedy: meant === undefined ? "remove the field" : `did you mean ${meant}?`,
    level: "warning",
  };
}

function problemOf(error: unknown): Problem {
  try {
    if (error instanceof RowRefused) return error.problem;
  } catch {
    // What was thrown is itself a trap; there is nothing to learn from it.
  }
  return {
    field: "row",
    value: "unreadable",
    message: "cannot be read",
    remedy: "write the row anew with plain text, numbers, lists and maps",
    level: "problem",
  };
}

function refused(policyId: string | undefined, problems: readonly Problem[]): PolicyParse {
  return { ok: false, ...(policyId === undefined ? undefined : { policyId }), problems: listed(problems) };
}

function usableId(read: () => unknown): string | undefined {
  try {
    const id = read();
    return typeof id === "string" && policyIdPattern.test(id) ? id : undefined;
  } catch {
    // A hostile getter: the row is refused already, it only stays without a name.
    return undefined;
  }
}

function listed(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= maxListed) return problems;
  const rest = problems.slice(maxListed);
  const level = rest.some((p) => p.level === "problem") ? "problem" : "warning";
  const remedy = "correct those listed first";
  const more: Problem = {
    field: "row",
    value: `${rest.length} more`,
    message: "has more problems than are listed",
    remedy,
    level,
  };
  return [...problems.slice(0, maxListed), more];
}
