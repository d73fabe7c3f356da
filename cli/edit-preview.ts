// What somebody reads before they say yes to an edit of a policy: what changes, when it will run, and what it costs.

import type { Policy } from "../shared/domain/policy.ts";
import type { PlannedEdit } from "../shared/policies/plan-edits.ts";
import type { FieldChange } from "../shared/policies/row-change.ts";
import { factsText, plural, tinted } from "./output.ts";
import { upcomingLines } from "./upcoming.ts";

const shownRuns = 3;

export interface PreviewFacts {
  readonly now: number;
  /** Sentences on what the edit means for backups that exist. */
  readonly consequences: readonly string[];
}

/** One edit with everything that follows from it. */
export function editPreview(edit: PlannedEdit, facts: PreviewFacts): string {
  const { policy } = edit.wanted;
  const lines = [headline(edit), ...edit.changes.map(changeLine)];
  if (edit.kind === "new" || edit.kind === "changed")
    lines.push(
      factsText(
        upcomingLines(policy, facts.now, shownRuns).map((line, i) => [i === 0 ? "next runs" : "", line] as const),
      ),
    );
  lines.push(...facts.consequences.map((sentence) => factsText([["note", sentence]])));
  return lines.join("\n");
}

function headline({ policyId, kind, mends }: PlannedEdit): string {
  const mended = mends ? "; the row is invalid now, this mends it" : "";
  switch (kind) {
    case "new":
      return tinted("good", `+ ${policyId}  new`);
    case "changed":
      return tinted("warning", `~ ${policyId}  changed${mended}`);
    case "reworded":
      return tinted("dim", `~ ${policyId}  other words, same meaning`);
    case "same":
      return tinted("dim", `= ${policyId}  as it is`);
  }
}

export function changeLine({ field, before, after }: FieldChange): string {
  if (before === undefined) return tinted("good", `    + ${field}: ${after ?? ""}`);
  if (after === undefined) return tinted("bad", `    - ${field}: ${before}`);
  return `    ~ ${field}: ${before} -> ${after}`;
}

/** What is dropped from a policy is not deleted, and nobody watches it any longer: that has to be said. */
export function droppedDatabases(before: Policy | undefined, after: Policy): string[] {
  const idsOf = (policy: Policy | undefined) =>
    policy?.target.kind === "instances" && policy.account === after.account ? policy.target.instanceIds : [];
  const kept = new Set(idsOf(after));
  const dropped = idsOf(before).filter((id) => !kept.has(id));
  if (after.target.kind !== "instances" || dropped.length === 0) return [];
  return [
    `${plural(dropped.length, "database")} no longer backed up by this policy (${dropped.join(", ")}); backups already made are kept`,
  ];
}

export function tally(edits: readonly PlannedEdit[]): string {
  const count = (kind: PlannedEdit["kind"]) => edits.filter((edit) => edit.kind === kind).length;
  const parts = [
    `${count("new")} new`,
    `${count("changed")} changed`,
    ...(count("reworded") > 0 ? [`${count("reworded")} reworded`] : []),
    `${count("same")} as they are`,
  ];
  return parts.join(", ");
}
