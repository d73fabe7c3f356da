// Runs before the suite: one emulator for all its files, or the reason why there is none. A machine without Python or its package
// index is told so and the exit code is 0, since nothing of ours is wrong; with EMULATOR=required not to have run is a failure.

import type { TestProject } from "vitest/node";
import { startMoto } from "./moto.ts";

export default async function setup({ provide }: TestProject) {
  const emulator = await startMoto();
  if (emulator.kind === "running") {
    provide("emulatorUrl", emulator.url);
    return () => emulator.stop();
  }
  const told = `test:aws did NOT run, so nothing is known about AWS: ${emulator.reason}`;
  if (process.env.EMULATOR === "required") throw new Error(told);
  provide("emulatorUrl", "");
  return () => void process.stdout.write(`\n${told}\n\n`);
}

declare module "vitest" {
  interface ProvidedContext {
    /** Empty when the emulator could not be started on this machine. */
    emulatorUrl: string;
  }
}
