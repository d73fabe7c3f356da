// How old a complete listing of an account's databases may be and still decide what can start. A large account costs a call per
// hundred databases; listed anew at every tick of a long queue, it would take a fifth of the calls that OTC permits.

const instancesPerPage = 100;
const perPageMs = 6_000;
const longestMs = 30 * 60_000;

/** Nothing for an account of one page; below a minute up to a thousand databases, so that every tick has its own. */
export function listingGoodForMs(instances: number): number {
  const pages = Math.ceil(instances / instancesPerPage);
  return Math.min(longestMs, Math.max(0, pages - 1) * perPageMs);
}
