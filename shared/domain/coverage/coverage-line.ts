// One line on an account for the morning: how many of its databases somebody backs up, and the names of those nobody does.

import type { AccountInventory } from "./account-inventory.ts";
import { ageText } from "../audit/audit-findings.ts";
import type { Member } from "./selection.ts";

/** An account that has not been listed for so long may have databases nobody knows of. */
export const blindAfterMs = 24 * 3_600_000;
const namedDatabases = 10;

/** `inventory` is nothing for an account that has never been listed. */
export function coverageLine(account: string, inventory: AccountInventory | undefined, now: number): string {
  const lead = `coverage of account ${account}:`;
  if (inventory === undefined) return `${lead} not known, it has never been listed`;
  const { databases, covered, uncovered, optedOut, weakNative } = inventory.coverage;
  const ageMs = now - inventory.checkedAt;
  const parts = [
    `${covered} of ${databases} databases`,
    uncovered.length === 0 ? "none uncovered" : `UNCOVERED ${uncovered.length} (${names(uncovered)})`,
    `${optedOut.length} opted out`,
    ...(inventory.gone.length === 0 ? [] : [`${inventory.gone.length} gone (${names(inventory.gone)})`]),
    ...(inventory.unwell.length === 0 ? [] : [`${inventory.unwell.length} unwell (${names(inventory.unwell)})`]),
    ...(weakNative.length === 0 ? [] : [`${weakNative.length} with a weak native backup`]),
    ...(ageMs > blindAfterMs ? [`as of ${ageText(ageMs)} ago, the account could not be listed since`] : []),
  ];
  return `${lead} ${parts.join(", ")}`;
}

function names(members: readonly Member[]): string {
  const more = members.length - namedDatabases;
  const named = members.slice(0, namedDatabases).map(({ name }) => name);
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}
