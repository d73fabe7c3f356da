// Runs before the suite: one emulator for all its files, or the reason why there is none.

import type { TestProject } from "vitest/node";
import { startMoto } from "./moto.ts";

export default async function setup({ provide }: TestProject) {
  const emulator = await startMoto();
  if (emulator.kind === "impossible") {
    process.stdout.write(`\ntest:aws did NOT run: ${emulator.reason}\n\n`);
    provide("emulatorUrl", "");
    return undefined;
  }
  provide("emulatorUrl", emulator.url);
  return () => emulator.stop();
}

declare module "vitest" {
  interface ProvidedContext {
    /** Empty when the emulator could not be started on this machine. */
    emulatorUrl: string;
  }
}
