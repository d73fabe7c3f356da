// Completion answers from a picture of the verbs: it must be that of the verbs there are, and load none of them.
// After a wanted change: UPDATE_GOLDEN=1 npx vitest run test/cli/completion.test.ts, then npm run format.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pictureFile, pictureOf } from "../../cli/completion.ts";
import { buildProgram } from "../../cli/program.ts";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
const counts = `
  const { registerHooks } = await import("node:module");
  const loaded = new Set();
  registerHooks({ load: (url, context, next) => (loaded.add(url), next(url, context)) });
  process.on("exit", () => console.error(loaded.size));
`;

async function complete(...words: string[]) {
  const importing = ["--import", `data:text/javascript,${encodeURIComponent(counts)}`];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...importing,
    main,
    "complete",
    "--",
    ...words,
  ]);
  return { words: stdout.split("\n").map((line) => line.split("\t")[0]), loaded: Number(stderr) };
}

test("the picture is that of the verbs", () => {
  const picture = JSON.parse(JSON.stringify(pictureOf(buildProgram())));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(pictureFile, `${JSON.stringify(picture, null, 2)}\n`);
  expect(JSON.parse(readFileSync(pictureFile, "utf8"))).toEqual(picture);
});

test("verbs, verbs of verbs and options are completed, and hardly anything is loaded for it", async () => {
  const verbs = await complete("");
  expect(verbs.words).toEqual(expect.arrayContaining(["status", "why", "run-now", "policies"]));
  expect(verbs.loaded).toBeLessThan(60);
  expect((await complete("policies", "ro")).words).toContain("rollback");
  expect((await complete("status", "--l")).words).toContain("--local");
});
