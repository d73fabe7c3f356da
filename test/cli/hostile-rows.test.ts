// Rows and databases with names that would act upon a terminal or a shell, on every verb that shows them.

import { expect, test } from "vitest";
import { aRow } from "../support/test-site.ts";
import { aSiteInAFolder } from "./a-cli.ts";

const evilIds = ["x; rm -rf ~", "$(reboot)", "`id`", "esc\u001b[2J\u001b]0;owned\u0007", "c1\u009b8m", "it's"];
const verbs = [
  ["status"],
  ["policies", "list"],
  ["doctor"],
  ["why", "x; rm -rf ~"],
  ["next"],
  ["plan"],
  ["report"],
  ["coverage"],
];

test("nothing of them reaches the terminal as a control character, or a command as more than a word", async () => {
  const { local, on, tick, clock, putRow } = await aSiteInAFolder();
  for (const policyId of evilIds) await putRow({ ...aRow({}), policyId });
  const [instance] = local.simulator?.control.instances() ?? [];
  if (instance === undefined) throw new Error("the demo fleet has instances");
  local.simulator?.control.changeInstance(instance.id, { name: "shop\u001b[2J\u009b31m" });
  await tick(clock.now() + 60_000);
  for (const verb of verbs)
    for (const form of [[], ["--json"]]) {
      const { out, err } = await on(...verb, ...form);
      const said = out + err;
      expect(said, verb.join(" ")).not.toBe("");
      expect(said.replaceAll("\n", ""), verb.join(" ")).not.toMatch(/\p{Cc}/u);
      const commands =
        form.length === 0 ? [...said.matchAll(/otc-backup (?:why|policies show|run-now|runs list) (.*)/g)] : [];
      for (const [, words = ""] of commands) expect(words, verb.join(" ")).not.toMatch(/^(x; rm|\$\(reboot|`id`|it's)/);
    }
  const { out } = await on("status");
  expect(out).toContain("type: otc-backup policies show 'x; rm -rf ~' --local");
});
