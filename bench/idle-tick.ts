// One tick of create-backups over many policies of which none is due: time, memory and reads. The tables live in a process
// of their own, so that the memory measured is the tick's.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { embeddedClient, localTableNames } from "../local/embedded-tables.ts";
import { type Figure, quantile } from "./figure.ts";
import { idleRow } from "./idle-rows.ts";

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
/** As the functions have it in AWS; a tick that held the fleet in memory would die of it. */
const heapLimitMb = 256;

interface Ticked {
  readonly ms: readonly number[];
  readonly scanMs: readonly number[];
  readonly reads: number;
  readonly readUnits: number;
  readonly writes: number;
  readonly heapMb: number;
  readonly rssMb: number;
}

export async function idleTick(policies: number, progress: (text: string) => void): Promise<Figure[]> {
  const tables = childOf("tables-process.ts", []);
  try {
    const url = String(await answerOf(tables));
    await plant(url, policies, progress);
    progress(`${policies} policies: ticking`);
    const limit = `--max-old-space-size=${heapLimitMb}`;
    const answer = await answerOf<Ticked>(childOf("idle-tick-process.ts", [url], [limit]));
    const { ms, scanMs, reads, readUnits, writes, heapMb, rssMb } = answer;
    const group = `a tick of create-backups over ${policies} policies, none due`;
    const time = quantile(ms, 0.5);
    const below256 = { of: "value", most: heapLimitMb } as const;
    return [
      {
        group,
        name: "time, against one bare reading of the table",
        value: time,
        unit: "ms",
        floor: quantile(scanMs, 0.5),
      },
      { group, name: "time per thousand policies", value: (1000 * time) / policies, unit: "ms" },
      { group, name: "items read", value: reads, unit: "", floor: policies },
      { group, name: "read units", value: readUnits, unit: "" },
      { group, name: "items written", value: writes, unit: "", floor: 1 },
      { group, name: "most heap in use", value: heapMb, unit: "MB", target: below256 },
      { group, name: "memory of the process", value: rssMb, unit: "MB" },
    ];
  } finally {
    tables.kill();
  }
}

function childOf(file: string, args: readonly string[], execArgv: readonly string[] = []): ChildProcess {
  return fork(fileOf(file), [...args], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    execArgv: [...process.execArgv, ...execArgv],
  });
}

/** What the child sends first; throws when it ends without a word. */
async function answerOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  child.once("exit", () => ended.abort(new Error("the measured process ended without an answer")));
  const [answer] = await once(child, "message", { signal: ended.signal });
  return answer;
}

async function plant(url: string, policies: number, progress: (text: string) => void): Promise<void> {
  const client = embeddedClient(url);
  const perWrite = 25;
  for (let from = 0; from < policies; from += perWrite) {
    const rows = Array.from({ length: Math.min(perWrite, policies - from) }, (_, n) => idleRow(from + n));
    const requests = rows.map((row) => ({ PutRequest: { Item: marshall(row, { removeUndefinedValues: true }) } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [localTableNames.policies]: requests } }));
    if (from % 5000 === 0) progress(`${policies} policies: ${from} written`);
  }
  client.destroy();
}
