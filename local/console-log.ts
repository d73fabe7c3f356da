// What happens, for a person who watches: one line per step, with the site's time. Machines read --json instead.

import { styleText } from "node:util";
import { ok, type Result } from "../shared/domain/failure.ts";
import type { Notice } from "../shared/domain/messages/alert-text.ts";
import { harmless } from "../shared/domain/messages/terminal-text.ts";
import type { Clock, Log, LogEntry, Notifier } from "../shared/ports.ts";

type Print = (line: string) => void;

export class ConsoleLog implements Log {
  readonly #clock: Clock;
  readonly #print: Print;

  constructor(clock: Clock, print: Print) {
    this.#clock = clock;
    this.#print = print;
  }

  info(entry: LogEntry): void {
    // A look that changed nothing is no news.
    if (entry.facts?.from === entry.facts?.to && entry.facts?.from !== undefined) return;
    this.#print(this.#line(entry));
  }

  warn(entry: LogEntry): void {
    this.#print(styleText("yellow", this.#line(entry)));
  }

  error(entry: LogEntry): void {
    this.#print(styleText("red", this.#line(entry)));
  }

  #line({ message, facts }: LogEntry): string {
    const detail = facts?.detail === undefined ? "" : `  ${String(facts.detail)}`;
    return harmless(`${timeOf(this.#clock)}  ${message}${detail}`);
  }
}

export function timeOf(clock: Clock): string {
  return `${new Date(clock.now()).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** Alerts on the terminal, as the pager would show them. */
export class ConsoleNotifier implements Notifier {
  readonly #clock: Clock;
  readonly #print: Print;
  readonly delivered: Notice[] = [];

  constructor(clock: Clock, print: Print) {
    this.#clock = clock;
    this.#print = print;
  }

  async publish(notice: Notice): Promise<Result<void>> {
    this.delivered.push(notice);
    const body = notice.body.split("\n").map((line) => `    ${line}`);
    this.#print(styleText(["bold", "red"], harmless(`${timeOf(this.#clock)}  ${notice.subject}`)));
    this.#print(harmless(body.join("\n")));
    return ok(undefined);
  }
}
