// Whether anybody moves a run on, asked of the run and, where that alone does not settle it, of the last listing of its account.

import type { InstanceLook } from "../domain/runs/plan-looks.ts";
import type { Run } from "../domain/runs/run.ts";
import { whyStuck } from "../domain/runs/stuck-runs.ts";
import type { Site } from "../ports.ts";

/** Of one audit: each account's last listing is read once, and only where some run seems to be looked at by nobody. */
export class StuckRuns {
  readonly #looks: Site["looks"];
  readonly #last = new Map<string, Promise<InstanceLook | undefined>>();

  constructor({ looks }: Pick<Site, "looks">) {
    this.#looks = looks;
  }

  async why(run: Run, now: number): Promise<string | undefined> {
    const why = whyStuck(run, now);
    if (why === undefined || run.state !== "building") return why;
    const { account } = run;
    const last = this.#last.get(account) ?? this.#looks.last(account);
    this.#last.set(account, last);
    return whyStuck(run, now, await last);
  }
}
