// The ping to a dead-man switch outside of AWS, which rings when it is not heard of for too long. It carries nothing but
// itself: no body, no credentials, and an answer that points elsewhere is a failure.

import { failed, failure, ok, type Result } from "../domain/failure.ts";
import type { DeadManSwitch } from "../ports.ts";

const timeoutMs = 10_000;

export class HttpsDeadManSwitch implements DeadManSwitch {
  readonly #url: URL;

  constructor(url: URL) {
    this.#url = url;
  }

  async ping(): Promise<Result<void>> {
    try {
      const answer = await fetch(this.#url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
      await answer.body?.cancel();
      if (answer.ok) return ok(undefined);
      return failed(failure("notify-failed", `the dead-man switch at ${this.#url.host} answered ${answer.status}`));
    } catch {
      // The error's text may hold the whole URL, whose path is what lets anyone ping.
      return failed(failure("notify-failed", `the dead-man switch at ${this.#url.host} cannot be reached`));
    }
  }
}
