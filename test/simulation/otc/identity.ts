// Who may call the simulated OTC: one user per account, whose password people change at OTC first and in the secret some time later;
// tokens; locks. Every secret carries a mark, so that the checker finds it wherever it should not be.

import type { FaultPlan } from "../engine/fault-plan.ts";
import type { Fault, FaultOf } from "../plan/fault.ts";

/** In every password and token, and in nothing else. */
export const secretMark = "mArKeD";

/** One password that was tried. */
export interface TriedPassword {
  readonly at: number;
  readonly account: string;
  readonly password: string;
  readonly isRight: boolean;
}

type Changed = FaultOf<"password-changed">;

export class Identity {
  readonly tried: TriedPassword[] = [];
  readonly #now: () => number;
  readonly #faults: FaultPlan;
  readonly #changes: readonly Changed[];
  readonly #tokens = new Map<string, { account: string; password: string }>();

  constructor(parts: { now: () => number; faults: FaultPlan; planned: readonly Fault[] }) {
    this.#now = parts.now;
    this.#faults = parts.faults;
    this.#changes = parts.planned.filter((fault) => fault.kind === "password-changed");
  }

  /** The secret as it is stored now, and its version. */
  stored(account: string): { text: string; version: string } {
    const count = this.#changesOf(account).filter(({ at, storedAfterMs }) => at + storedAfterMs <= this.#now()).length;
    const auth = {
      method: "token",
      domainName: `OTC-${account}`,
      userName: "svc",
      password: passwordOf(account, count),
    };
    return { text: JSON.stringify({ region: "eu-de", projectId: account, auth }), version: `version-${count}` };
  }

  /** A token, or why there is none. The right password of a locked user is refused as well. */
  logIn(account: string, password: string): { token: string } | { refused: "wrong" | "locked" } {
    const right = this.#password(account);
    this.tried.push({ at: this.#now(), account, password, isRight: password === right });
    if (this.#faults.lasting("user-locked", (fault) => fault.account === account) !== undefined)
      return { refused: "locked" };
    if (password !== right) return { refused: "wrong" };
    const token = `MII${secretMark}-token-${account}-${this.tried.length}-${"x".repeat(20)}`;
    this.#tokens.set(token, { account, password });
    return { token };
  }

  /** Tokens end with the password they were had for. */
  accepts(account: string, token: string | undefined): boolean {
    if (this.#faults.take("tokens-die") !== undefined) this.#tokens.clear();
    const known = this.#tokens.get(token ?? "");
    return known?.account === account && known.password === this.#password(account);
  }

  #password(account: string): string {
    const done = this.#changesOf(account).filter(({ at }) => at <= this.#now());
    for (const change of done) this.#faults.take("password-changed", (fault) => fault === change);
    return passwordOf(account, done.length);
  }

  #changesOf(account: string): Changed[] {
    return this.#changes.filter((change) => change.account === account);
  }
}

/** With characters that JSON and URLs spell in ways of their own. */
function passwordOf(account: string, version: number): string {
  return `${secretMark}-"${account}" & \\${version}/é`;
}
