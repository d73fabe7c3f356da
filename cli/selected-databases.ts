// What a policy's selector has picked, in words: the databases of the next slot as they were when somebody last looked.

import { dropGraceMs, type Selection } from "../shared/domain/coverage/selection.ts";
import { whenText } from "./time-text.ts";

const mostShown = 30;

/** `not resolved yet` where no tick and no survey has listed the account since the policy is there. */
export function selectedLines(selection: Selection | undefined, now: number, zone: string): string[] {
  if (selection === undefined) return ["not resolved yet: the next survey of the account does it, within the hour"];
  const { members, replicas, resolvedAt, drop } = selection;
  const count = countOf(members.length);
  const beside = replicas === 0 ? "" : `, ${replicas === 1 ? "1 replica" : `${replicas} replicas`} left out`;
  const shown = members.slice(0, mostShown).map(({ id, name }) => `${name} (${id})`);
  const more = members.length > mostShown ? [`and ${members.length - mostShown} more; --json has them all`] : [];
  return [
    `${count}${beside}, as of ${whenText(resolvedAt, now, zone)}`,
    ...shown,
    ...more,
    ...fallenLines(drop, now, zone),
  ];
}

function countOf(members: number): string {
  if (members === 0) return "NO database";
  return members === 1 ? "1 database" : `${members} databases`;
}

function fallenLines(drop: Selection["drop"], now: number, zone: string): string[] {
  if (drop === undefined) return [];
  const until = whenText(drop.sinceAt + dropGraceMs, now, zone);
  const names = drop.fallen.slice(0, mostShown).map(({ id, name }) => `${name} (${id})`);
  return [`about to fall out, since they no longer match; backed up until ${until}:`, ...names];
}
