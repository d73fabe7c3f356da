// Runs that are born waiting in one tick and differ in nothing but their database: they can be written down as one list, since none of
// them has a history of its own yet.

import type { Run } from "./run.ts";

/** So many databases stand in one list: with what it says of each it stays far below what one write may hold. */
const longestList = 50;

/** What a list says of one database. */
export interface ListedDatabase {
  readonly instanceId: string;
  readonly instanceName?: string;
}

export interface WaitingList {
  /** The run of every database of the list, but for which database it is. */
  readonly template: Run;
  readonly databases: readonly ListedDatabase[];
}

/** Runs that may stand in one list, in lists of few enough. Each run is in exactly one. */
export function waitingLists(born: readonly Run[]): WaitingList[] {
  return [...Map.groupBy(born, likeness).values()].flatMap((alike) => {
    const parts = Array.from({ length: Math.ceil(alike.length / longestList) }, (_, n) => n * longestList);
    return parts.flatMap((from) => listOf(alike.slice(from, from + longestList)) ?? []);
  });
}

function listOf(alike: readonly Run[]): WaitingList | undefined {
  const [template] = alike;
  return template === undefined ? undefined : { template, databases: alike.map(databaseOf) };
}

/** The runs that a list stands for, each as it was born. */
export function runsOf({ template, databases }: WaitingList): Run[] {
  const { instanceName: _its, ...terms } = template.terms;
  return databases.map(({ instanceId, instanceName }) => ({
    ...template,
    instanceId,
    terms: instanceName === undefined ? terms : { ...terms, instanceName },
  }));
}

function databaseOf({ instanceId, terms: { instanceName } }: Run): ListedDatabase {
  return { instanceId, ...(instanceName === undefined ? {} : { instanceName }) };
}

function likeness({ instanceId: _its, terms: { instanceName: _called, ...terms }, ...run }: Run): string {
  return JSON.stringify({ ...run, terms });
}
