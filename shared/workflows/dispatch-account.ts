// The second half of create-backups, for one account: claims runs and posts them, until the tick's time is up or the
// account turns out to be unusable. What is not posted is left in the ledger, waiting.

import { type Failure, failureKinds } from "../domain/failure.ts";
import type { StandingAlert } from "../domain/messages/alert.ts";
import type { Instance } from "../domain/remote.ts";
import { afterAccountFailure, afterRequest, isForLater, isKnownToWaitFor } from "../domain/runs/decide-request.ts";
import { decideStart } from "../domain/runs/decide-start.ts";
import { behind, OccupiedDatabases, type RunAtOtc } from "../domain/runs/occupied-databases.ts";
import type { Run } from "../domain/runs/run.ts";
import { claim, giveUp, postpone, resolveSelector, skip } from "../domain/runs/run-machine.ts";
import { waitingLists } from "../domain/runs/waiting-list.ts";
import type { Site, Tick } from "../ports.ts";
import type { AccountProvider } from "../ports-for-otc.ts";
import { inParallel } from "./in-parallel.ts";
import { openStandIn, type Resolved, resolveSelectors, type SelectorWork } from "./resolve-selectors.ts";
import type { TickJournal } from "./tick-journal.ts";

/** A run to be started; `stored` when it is in the ledger already, waiting. */
export interface Candidate {
  readonly run: Run;
  readonly stored: boolean;
}

export interface DispatchReport {
  /** What made the account unusable during this tick, if anything did. */
  readonly trouble: Failure | undefined;
  /** Whether a POST met it, and not the listing. */
  readonly metByPost: boolean;
  readonly ambiguous: number;
  /** POSTs that OTC accepted. */
  readonly accepted: number;
  /** Runs that the tick had no time even to write down: their slots are not accounted for. */
  readonly unwritten: number;
  /** When the account's password ends, if it does and the account could be used. */
  readonly passwordExpiresAt: number | undefined;
  readonly choices: Resolved["choices"];
  /** Runs of slots that a selector missed, not in the ledger yet. */
  readonly over: readonly Run[];
  readonly standing: StandingAlert[];
  readonly errors: unknown[];
}

export interface AccountWork {
  readonly account: string;
  readonly candidates: readonly Candidate[];
  readonly selectors: readonly SelectorWork[];
  /** Runs of any account that are requested or building. */
  readonly atOtc: readonly RunAtOtc[];
  readonly open: readonly StandingAlert[];
  readonly tick: Tick;
  readonly journal: TickJournal;
}

const workersPerAccount = 8;

/** Resolves the account's selectors, then starts what can be started, the most urgent first. */
export async function dispatchAccount(site: Site, work: AccountWork): Promise<DispatchReport> {
  const dispatcher = new Dispatcher(site, work);
  await dispatcher.connect(work);
  const resolved = await dispatcher.resolve(work);
  const opened = resolved.runs.map((run) => ({ run, stored: false }));
  const urgentFirst = [...work.candidates, ...resolved.waiting, ...opened].toSorted(byUrgency);
  const errors = await inParallel(urgentFirst, workersPerAccount, (candidate) => dispatcher.start(candidate));
  errors.push(...(await dispatcher.writeLeft()));
  if (errors.length === 0 && dispatcher.unwritten === 0) errors.push(...(await dispatcher.settle(resolved)));
  const { ambiguous, metByPost, accepted, unwritten, passwordExpiresAt } = dispatcher;
  const { choices, over, standing } = resolved;
  // An account whose queue moves is not in trouble because its tick ended in a pause.
  const trouble = dispatcher.trouble ?? (accepted > 0 ? undefined : dispatcher.heldBack);
  return { trouble, metByPost, ambiguous, accepted, unwritten, passwordExpiresAt, choices, over, standing, errors };
}

/** The order is the same at every tick, so that policies that share a database do not take turns. */
function byUrgency(a: Candidate, b: Candidate): number {
  const byTime = a.run.terms.startByAt - b.run.terms.startByAt || a.run.slotAt - b.run.slotAt;
  return byTime || (a.run.policyId < b.run.policyId ? -1 : 1);
}

class Dispatcher {
  readonly #site: Site;
  readonly #tick: Tick;
  readonly #journal: TickJournal;
  #provider: AccountProvider | undefined;
  #instances = new Map<string, Instance>();
  readonly #occupied: OccupiedDatabases;
  /** Runs that are not in the ledger yet and were not tried: they wait for a later tick. */
  readonly #left: Run[] = [];
  trouble: Failure | undefined;
  /** The account's pace left no turn in this tick, or OTC asked for a pause beyond it: what is not posted stays due, without a write. */
  heldBack: Failure | undefined;
  metByPost = false;
  ambiguous = 0;
  accepted = 0;
  unwritten = 0;

  constructor(site: Site, { tick, journal, atOtc }: AccountWork) {
    this.#site = site;
    this.#tick = tick;
    this.#journal = journal;
    this.#occupied = new OccupiedDatabases(atOtc, site.clock.now());
  }

