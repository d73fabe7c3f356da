// What every function has in common: settings and services once per cold start (forgotten when that fails, so that the
// next invocation tries again), a time budget from the invocation, and one workflow.

import { type Config, parseConfig } from "./config.ts";
import { tickBudgetMs } from "./domain/runs/tick-budget.ts";
import type { Shard } from "./domain/shard.ts";
import type { Site, Tick } from "./ports.ts";
import { buildLambdaSite } from "./services.ts";

/** The part of Lambda's context that is used. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** What EventBridge Scheduler sends. It only wakes us: what is due is decided from the tables and the clock. */
export interface TickEvent {
  readonly tick?: string;
  readonly executionId?: string;
  readonly function?: string;
  /** Which of several shards this tick is for, from 0; absent: the first. */
  readonly shard?: number;
}

export interface FunctionEntry<Summary> {
  readonly name: string;
  /** One invocation on a given site. */
  run(event: TickEvent, context: InvocationContext, site: Site): Promise<Summary>;
  /** The Lambda handler: the same on the site that the environment describes. */
  handler(event: TickEvent, context: InvocationContext): Promise<Summary>;
}

/** Kept free of new work before the function's own timeout: a POST may take 15 seconds, and its record must follow. */
const reserveMs = 25_000;

/** So long before the timeout even the writing down of what is left ends: what it was about and alerts must still leave. */
const closingMs = 20_000;

export function functionEntry<Summary>(
  name: string,
  workflow: (site: Site, tick: Tick) => Promise<Summary>,
): FunctionEntry<Summary> {
  const onSite = onLambdaSite(name);
  const run = async (event: TickEvent, context: InvocationContext, on: Site) => {
    const now = on.clock.now();
    const remainingMs = context.getRemainingTimeInMillis();
    const stopAt = now + Math.min(tickBudgetMs, Math.max(0, remainingMs - reserveMs));
    const leaveAt = Math.max(stopAt, now + remainingMs - closingMs);
    try {
      return await workflow(on, { stopAt, leaveAt, shard: shardOf(event, on.settings.shards) });
    } finally {
      // Also after a tick that failed: what it learned of the pace spares the next one the same throttling.
      await on.provider.keepPace();
    }
  };
  return {
    name,
    run,
    handler: (event, context) => onSite((site) => run(event, context, site)),
  };
}

/**
 * While a deployment changes the number of shards, an event may still come from a schedule of before. One without a number is the
 * first shard's, whose other ticks make it harmless; one that names a shard too many has no accounts. Both leave the others' alone.
 */
function shardOf({ shard = 0 }: TickEvent, of: number): Shard {
  if (!Number.isInteger(shard) || shard < 0)
    throw new Error(`the event's shard is ${String(shard)}: give a number from 0`);
  return { index: shard, of };
}

/** The site that the environment describes, built at the first call and kept for the next ones. */
export function onLambdaSite(name: string): <T>(use: (site: Site, config: Config) => Promise<T>) => Promise<T> {
  let built: { site: Site; config: Config } | undefined;
  return async (use) => {
    if (built === undefined) {
      const config = parseConfig(process.env);
      built = { config, site: buildLambdaSite(config, name) };
    }
    return use(built.site, built.config);
  };
}
