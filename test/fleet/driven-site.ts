// A local site as somebody outside drives it: a process of its own (`npm start -- --speed 0`), the simulator's control API over
// HTTP, and the command line for every question. Nothing here looks inside.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";

const command = "cli/otc-backup.js";

export interface DrivenSite {
  /** One call of the control API; throws with its answer when it refuses. */
  control(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Lets the whole site live up to that instant. */
  passTo(at: number): Promise<void>;
  now(): Promise<number>;
  /** What a verb prints with `--json`. Exit code 3 is an answer, too. */
  ask(...words: string[]): Promise<unknown>;
  /** What a verb prints. */
  say(...words: string[]): Promise<string>;
  close(): Promise<void>;
}

export interface DrivenSiteOptions {
  readonly folder: string;
  readonly fleetFile: string;
  readonly policiesFile: string;
}

/** Everything the site prints is kept in `<folder>/printed.txt`. */
export async function startDrivenSite({ folder, fleetFile, policiesFile }: DrivenSiteOptions): Promise<DrivenSite> {
  const site = join(folder, "site");
  mkdirSync(site, { recursive: true });
  const options = ["--speed", "0", "--no-page", "--folder", site, "--fleet", fleetFile, "--policies", policiesFile];
  const child = spawn(process.execPath, [command, "local", ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const printed = createWriteStream(join(folder, "printed.txt"));
  child.stdout.pipe(printed);
  // Whatever ends the driver ends the site.
  process.once("exit", () => child.kill("SIGTERM"));
  const close = () =>
    new Promise<void>((resolve) => {
      child.once("exit", () => resolve());
      child.kill("SIGTERM");
    });
  const run = (words: string[]) => runCommand([command, ...words]);
  return driven({ controlUrl: await controlUrlOf(child), folder: site, call: callControl, run, close });
}

/** Whatever runs the site and the verbs. `run` resolves with what the verb prints. */
export interface DrivenParts {
  readonly controlUrl: string;
  readonly folder: string;
  readonly call: (url: string, method: string, body: unknown) => Promise<unknown>;
  readonly run: (words: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export function driven({ controlUrl, folder, call, run, close }: DrivenParts): DrivenSite {
  const control = (method: string, path: string, body?: unknown) => call(`${controlUrl}${path}`, method, body);
  const say = (...words: string[]) => run([...words, "--local", "--folder", folder]);
  return {
    control,
    say,
    ask: async (...words) => JSON.parse(await say(...words, "--json")),
    passTo: async (at) => void (await control("PUT", "/clock", { at })),
    now: async () => numberAt(await control("GET", "/clock"), "at"),
    close,
  };
}

export function numberAt(value: unknown, field: string): number {
  const found = typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
  if (typeof found !== "number") throw new Error(`no number ${field} in ${JSON.stringify(value)}`);
  return found;
}

function controlUrlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      errors += String(chunk);
    });
    child.stdout?.on("data", (chunk: Buffer) => {
      text = `${text}${String(chunk)}`.slice(-5000);
      const found = /control at (http:\S+)[\s\S]*time stands still/.exec(text);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.once("exit", (code) => reject(new Error(`the site ended with ${code}: ${errors}`)));
  });
}

/** Without the time limit of `fetch`: a night may take minutes. */
function callControl(url: string, method: string, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { "content-type": "application/json" } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${url}: ${answer.statusCode} ${text}`));
      });
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function runCommand(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { maxBuffer: 512 * 1024 * 1024 }, (error, out, err) => {
      const code = error === null ? 0 : error.code;
      if (code === 0 || code === 3) resolve(out);
      else reject(new Error(`${words.join(" ")}: ${code} ${err}`));
    });
  });
}
