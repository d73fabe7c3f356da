// Every verb as a new user would try it on a live local site: right, wrong, and while somebody else edits the same row.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildProgram } from "../../cli/program.ts";
import { instanceIds, slotAt } from "../support/test-site.ts";
import { aSiteInAFolder, cli } from "./a-cli.ts";

const minuteMs = 60_000;
const noPolicies = new URL("../support/no-policies.yaml", import.meta.url).pathname;
const shop = `- policyId: nightly-shop
  account: demo
  instanceIds: [${instanceIds.shop}]
  schedule: "30 2 * * *"
  timezone: Europe/Berlin
`;

test("help, and usage that is wrong: the nearest name, a hint, code 2, never a stack", async () => {
  expect(await cli("--help")).toMatchObject({ code: 0, out: expect.stringContaining("Woken by an alert?") });
  const wrong: [string[], string][] = [
    [["statsu", "--local"], "did you mean status?"],
    [["policies", "aply"], "did you mean apply?"],
    [["status", "--lokal"], "did you mean --local?"],
    [["status"], "--local for this machine's"],
    [["status", "--local", "--stage", "prod"], "leave one of them out"],
    [["status", "--local", "--folder", "/nowhere"], "npm start makes one"],
    [["policies", "pause", "x", "--local"], "otc-backup policies pause --help"],
    [["policies", "validate", "/nowhere.yaml"], "check the path"],
    [["complete", "tcsh"], "bash"],
  ];
  for (const [args, hint] of wrong) {
    const said = await cli(...args);
    expect(said, args.join(" ")).toMatchObject({ code: 2, err: expect.stringContaining(hint) });
    expect(said.err, args.join(" ")).toMatch(/^error: [^A-Z]/);
    expect(said.err).not.toMatch(/\n {4}at /);
  }
});

test("a policy from a file to its good backup: validate, diff, apply, next, plan, status, why, report, runs", async () => {
  const { folder, on, tick } = await aSiteInAFolder(noPolicies);
  const file = join(folder, "policies.yaml");
  writeFileSync(file, shop);
  expect(await cli("policies", "validate", file)).toMatchObject({
    code: 0,
    out: expect.stringContaining("1 valid policy"),
  });
  expect(await on("policies", "diff", file)).toMatchObject({ code: 3, out: expect.stringContaining("+ nightly-shop") });
  const refused = await on("policies", "apply", file);
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("--yes") });
  expect(JSON.parse((await on("policies", "list", "--json")).out)).toEqual({ policies: [] });
  const applied = await on("policies", "apply", file, "--yes");
  expect(applied).toMatchObject({ code: 0, out: expect.stringContaining("wrote 1 policy: nightly-shop") });
  expect(applied.out).toContain("Wed 25 Nov 02:30 CET");
  expect(await on("policies", "apply", file, "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("nothing to write"),
  });
  const foretold = JSON.parse((await on("plan", "--json")).out);
  expect(foretold.calls.filter((call: { method: string }) => call.method === "POST")).toHaveLength(1);
  for (let minute = 0; minute < 20; minute += 1) await tick(slotAt + minute * minuteMs);
  expect(await on("status")).toMatchObject({ code: 0, out: expect.stringContaining("All 1 database fresh") });
  expect(await on("why", "nightly-shop")).toMatchObject({
    code: 0,
    out: expect.stringContaining("a good backup was made"),
  });
  expect(await on("report")).toMatchObject({ code: 0, out: expect.stringContaining("1 of 1 good") });
  expect((await on("next", "nightly-shop", "--days", "1")).out).toContain("02:30 CET");
  expect((await on("runs", "list", "--bad")).out).toContain("nothing to show");
  const [run] = JSON.parse((await on("runs", "list", "--json")).out).runs;
  expect(run).toMatchObject({
    policyId: "nightly-shop",
    state: "completed",
    slotAt: expect.stringMatching(/^2026-11-24T01:30/),
  });
  expect(await on("runs", "show", `nightly-shop/${instanceIds.shop.slice(0, 8)}/${run.slotAt}`)).toMatchObject({
    code: 0,
  });
  expect(await on("runs", "show", "nightly-shop/zzz/2026-11-24T01:30Z")).toMatchObject({ code: 3 });
  expect(await on("doctor")).toMatchObject({ code: 0, out: expect.stringContaining("login works") });
});

