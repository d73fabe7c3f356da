// How the functions share an account's ceiling of calls per second. In AWS each function is a process of its own, and
// nothing between them counts calls; fixed shares keep their sum below the ceiling whatever each of them does.

/**
 * Parts of the ceiling; they add up to 1. Watching has its own part, so that no storm of creates can blind it: a backup costs a
 * POST and then a look, so looks that had much less than creates would fall behind for as long as the storm lasts.
 */
export const callShares: Readonly<Record<string, number>> = {
  "create-backups": 0.5,
  "poll-backups": 0.4,
  "prune-backups": 0.05,
  "audit-backups": 0.05,
};

/** The share of one function. Whoever is not listed works beside the audit and gets as little. */
export function callShareOf(functionName: string): number {
  return callShares[functionName] ?? 0.05;
}
