// Measures idle ticks in a fresh process and tells its parent the figures.

import { ScanCommand, type ScanCommandInput } from "@aws-sdk/client-dynamodb";
import { entry as createBackups } from "../functions/create-backups.ts";
import { embeddedClient, localTableNames } from "../local/embedded-tables.ts";
import { SteppedClock } from "../local/local-clock.ts";
import { countTables } from "./counted-tables.ts";
import { idleAt } from "./idle-rows.ts";
import { allAccounted, idleSite } from "./idle-site.ts";

const url = process.argv[2] ?? "";
const rounds = 3;
const clock = new SteppedClock(idleAt);
const dynamoDb = embeddedClient(url);
const counts = countTables(dynamoDb);
const bare = embeddedClient(url);
const site = idleSite(dynamoDb, clock);

await bare.send(allAccounted());

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function readTable(): Promise<void> {
  let start: ScanCommandInput["ExclusiveStartKey"];
  do {
    const page = await bare.send(
      new ScanCommand({
        TableName: localTableNames.policies,
        ConsistentRead: true,
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

async function tick(): Promise<void> {
  clock.set(clock.now() + 60_000);
  await createBackups.run({}, { getRemainingTimeInMillis: () => 120_000 }, site);
}

// The first of each warms up the process and the tables.
await readTable();
await tick();
const ms: number[] = [];
const scanMs: number[] = [];
let heap = 0;
const watch = setInterval(() => {
  heap = Math.max(heap, process.memoryUsage().heapUsed);
}, 5);
for (let round = 0; round < rounds; round += 1) {
  scanMs.push(await timed(readTable));
  Object.assign(counts, { reads: 0, readUnits: 0, writes: 0 });
  ms.push(await timed(tick));
}
clearInterval(watch);
const megabyte = 1_048_576;
const memory = { heapMb: heap / megabyte, rssMb: process.resourceUsage().maxRSS / 1024 };
process.send?.({ ms, scanMs, reads: counts.reads, readUnits: counts.readUnits, writes: counts.writes, ...memory }, () =>
  process.exit(0),
);
