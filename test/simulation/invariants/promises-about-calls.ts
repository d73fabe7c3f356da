// I6 and the half of I10 that only the real client can break: where secrets turn up, how often a password is tried, how fast an
// account is called. Judged from what left the processes and from everything they wrote.

import { breakerMs } from "../../../shared/adapters/ledger-login-guard.ts";
import { otcRatePerSecond, type World } from "../engine/world.ts";
import { secretMark } from "../otc/identity.ts";
import type { Facts } from "./facts.ts";

/** Timers of a process fire up to this much early. */
const slackMs = 2;

/** I6: no secret byte in any log line, metric, record, alert or thrown error. */
export function i6NoSecretLeaves({ world }: Facts): string[] {
  // Behind the port there are no secrets.
  if (world.scenario.isWired !== true) return [];
  return [...written(world)].flatMap(([place, text]) => {
    const at = text.indexOf(secretMark);
    return at < 0 ? [] : [`a secret stands in ${place}: …${text.slice(Math.max(0, at - 60), at + 20)}…`];
  });
}

function* written(world: World): Generator<[place: string, text: string]> {
  for (const entry of world.logs) yield [`the log line ${entry.event}`, JSON.stringify(entry)];
  for (const { values } of world.metrics) yield ["a metric", JSON.stringify(values)];
  for (const { item } of world.ledger.history)
    if (item !== undefined) yield [`ledger item ${item.pk?.S} ${item.sk?.S}`, JSON.stringify(item)];
  for (const item of world.policies.items.values()) yield ["a policy row", JSON.stringify(item)];
  for (const { notice } of world.inbox.delivered) yield [`the notice ${notice.subject}`, JSON.stringify(notice)];
  for (const { fn, error } of world.invocations) if (error !== undefined) yield [`what ${fn} threw`, textOf(error)];
}

/** An error with everything that hangs from it. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  const parts = error instanceof AggregateError ? error.errors.map(textOf) : [];
  return [error.stack, JSON.stringify(error), ...parts, cause === undefined ? "" : textOf(cause)].join("\n");
}

/** Between a refusal by OTC and the note of it a process may die, or lose its write: once more each. */
const hidesVerdict: ReadonlySet<string> = new Set([
  "kill",
  "freeze",
  "table-hides-write",
  "table-refuses",
  "table-outage",
]);

/** I10: a password that OTC refuses is tried once while the breaker holds, by all processes together. */
export function i10OneTryPerPassword({ world, used }: Facts): string[] {
  const excuses = used.filter(
    ({ kind }) => hidesVerdict.has(kind) || kind === "ledger-restored" || kind === "clock-off",
  ).length;
  const wrong = world.identity.tried.filter(({ isRight }) => !isRight);
  return [...Map.groupBy(wrong, ({ account, password }) => `${account} ${password}`)].flatMap(([, tries]) => {
    const most = Math.max(
      ...tries.map(({ at }) => tries.filter((one) => one.at >= at && one.at < at + breakerMs).length),
    );
    return most > 1 + excuses
      ? [`a wrong password of ${tries[0]?.account} was tried ${most} times within the breaker's hour`]
      : [];
  });
}

/** Functions that run at the same time agree on their parts of the rate; two processes of one function do not. */
const overlaps: ReadonlySet<string> = new Set(["ticks-doubled", "ticks-late", "freeze", "kill"]);
const windowMs = 10_000;

/** I10: an account is never called faster than the configured rate, by any process and by all functions together. */
export function i10NeverFasterThanAllowed({ world, used }: Facts): string[] {
  // The pace goes by the process's own clock.
  if (used.some(({ kind }) => kind === "clock-off")) return [];
  const together = used.some(({ kind }) => overlaps.has(kind)) ? [] : hurriedTogether(world);
  return [...hurriedAlone(world), ...together];
}

function hurriedAlone(world: World): string[] {
  const streams = Map.groupBy(world.calls, ({ account, sender }) => `${sender} ${account}`);
  return [...streams.values()].flatMap((calls) => {
    const spacingMs = 1000 / otcRatePerSecond - slackMs;
    const hurried = calls.find((call, index) => call.at - (calls[index - 1]?.at ?? 0) < spacingMs);
    return hurried === undefined ? [] : [`${hurried.fn} called ${hurried.account} too fast at ${instant(hurried.at)}`];
  });
}

/** Turns are spaced, so a stretch of time has at most what the rate gives it, and one more of each process. */
function hurriedTogether({ calls }: World): string[] {
  return [...Map.groupBy(calls, ({ account }) => account)].flatMap(([account, list]) => {
    const crowd = list.find((first, index) => {
      const near = list.slice(index, index + 64).filter((call) => call.at < first.at + windowMs);
      return near.length > (otcRatePerSecond * windowMs) / 1000 + new Set(near.map(({ sender }) => sender)).size;
    });
    if (crowd === undefined) return [];
    return [`${account} was called more often than the rate allows in ten seconds from ${instant(crowd.at)}`];
  });
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
