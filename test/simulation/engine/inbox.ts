// The people's end of the alert path: what was delivered, and when. A publication may be refused, or delivered and then
// answered with an error.

import { failed, failure, ok, type Result } from "../../../shared/domain/failure.ts";
import type { Notice } from "../../../shared/domain/messages/alert-text.ts";
import type { Notifier } from "../../../shared/ports.ts";
import type { FaultPlan } from "./fault-plan.ts";
import type { Effects } from "./sim-process.ts";

export interface Delivered {
  readonly at: number;
  readonly notice: Notice;
}

export class Inbox {
  readonly delivered: Delivered[] = [];
  readonly #now: () => number;
  readonly #faults: FaultPlan;
  readonly #tell: (text: string) => void;

  constructor(parts: { now: () => number; faults: FaultPlan; tell: (text: string) => void }) {
    this.#now = parts.now;
    this.#faults = parts.faults;
    this.#tell = parts.tell;
  }

  /** The notifier of one process. */
  notifierFor(process: Effects): Notifier {
    return { publish: (notice) => process.effect("publish", () => this.#publish(notice)) };
  }

  #publish(notice: Notice): Result<void> {
    const isRefused = this.#faults.lasting("notice-outage") ?? this.#faults.take("notice-refused");
    if (isRefused !== undefined) {
      this.#tell(`notice refused: ${notice.subject}`);
      return failed(failure("notify-failed", "simulated refusal", { effect: "unknown" }));
    }
    this.delivered.push({ at: this.#now(), notice });
    this.#tell(`delivered: ${notice.subject}`);
    if (this.#faults.take("notice-answer-lost") === undefined) return ok(undefined);
    return failed(failure("notify-failed", "simulated lost answer", { effect: "unknown" }));
  }
}
