// Runs before the suite: one emulator for all its files, or the reason why there is none. Where a CI service runs us (it sets CI),
// not to have run is a failure: green must mean tried. On a person's machine the reason is said and the exit code is 0.

import type { TestProject } from "vitest/node";
import { startMoto } from "./moto.ts";

export default async function setup({ provide }: TestProject) {
  const emulator = await startMoto();
  if (emulator.kind === "running") {
    provide("emulatorUrl", emulator.url);
    return () => emulator.stop();
  }
  const told = `test:aws did NOT run, so nothing is known about AWS: ${emulator.reason}`;
  if (isContinuousIntegration(process.env.CI)) throw new Error(told);
  provide("emulatorUrl", "");
  return () => void process.stdout.write(`\n${told}\n\n`);
}

function isContinuousIntegration(variable: string | undefined): boolean {
  return !["", "0", "false"].includes(variable ?? "");
}

declare module "vitest" {
  interface ProvidedContext {
    /** Empty when the emulator could not be started on this machine. */
    emulatorUrl: string;
  }
}
