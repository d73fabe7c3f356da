// What a policy's row says when other policies back up the same databases. That is allowed, and their runs take turns; but hardly
// anybody means it, and each keeps and counts only the backups it made itself.

import type { SharedDatabase } from "./coverage.ts";

const namedPolicies = 3;
const lead = "databases shared: ";

/** One line per policy that shares databases, by its id; `shared` is what the last survey of the account found. */
export function sharedLines(shared: readonly SharedDatabase[]): Map<string, string> {
  const byPolicy = new Map<string, SharedDatabase[]>();
  for (const database of shared)
    for (const policyId of database.policyIds) byPolicy.set(policyId, [...(byPolicy.get(policyId) ?? []), database]);
  return new Map([...byPolicy].map(([policyId, databases]) => [policyId, sharedLine(policyId, databases)]));
}

function sharedLine(policyId: string, databases: readonly SharedDatabase[]): string {
  const others = [...new Set(databases.flatMap((one) => one.policyIds))].filter((id) => id !== policyId).toSorted();
  const more = others.length - namedPolicies;
  const named = [...others.slice(0, namedPolicies), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  const [first] = databases;
  const which = databases.length === 1 ? `${first?.name}` : `${databases.length}, such as ${first?.name}`;
  return `${lead}${which}, also by ${named}; runs take turns and each policy keeps its own backups; let one policy mean them if that is not meant`;
}

export function isSharedLine(line: string): boolean {
  return line.startsWith(lead);
}
