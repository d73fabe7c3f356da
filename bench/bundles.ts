// What each function makes Lambda read, and how long a fresh process takes to load it, against an empty handler that loads
// the same SDK clients and is bundled and started in the same way.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import { bundling, entryOf, nodeOptions } from "../infra/function-bundle.ts";
import { type Figure, quantile } from "./figure.ts";

const loads = 15;
const empty = "an empty handler";

const emptyHandler = {
  contents: `
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
export const handler = async () => [new DynamoDBClient({}), new SecretsManagerClient({}), new SNSClient({})].length;
`,
  resolveDir: bundling.absWorkingDir,
  loader: "js",
} as const;

export const functionNames = readdirSync("functions").map((file) => file.replace(/\.ts$/, ""));

export interface BundleBytes {
  /** Read at every cold start. */
  readonly atStart: number;
  /** With what is read when it is first needed. */
  readonly all: number;
}

interface Load {
  readonly ms: number;
  readonly cpuMs: number;
}

export function bundles(progress: (text: string) => void): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "otc-backup-bundles-"));
  try {
    const bytes = new Map([
      [empty, bundleBytes({ stdin: emptyHandler, entryNames: "index", outdir: join(folder, empty) })],
    ]);
    for (const name of functionNames)
      bytes.set(name, bundleBytes({ entryPoints: entryOf(name), outdir: join(folder, name) }));
    const times = timesOfLoading([...bytes.keys()], folder, progress);
    return functionNames.flatMap((name) => [
      ...sizes(name, bytes.get(name), bytes.get(empty)),
      ...durations(name, times.get(name), times.get(empty)),
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sizes(name: string, ours: BundleBytes | undefined, floor: BundleBytes | undefined): Figure[] {
  const group = `bundle of ${name}, against ${empty}`;
  const figure = (what: string, of: keyof BundleBytes): Figure => ({
    ...{ group, name: what, unit: "kB" },
    ...{ value: (ours?.[of] ?? 0) / 1000, floor: (floor?.[of] ?? 0) / 1000 },
  });
  return [figure("read at a cold start", "atStart"), figure("all of it", "all")];
}

function durations(name: string, ours: readonly Load[] = [], floor: readonly Load[] = []): Figure[] {
  const group = `bundle of ${name}, against ${empty}`;
  const figure = (what: string, of: keyof Load): Figure => {
    const median = (list: readonly Load[]) =>
      quantile(
        list.map((load) => load[of]),
        0.5,
      );
    return {
      ...{ group, name: `${what}, median of ${loads} fresh processes`, unit: "ms" },
      ...{ value: median(ours), floor: median(floor), target: { of: "ratio", most: 1.3 } },
    };
  };
  return [figure("time to load", "ms"), figure("processor time to load", "cpuMs")];
}

/** So many bytes Lambda has to read for one function. */
export function bytesOfFunction(name: string): BundleBytes {
  return bundleBytes({ entryPoints: entryOf(name), outdir: "bundle", write: false });
}

function bundleBytes(source: BuildOptions): BundleBytes {
  const { outputs } = buildSync({ ...bundling, ...source, metafile: true }).metafile;
  const atStart = new Set<string>();
  const add = (file: string) => {
    if (atStart.has(file)) return;
    atStart.add(file);
    for (const { kind, path } of outputs[file]?.imports ?? [])
      if (kind === "import-statement" && path in outputs) add(path);
  };
  const code = Object.keys(outputs).filter((file) => file.endsWith(".mjs"));
  for (const file of code) if (file.endsWith("/index.mjs")) add(file);
  const sum = (files: Iterable<string>) => [...files].reduce((all, file) => all + (outputs[file]?.bytes ?? 0), 0);
  return { atStart: sum(atStart), all: sum(code) };
}

/** In turns, so that a machine that slows down slows all of them. */
function timesOfLoading(
  names: readonly string[],
  folder: string,
  progress: (text: string) => void,
): Map<string, Load[]> {
  const times = new Map<string, Load[]>(names.map((name) => [name, []]));
  for (let load = 1; load <= loads; load += 1) {
    progress(`bundles: load ${load} of ${loads}`);
    for (const name of names) times.get(name)?.push(loadInFreshProcess(join(folder, name, "index.mjs")));
  }
  return times;
}

function loadInFreshProcess(file: string): Load {
  const code = `const cpu = process.cpuUsage(), at = performance.now();
await import(${JSON.stringify(file)});
const ms = performance.now() - at, { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000 }));`;
  return JSON.parse(
    execFileSync(process.execPath, [nodeOptions, "--input-type=module", "-e", code], { encoding: "utf8" }),
  );
}