test("what goes wrong is code 3 with what to type next", async () => {
  const { on } = await aSiteInAFolder();
  const status = await on("status");
  expect(status.code).toBe(3);
  expect(status.out).toContain("type: otc-backup why nightly-shop-replica --local --folder");
  expect(await on("why", "nightly-shop-replica")).toMatchObject({
    code: 3,
    out: expect.stringContaining("read replica"),
  });
  expect(await on("why", "nightly-shopp")).toMatchObject({
    code: 2,
    err: expect.stringContaining("did you mean nightly-shop?"),
  });
  expect(await on("why", "nightly-shop", "2026-13-45")).toMatchObject({
    code: 2,
    err: expect.stringContaining("last-night"),
  });
  expect(await on("doctor")).toMatchObject({
    code: 3,
    out: expect.stringContaining("FAIL  policy nightly-shop-replica"),
  });
});

test("pause, resume, history, rollback and remove; an edit of an invalid row or over a newer one counts for nothing", async () => {
  const { on, tick, clock, putRow } = await aSiteInAFolder();
  const next = () => tick(clock.now() + minuteMs);
  const pause = (until: string, reason = "migration") =>
    on("policies", "pause", "nightly-erp", "--until", until, "--reason", reason);
  expect(await pause("3d")).toMatchObject({ code: 0, out: expect.stringContaining('"2026-11-27T02:29:00Z"') });
  await next();
  expect((await on("policies", "list")).out).toMatch(/nightly-erp +PAUSED/);
  expect(await on("run-now", "nightly-erp")).toMatchObject({ code: 2, err: expect.stringContaining("--anyway") });
  expect(await pause("2026-11-20")).toMatchObject({ code: 2, err: expect.stringContaining("over already") });
  expect(await pause("tomorrow")).toMatchObject({ code: 3, err: expect.stringContaining("nothing was written") });
  expect(await on("policies", "resume", "nightly-erp")).toMatchObject({ code: 0 });
  await next();
  expect((await on("policies", "history", "nightly-erp")).out).toMatch(/^version 3.*\n.*- pausedUntil/);
  expect(await on("policies", "rollback", "nightly-erp", "9", "--yes")).toMatchObject({
    code: 2,
    err: expect.stringContaining("3, 2, 1"),
  });
  expect(await on("policies", "rollback", "nightly-erp", "2", "--yes")).toMatchObject({ code: 0 });
  expect(await on("policies", "remove", "nightly-erp", "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("until somebody decides"),
  });
  expect(await on("policies", "show", "nightly-erp")).toMatchObject({ code: 2 });
  expect((await on("policies", "history", "nightly-erp")).out).toContain("has been removed");
  await putRow({ policyId: "nightly-legacy", schedule: "every night" });
  expect(await on("policies", "show", "nightly-legacy")).toMatchObject({
    code: 3,
    out: expect.stringContaining("the last valid version, 1"),
  });
  expect(await on("policies", "pause", "nightly-legacy", "--until", "1d", "--reason", "x")).toMatchObject({
    code: 3,
    err: expect.stringContaining("nothing written into it counts"),
  });
  expect(await on("policies", "list")).toMatchObject({
    code: 3,
    out: expect.stringContaining("version 1 stays in force"),
  });
});

test("run-now makes one backup through the functions and follows it to its end", async () => {
  const { on, tick, clock, local } = await aSiteInAFolder();
  const before = local.simulator?.control.backups().length ?? 0;
  const following = on("run-now", "nightly-shop", instanceIds.shop.slice(0, 8), "--json");
  let said: Awaited<typeof following> | undefined;
  void following.then((answer) => {
    said = answer;
  });
  while (said === undefined) await tick(clock.now() + minuteMs);
  expect(said).toMatchObject({ code: 0, err: expect.stringContaining("good backup") });
  expect(JSON.parse(said.out).runs).toMatchObject([{ state: "completed", instanceId: instanceIds.shop }]);
  const made = (local.simulator?.control.backups() ?? []).filter((backup) => backup.instanceId === instanceIds.shop);
  expect(made.filter((backup) => backup.name.startsWith("otcbk-nightly-shop-")).length).toBeGreaterThan(0);
  expect(local.simulator?.control.backups().length ?? 0).toBeGreaterThan(before);
});

test("the page on the command line names every verb", () => {
  const page = readFileSync("docs/cli.md", "utf8");
  const verbs = buildProgram().commands.flatMap((verb) =>
    verb.commands.length === 0 ? [verb.name()] : verb.commands.map((inner) => `${verb.name()} ${inner.name()}`),
  );
  expect(verbs.filter((name) => name !== "help" && !new RegExp(`\`${name}[ \`]`).test(page))).toEqual([]);
});
