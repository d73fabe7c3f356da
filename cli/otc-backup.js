#!/usr/bin/env node
// Starts the command line on the Node version the project pins, even where the machine's own is older: the sources are
// TypeScript that only a newer Node reads. Plain JavaScript, so that any Node can start it.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runOn } from "./on-pinned-node.js";

const main = fileURLToPath(new URL("main.ts", import.meta.url));
const isRecent = Number(process.versions.node.split(".")[0]) >= 24;

if (isRecent) {
  await import("./main.ts");
} else {
  const binary = process.platform === "win32" ? "node.exe" : "bin/node";
  const platform = process.platform === "win32" ? "win" : process.platform;
  const pinned = fileURLToPath(new URL(`../node_modules/node-${platform}-${process.arch}/${binary}`, import.meta.url));
  if (!existsSync(pinned)) {
    process.stderr.write(
      `error: otc-backup needs Node 24 or newer, this is ${process.versions.node}\nhint: run npm ci, or install Node 24\n`,
    );
    process.exit(1);
  }
  runOn(pinned, [main, ...process.argv.slice(2)]);
}
