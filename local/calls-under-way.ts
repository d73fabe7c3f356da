// How many HTTP calls this process has under way, so that simulated time can stand still as long as anything happens.

import diagnostics from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";

/** What follows a call (reading its body, the next write) takes a few turns of the event loop before the next call leaves. */
const quietTurns = 6;

let underWay = 0;
let watching = false;
const waiting: (() => void)[] = [];

/** Resolves once no call has been under way for some turns of the event loop. */
export async function nothingUnderWay(): Promise<void> {
  watch();
  for (let turns = 0; turns < quietTurns; turns += 1) {
    await nextTurn();
    if (underWay === 0 && !readsFiles()) continue;
    turns = -1;
    if (underWay > 0) await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

function watch(): void {
  if (watching) return;
  watching = true;
  diagnostics.subscribe("http.client.request.start", (message) => {
    if (!isStart(message)) return;
    underWay += 1;
    message.request.once("close", () => {
      underWay -= 1;
      if (underWay === 0) for (const resolve of waiting.splice(0)) resolve();
    });
  });
}

function isStart(message: unknown): message is { request: ClientRequest } {
  return typeof message === "object" && message !== null && "request" in message;
}

/** A file of accounts or of state is read or written outside of the event loop. */
function readsFiles(): boolean {
  return process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
}
