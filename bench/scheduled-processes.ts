// One function as AWS runs it: woken every minute whatever the tick before does, in an idle process where there is one and
// in a fresh one otherwise. A process is a site of its own, so it has its own share of the account's rate and its own pace.

import type { InvocationContext, TickEvent } from "../shared/function-entry.ts";
import type { Clock, Site } from "../shared/ports.ts";

/** As in infra/: the functions' timeout in AWS. */
const timeoutMs = 120_000;

export interface RunsOnSite {
  readonly name: string;
  run(event: TickEvent, context: InvocationContext, site: Site): Promise<unknown>;
}

export class ScheduledProcesses {
  readonly #entry: RunsOnSite;
  readonly #clock: Clock;
  readonly #newSite: () => Site;
  readonly #idle: Site[] = [];
  readonly #running = new Set<Promise<void>>();
  started = 0;
  ticks = 0;
  longestTickMs = 0;
  readonly errors: unknown[] = [];

  constructor(entry: RunsOnSite, clock: Clock, newSite: () => Site) {
    this.#entry = entry;
    this.#clock = clock;
    this.#newSite = newSite;
  }

  /** Starts one tick and does not wait for it. */
  wake(event: TickEvent = {}): void {
    const tick = this.#tick(event).finally(() => this.#running.delete(tick));
    this.#running.add(tick);
  }

  /** Resolves when no tick runs. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  async #tick(event: TickEvent): Promise<void> {
    this.ticks += 1;
    const startedAt = this.#clock.now();
    const site = this.#idle.pop() ?? this.#start();
    const context = { getRemainingTimeInMillis: () => timeoutMs - (this.#clock.now() - startedAt) };
    try {
      await this.#entry.run(event, context, site);
    } catch (error) {
      this.errors.push(error);
    }
    this.longestTickMs = Math.max(this.longestTickMs, this.#clock.now() - startedAt);
    this.#idle.push(site);
  }

  #start(): Site {
    this.started += 1;
    return this.#newSite();
  }
}
