// A tick over so many policies that it could not hold them all.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../support/many-rows-process.ts", import.meta.url));

/** Forty megabytes hold the code and some pages, and not a quarter of these rows. */
function tickOver(policies: number): Promise<{ code: unknown; seen: unknown }> {
  return new Promise((resolve) => {
    const options = ["--max-old-space-size=40", script, String(policies)];
    execFile(process.execPath, options, (error, stdout) => {
      resolve({
        code: error === null ? 0 : (error.code ?? error.signal),
        seen: JSON.parse(stdout.trim().split("\n").at(-1) || "{}").policies,
      });
    });
  });
}

test("twenty thousand policies, none due, in a heap that could not hold them: seen one and all", {
  timeout: 300_000,
}, async () => {
  expect(await tickOver(20_000)).toEqual({ code: 0, seen: 20_000 });
});
