// A deployed function as the tests invoke it: its bundle from the cloud assembly, with the environment the deployed template
// gives it, in a process of its own. Its AWS calls pass a recorder, so that its rights can be compared with what it does.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type RecordedCall, startRecorder } from "./call-recorder.ts";
import { accountId } from "./deployed-stage.ts";

const host = fileURLToPath(new URL("lambda-host.js", import.meta.url));

export interface Invocation {
  readonly value?: unknown;
  readonly error?: string;
}

export interface BundledFunction {
  /** One invocation at a simulated instant; by default a tick. */
  invoke(at: number, event?: unknown): Promise<Invocation>;
  /** Ends the process as the platform would, without a word; the next invocation is a cold start. */
  kill(): Promise<void>;
  /** Every line it logged. */
  readonly lines: readonly string[];
  /** Every AWS call it made, each kind once. */
  calls(): readonly RecordedCall[];
  close(): Promise<void>;
}

export async function startBundledFunction(options: {
  name: string;
  /** Folder of the asset. */
  bundle: string;
  environment: Readonly<Record<string, string>>;
  emulatorUrl: string;
}): Promise<BundledFunction> {
  const recorder = await startRecorder(options.emulatorUrl);
  const lines: string[] = [];
  let child: ChildProcess | undefined;
  const start = () => {
    const env = {
      ...options.environment,
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: recorder.url,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "emulated",
      AWS_SECRET_ACCESS_KEY: "emulated",
      AWS_LAMBDA_FUNCTION_NAME: options.name,
    };
    const started = fork(host, { env, stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
    for (const stream of [started.stdout, started.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter((l) => l !== "")));
    return started;
  };
  const kill = async () => {
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    child = undefined;
  };
  return {
    lines,
    calls: recorder.calls,
    kill,
    async invoke(at, event = { tick: new Date(at).toISOString() }) {
      child ??= start();
      const current = child;
      const settled = new AbortController();
      const { signal } = settled;
      const answer = Promise.race([
        once(current, "message", { signal }),
        once(current, "exit", { signal }).then(() => [{ error: "the process ended" }]),
      ]);
      const arn = `arn:aws:lambda:eu-central-1:${accountId}:function:${options.name}`;
      current.send({ file: `${options.bundle}/index.mjs`, at, event, arn });
      const [message] = await answer;
      settled.abort();
      return message as Invocation;
    },
    async close() {
      await kill();
      await recorder.close();
    },
  };
}
