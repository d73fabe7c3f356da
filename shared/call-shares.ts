// How the functions share an account's ceiling of calls per second. In AWS each function is a process of its own, and nothing
// between them counts calls; what each may use adds up to the ceiling at most, whatever each of them does.

/**
 * Parts of the ceiling that can be relied on; they add up to 1. create-backups has what poll-backups does not claim for looks (see
 * domain/poll-claim.ts), which is more than this as long as few backups end; over a long night each backup costs a POST and then a
 * look, so half is what a forecast may count on.
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
