// The example on the retention page is what the command really answers.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { planRefusals } from "../../shared/domain/retention/retention-plan.ts";
import { refusalReasons } from "../../shared/domain/retention/retention-refusals.ts";

const file = "docs/retention.md";
const block = (page: string, kind: string) => new RegExp(`\`\`\`${kind}\n([\\s\\S]*?)\n\`\`\``).exec(page)?.[1] ?? "";

test("the history on the page is judged as the page says", () => {
  const folder = mkdtempSync(join(tmpdir(), "retention-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const page = readFileSync(file, "utf8");
  writeFileSync(join(folder, "history.json"), block(page, "json"));
  const args = ["cli/otc-backup.js", "prune", "--dry-run", "--history", join(folder, "history.json")];
  const answer = execFileSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC", NO_COLOR: "1" },
  });
  const text = answer.trimEnd();
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, page.replace(block(page, "text"), text));
  expect(text).toBe(block(readFileSync(file, "utf8"), "text"));
});

test("the page names every reason for which nothing is removed", () => {
  const page = readFileSync(file, "utf8");
  const reasons = [...Object.keys(refusalReasons), ...Object.keys(planRefusals)];
  expect(reasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
});
