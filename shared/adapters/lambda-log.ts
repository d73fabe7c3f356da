// The log in AWS: one JSON line per entry.

import { Logger } from "@aws-lambda-powertools/logger";
import type { Log, LogEntry } from "../ports.ts";

export class LambdaLog implements Log {
  readonly #logger: Logger;

  constructor(facts: { function: string; stage: string }) {
    this.#logger = new Logger({ serviceName: facts.function, persistentLogAttributes: { stage: facts.stage } });
  }

  info({ message, ...rest }: LogEntry): void {
    this.#logger.info(message, rest);
  }

  warn({ message, ...rest }: LogEntry): void {
    this.#logger.warn(message, rest);
  }

  error({ message, ...rest }: LogEntry): void {
    this.#logger.error(message, rest);
  }
}
