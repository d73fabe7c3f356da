// The second half of create-backups, for one account: claims runs and posts them, until the tick's time is up or the
// account turns out to be unusable. What is not posted is left in the ledger, waiting.

import { afterAccountFailure, afterRequest } from "../domain/decide-request.ts";
import { decideStart } from "../domain/decide-start.ts";
import { type Failure, failureKinds } from "../domain/failure.ts";
import type { Instance } from "../domain/remote.ts";
import type { Run } from "../domain/run.ts";
import { claim, miss, postpone, skip } from "../domain/run-machine.ts";
import type { AccountProvider, Site, Tick } from "../ports.ts";
import { inParallel } from "./in-parallel.ts";
import type { TickJournal } from "./tick-journal.ts";

/** A run to be started; `stored` when it is in the ledger already, waiting. */
export interface Candidate {
  readonly run: Run;
  readonly stored: boolean;
}

export interface DispatchReport {
  /** What made the account unusable during this tick, if anything did. */
  readonly trouble: Failure | undefined;
  readonly ambiguous: number;
  readonly errors: unknown[];
}

const workersPerAccount = 8;

/** Starts what can be started, the most urgent first. */
export async function dispatchAccount(
  site: Site,
  work: { account: string; candidates: readonly Candidate[]; tick: Tick; journal: TickJournal },
): Promise<DispatchReport> {
  const dispatcher = new Dispatcher(site, work.tick, work.journal);
  const urgentFirst = work.candidates.toSorted((a, b) => a.run.terms.startByAt - b.run.terms.startByAt);
  await dispatcher.connect(work.account);
  const errors = await inParallel(urgentFirst, workersPerAccount, (candidate) => dispatcher.start(candidate));
  return { trouble: dispatcher.trouble ?? dispatcher.heldBack, ambiguous: dispatcher.ambiguous, errors };
}

class Dispatcher {
  readonly #site: Site;
  readonly #tick: Tick;
  readonly #journal: TickJournal;
  #provider: AccountProvider | undefined;
  #instances = new Map<string, Instance>();
  trouble: Failure | undefined;
  /** The account's pace left no turn in this tick: nothing is wrong, what is not posted stays due. */
  heldBack: Failure | undefined;
  ambiguous = 0;

  constructor(site: Site, tick: Tick, journal: TickJournal) {
    this.#site = site;
    this.#tick = tick;
    this.#journal = journal;
  }

  /** One complete listing for the whole tick; without it no call is spent on any run. */
  async connect(account: string): Promise<void> {
    const provider = await this.#site.provider.account(account, { stopAt: this.#tick.stopAt });
    const listing = provider.ok ? await provider.value.listInstances() : provider;
    if (!provider.ok || !listing.ok) {
      if (!listing.ok) this.#noteTrouble(listing.failure);
      return;
    }
    this.#provider = provider.value;
    this.#instances = new Map(listing.value.map((instance) => [instance.id, instance]));
  }

  async start(candidate: Candidate): Promise<void> {
    const { run } = candidate;
    const now = this.#site.clock.now();
    if (now >= run.terms.startByAt) return this.#write(candidate, miss(run, now));
    if (this.trouble !== undefined) return this.#write(candidate, afterAccountFailure(run, this.trouble, now));
    if (this.#provider === undefined || this.heldBack !== undefined || now >= this.#tick.stopAt)
      return candidate.stored ? undefined : this.#write(candidate, run);
    const decision = decideStart(run, this.#instances.get(run.instanceId), now);
    if (decision.kind === "wait")
      return this.#write(candidate, postpone(run, decision.why, { now, retryAt: decision.retryAt }));
    if (decision.kind === "skip") return this.#write(candidate, skip(run, decision.why, now));
    await this.#request(candidate, this.#provider, now);
  }

  async #request(candidate: Candidate, provider: AccountProvider, now: number): Promise<void> {
    const claimed = claim(candidate.run, this.#site.settings.namePrefix, now);
    const ours = candidate.stored
      ? await this.#journal.replace(candidate.run, claimed)
      : await this.#journal.insert(claimed);
    if (!ours) return;
    const { instanceId, name, terms } = claimed;
    const answer = await provider.createBackup({
      instanceId,
      name: name ?? "",
      ...(terms.description === undefined ? {} : { description: terms.description }),
      ...(terms.databases === undefined ? {} : { databases: terms.databases }),
    });
    if (!answer.ok && answer.failure.effect === "unknown") this.ambiguous += 1;
    if (!answer.ok && failureKinds[answer.failure.code].accountWide) this.#noteTrouble(answer.failure);
    await this.#journal.replace(claimed, afterRequest(claimed, answer, this.#site.clock.now()));
  }

  #noteTrouble(why: Failure): void {
    if (why.code === "held-by-pace") this.heldBack ??= why;
    else this.trouble ??= why;
  }

  async #write(candidate: Candidate, next: Run): Promise<void> {
    if (candidate.stored) await this.#journal.replace(candidate.run, next);
    else await this.#journal.insert(next);
  }
}
