// A site whose process dies right after its n-th effect on the outside: the effect has happened, nobody learned of it, and
// nothing else happens any more. Dying before an effect is dying after the one before.

import type { Site } from "../../shared/ports.ts";
import type { AccountProvider } from "../../shared/ports-for-otc.ts";

export interface DyingSite {
  readonly site: Site;
  /** Effects that were made. */
  effects(): number;
}

export class ProcessKilled extends Error {
  override readonly name = "ProcessKilled";
}

/** `lastEffect` effects are made: marks, plans, counts, deletions, alerts. Reading is none. */
export function dyingAfter(site: Site, lastEffect: number): DyingSite {
  let made = 0;
  const effect =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (made >= lastEffect) throw new ProcessKilled("the process was killed");
      const answer = await call(...args);
      made += 1;
      if (made >= lastEffect) throw new ProcessKilled("the process was killed");
      return answer;
    };
  const { runs, prune, standingAlerts, notifier, provider } = site;
  const account = (real: AccountProvider): AccountProvider => ({
    ...real,
    deleteBackup: effect((id: string) => real.deleteBackup(id)),
  });
  const dying: Site = {
    ...site,
    runs: Object.assign(Object.create(runs), { replace: effect(runs.replace.bind(runs)) }),
    prune: Object.assign(Object.create(prune), {
      recordPlan: effect(prune.recordPlan.bind(prune)),
      takeDeletion: effect(prune.takeDeletion.bind(prune)),
      approval: prune.approval.bind(prune),
      pruneSwitch: prune.pruneSwitch.bind(prune),
      oldestBackup: prune.oldestBackup.bind(prune),
      noteOldestBackup: prune.noteOldestBackup.bind(prune),
    }),
    standingAlerts: Object.assign(Object.create(standingAlerts), {
      raise: effect(standingAlerts.raise.bind(standingAlerts)),
      clear: effect(standingAlerts.clear.bind(standingAlerts)),
      markSent: effect(standingAlerts.markSent.bind(standingAlerts)),
      open: standingAlerts.open.bind(standingAlerts),
    }),
    notifier: { publish: effect(notifier.publish.bind(notifier)) },
    provider: {
      keepPace: () => provider.keepPace(),
      account: async (name, use) => {
        const answer = await provider.account(name, use);
        return answer.ok ? { ok: true, value: account(answer.value) } : answer;
      },
    },
  };
  bindReads(dying.runs, runs, ["due", "ofPolicy", "pagesOfPolicy", "read", "insert"]);
  return { site: dying, effects: () => made };
}

/** Stores keep private fields: what is not replaced must run on the real one. */
function bindReads(target: object, real: object, names: readonly string[]): void {
  for (const name of names) {
    const method: unknown = Reflect.get(real, name);
    if (typeof method === "function") Reflect.set(target, name, method.bind(real));
  }
}