  /** One complete listing for the whole tick, where it is large perhaps the last one of this process; without it no call is spent on any run. */
  async connect({ account, candidates, selectors }: AccountWork): Promise<void> {
    const provider = await this.#site.provider.account(account, { stopAt: this.#tick.stopAt });
    // What a selector means is decided from a listing of its own tick.
    const query = selectors.length > 0 ? undefined : { having: candidates.map(({ run }) => run.instanceId) };
    const listing = provider.ok ? await provider.value.listInstances(query) : provider;
    if (!provider.ok || !listing.ok) {
      if (!listing.ok) this.#noteTrouble(listing.failure);
      return;
    }
    this.#provider = provider.value;
    this.#instances = new Map(listing.value.map((instance) => [instance.id, instance]));
  }

  /** Runs for the databases that selectors mean; without a listing, a run that stands for each slot. */
  async resolve({ selectors, open }: AccountWork): Promise<Resolved & { waiting: Candidate[] }> {
    if (this.#provider !== undefined) {
      const instances = [...this.#instances.values()];
      return { ...(await resolveSelectors(this.#site, { works: selectors, instances, open })), waiting: [] };
    }
    const now = this.#site.clock.now();
    const standIns = selectors.flatMap((work) =>
      work.slots.map((slot) => ({ run: openStandIn(work, slot, now), stored: slot.standIn !== undefined, slot })),
    );
    const waiting = standIns.filter(({ slot }) => !slot.isOver);
    const over = standIns.filter(({ slot }) => slot.isOver).map(({ run }) => run);
    return { runs: [], over, without: [], replaced: [], members: new Map(), choices: [], standing: [], waiting };
  }

  /** Ends what stood for slots whose databases now have runs of their own, or turned out to have none. */
  async settle({ without, replaced }: Resolved): Promise<unknown[]> {
    const now = this.#site.clock.now();
    const ends = [
      ...without.map(({ run, standIn }) => ({ run: standIn ?? run, stored: standIn !== undefined, next: run })),
      ...replaced.map(({ standIn, count }) => {
        const detail = `${count} database${count === 1 ? "" : "s"}`;
        return { run: standIn, stored: true, next: resolveSelector(standIn, detail, now) };
      }),
    ];
    return inParallel(ends, workersPerAccount, ({ next, ...candidate }) => this.#write(candidate, next));
  }

  async start(candidate: Candidate): Promise<void> {
    const { run } = candidate;
    const now = this.#site.clock.now();
    if (this.#mustLeave(now)) {
      if (!candidate.stored) this.unwritten += 1;
      return undefined;
    }
    if (now >= run.terms.startByAt) return this.#write(candidate, giveUp(run, now));
    if (this.trouble !== undefined) {
      if (candidate.stored && isKnownToWaitFor(run, this.trouble)) return undefined;
      return this.#write(candidate, afterAccountFailure(run, this.trouble, now));
    }
    if (this.#provider === undefined || this.heldBack !== undefined || now >= this.#tick.stopAt) {
      if (!candidate.stored) this.#left.push(run);
      return undefined;
    }
    const decision = decideStart(run, this.#instances.get(run.instanceId), now);
    if (decision.kind === "wait")
      return this.#write(candidate, postpone(run, decision.why, { now, retryAt: decision.retryAt }));
    if (decision.kind === "skip") return this.#write(candidate, skip(run, decision.why, now));
    const other = this.#occupied.occupy(run);
    if (other !== undefined) return this.#write(candidate, postpone(run, ...behind(other, now)));
    await this.#request(candidate, this.#provider, now);
  }

  /** Nobody may forget them, so the slots count as accounted for only when they are written down. */
  async writeLeft(): Promise<unknown[]> {
    return inParallel(waitingLists(this.#left), workersPerAccount, async (list) => {
      if (this.#mustLeave(this.#site.clock.now())) this.unwritten += list.databases.length;
      else await this.#journal.insertWaiting(list);
    });
  }

  #mustLeave(now: number): boolean {
    return now >= (this.#tick.leaveAt ?? Number.POSITIVE_INFINITY);
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
    if (answer.ok) this.accepted += 1;
    else if (answer.failure.effect === "unknown") this.ambiguous += 1;
    if (!answer.ok && failureKinds[answer.failure.code].accountWide) {
      this.metByPost ||= this.trouble === undefined;
      this.#noteTrouble(answer.failure);
    }
    const next = afterRequest(claimed, answer, this.#site.clock.now());
    if (next.state !== "requested" && next.state !== "building") this.#occupied.release(claimed);
    await this.#journal.replace(claimed, next);
  }

  get passwordExpiresAt(): number | undefined {
    return this.#provider?.passwordExpiresAt();
  }

  #noteTrouble(why: Failure): void {
    if (isForLater(why)) this.heldBack ??= why;
    else this.trouble ??= why;
  }

  async #write(candidate: Candidate, next: Run): Promise<void> {
    if (candidate.stored) await this.#journal.replace(candidate.run, next);
    else await this.#journal.insert(next);
  }
}
