// Size of each function's bundle, and how long a fresh process takes to load it, against an empty handler that loads the
// same SDK clients.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { type Figure, quantile } from "./figure.ts";

const loads = 15;

const emptyHandler = `
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
export const handler = async () => [new DynamoDBClient({}), new SecretsManagerClient({}), new SNSClient({})].length;
`;

/** As infra/ bundles a function. */
export const bundling = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minify: true,
  mainFields: ["module", "main"],
  logLevel: "error",
} as const satisfies BuildOptions;

export const functionNames = readdirSync("functions").map((file) => file.replace(/\.ts$/, ""));

export function bundles(progress: (text: string) => void): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "otc-backup-bundles-"));
  try {
    const stdin = { contents: emptyHandler, resolveDir: process.cwd(), loader: "js" } as const;
    const base = bundle({ stdin }, join(folder, "empty.mjs"));
    const sizes = functionNames.map((name) => ({
      name,
      bytes: bundle({ entryPoints: [`functions/${name}.ts`] }, join(folder, `${name}.mjs`)),
    }));
    const times = loadTimes(["empty", ...functionNames], folder, progress);
    return sizes.flatMap(({ name, bytes }) => [
      { group: `bundle of ${name}`, name: "size", value: bytes / 1000, unit: "kB", floor: base / 1000 },
      {
        group: `bundle of ${name}`,
        name: `median of ${loads} loads, each in a fresh process`,
        value: quantile(times.get(name) ?? [], 0.5),
        unit: "ms",
        floor: quantile(times.get("empty") ?? [], 0.5),
        target: { of: "ratio" as const, most: 1.3 },
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** So many bytes Lambda has to load for one function. */
export function bundledBytes(name: string): number {
  const { outputFiles } = buildSync({ ...bundling, entryPoints: [`functions/${name}.ts`], write: false });
  return outputFiles.reduce((sum, file) => sum + file.contents.length, 0);
}

/** Returns the size in bytes. */
function bundle(source: BuildOptions, outfile: string): number {
  buildSync({ ...bundling, ...source, outfile });
  return statSync(outfile).size;
}

/** In turns, so that a machine that slows down slows all of them. */
function loadTimes(names: readonly string[], folder: string, progress: (text: string) => void): Map<string, number[]> {
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let load = 1; load <= loads; load += 1) {
    progress(`bundles: load ${load} of ${loads}`);
    for (const name of names) {
      const file = JSON.stringify(join(folder, `${name}.mjs`));
      const code = `const t = performance.now(); await import(${file}); console.log(performance.now() - t)`;
      const printed = execFileSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
      times.get(name)?.push(Number(printed));
    }
  }
  return times;
}
