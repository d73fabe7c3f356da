/**
 * OTC locks an account after a few wrong passwords, and every process of ours would contribute its own. The guard is
 * the place where they agree: at most one password attempt per credential version until it is known to be right.
 */

export type LoginPermit =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: "refused-before" | "in-progress"; readonly retryAt: number };

/** May be backed by a table; every method may be called concurrently by several processes. */
export interface LoginGuard {
  begin(credentialVersion: string): Promise<LoginPermit>;
  succeeded(credentialVersion: string, facts: { passwordExpiresAt?: number }): Promise<void>;
  refused(credentialVersion: string, failure: { code: string | undefined; locked: boolean }): Promise<void>;
  /** The attempt ended without a verdict on the password (network error, 5xx): the next one may start. */
  inconclusive(credentialVersion: string): Promise<void>;
}

/** A guard for one process: a version that was refused once is not tried again. */
export function createProcessLoginGuard(): LoginGuard {
  const refused = new Set<string>();
  return {
    async begin(version) {
      return refused.has(version)
        ? { allowed: false, reason: "refused-before", retryAt: Number.POSITIVE_INFINITY }
        : { allowed: true };
    },
    async succeeded() {},
    async refused(version) {
      refused.add(version);
    },
    async inconclusive() {},
  };
}
