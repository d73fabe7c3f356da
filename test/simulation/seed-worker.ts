// A worker thread of `npm run simulate`: takes a stretch of seeds, answers with its tally, asks for more.

import { parentPort } from "node:worker_threads";
import { runSeeds } from "./run-seeds.ts";

parentPort?.on("message", (seeds: { from: number; count: number }) => {
  runSeeds(seeds).then(
    (tally) => parentPort?.postMessage(tally),
    (error: unknown) => {
      throw error;
    },
  );
});
