// A local site that cannot start says why in a sentence, leaves nothing open, and one that runs is not disturbed.

import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { openLocalSite } from "../../local/local-site.ts";
import { runLive } from "../../local/run-live.ts";
import { readClockFile, writeClockFile, writeSiteFile } from "../../local/site-files.ts";
import { aFolder, aSiteInAFolder, cli } from "./a-cli.ts";

const anInstance = "5a0e0001d3b07384d113edec49eaa623in01";
const listening = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPServerWrap").length;

test.each([
  ["broken YAML", "policies: [ {policyId: a\n", "file.yaml:"],
  ["no policies in it", "hello: 1\n", "file.yaml:1"],
  ["an empty file", "", "has no policies"],
  ["a row of wrong types", "policies:\n  - policyId: [1]\n", "policyId"],
])("a policies file with %s starts neither nights nor a site", async (_what, text, told) => {
  const folder = aFolder();
  const file = join(folder, "file.yaml");
  writeFileSync(file, text);
  for (const how of [
    ["--nights", "1", "--json"],
    ["--folder", join(folder, "site"), "--no-page"],
  ]) {
    const before = listening();
    const said = await cli("local", ...how, "--policies", file);
    expect(said).toMatchObject({ code: 2, out: "" });
    expect(said.err).toContain(told);
    expect(said.err).not.toContain("--debug");
    expect(listening()).toBe(before);
  }
});

test("a policies file for a site that has policies already is not read, and that is said", async () => {
  const policiesFile = join(aFolder(), "mine.yaml");
  const row = { policyId: "mine", account: "demo", instanceIds: [anInstance], schedule: "0 1 * * *" };
  writeFileSync(policiesFile, JSON.stringify([row]));
  const folder = aFolder();
  for (const said of [[], [expect.stringContaining(`${policiesFile} is not read`)]]) {
    const warned: string[] = [];
    const log = {
      info: () => {},
      error: () => {},
      warn: ({ message }: { message: string }) => void warned.push(message),
    };
    const clock = new SteppedClock(Date.UTC(2026, 10, 24));
    const notifier = new ConsoleNotifier(clock, () => {});
    const local = await openLocalSite({ clock, log, notifier, folder, policiesFile });
    await local.close();
    expect(warned).toEqual(said);
  }
});

test("a policies file that is not there is named", async () => {
  const said = await cli("local", "--nights", "1", "--policies", join(aFolder(), "none.yaml"));
  expect(said.code).toBe(2);
  expect(said.err).toContain("none.yaml does not exist");
});

test("a damaged state of the simulator ends the start and closes the tables", async () => {
  const folder = aFolder();
  writeFileSync(join(folder, "simulator.json"), "garbage\n");
  const before = listening();
  const said = await cli("local", "--folder", folder, "--no-page");
  expect(said.code).toBe(1);
  expect(said.err).toContain("simulator.json, line 1 is not JSON");
  expect(listening()).toBe(before);
});

test("a second site in a folder is refused, and the first one's files stay as they are", async () => {
  const { folder } = await aSiteInAFolder();
  const files = () => ["clock.json", "site.json"].map((name) => readFileSync(join(folder, name), "utf8"));
  const before = files();
  const said = await cli("local", "--folder", folder, "--no-page");
  expect(said).toMatchObject({ code: 2, out: "" });
  expect(said.err).toContain(`a site runs in ${folder} already (process ${process.pid})`);
  expect(files()).toEqual(before);
});

test("whoever reads the clock while it is written sees the whole old one: a kill in between loses no time", async () => {
  const folder = aFolder();
  await writeClockFile(folder, { now: () => Date.UTC(2030, 0, 1), speed: 60 });
  const old = readFileSync(join(folder, "clock.json"), "utf8");
  const reader = openSync(join(folder, "clock.json"), "r");
  onTestFinished(() => closeSync(reader));
  await writeClockFile(folder, { now: () => Date.UTC(2030, 0, 2), speed: 60 });
  expect(readFileSync(reader, "utf8")).toBe(old);
  expect((await readClockFile(folder))?.at).toBe(Date.UTC(2030, 0, 2));
});

test("the file that tells where a site answers is replaced whole too", async () => {
  const folder = aFolder();
  await writeSiteFile(folder, { tablesUrl: "http://127.0.0.1:1", pid: 1 });
  const old = readFileSync(join(folder, "site.json"), "utf8");
  const reader = openSync(join(folder, "site.json"), "r");
  onTestFinished(() => closeSync(reader));
  await writeSiteFile(folder, { tablesUrl: "http://127.0.0.1:2", pid: 2 });
  expect(readFileSync(reader, "utf8")).toBe(old);
});

test.each([
  ["a plain list", `- { policyId: only-one, account: demo, instanceIds: [${anInstance}], schedule: "0 1 * * *" }\n`],
  [
    "templates",
    `templates:\n  nightly: { account: demo, schedule: "0 1 * * *" }\npolicies:\n  - { policyId: only-one, template: nightly, instanceIds: [${anInstance}] }\n`,
  ],
])("a policies file in the form of %s is planted as policies apply would write it", async (_form, text) => {
  const file = join(aFolder(), "file.yaml");
  writeFileSync(file, text);
  const { on } = await aSiteInAFolder(file);
  const said = await on("policies", "list", "--json");
  expect(said.code).toBe(0);
  expect(JSON.parse(said.out)).toMatchObject({ policies: [{ policyId: "only-one", status: "OK" }] });
});

test("a folder that can hold no site is named, at once", async () => {
  const file = join(aFolder(), "a-file");
  writeFileSync(file, "");
  for (const [folder, told] of [
    [file, "is not a folder"],
    [join(file, "below"), "cannot be made (ENOTDIR)"],
    ["/proc/otc-backup", "cannot be made ("],
  ] as const) {
    const said = await cli("local", "--folder", folder, "--no-page");
    expect(said, folder).toMatchObject({ code: 2, out: "" });
    expect(said.err, folder).toContain(told);
    expect(said.err, folder).toContain("--folder names another place");
  }
});

test("tables that cannot be opened are named with a remedy, and the folder is free again", async () => {
  const folder = aFolder();
  writeFileSync(join(folder, "tables"), "no store");
  for (let times = 0; times < 2; times += 1) {
    const said = await cli("local", "--folder", folder, "--no-page");
    expect(said).toMatchObject({ code: 2, out: "" });
    expect(said.err).toContain(`the tables in ${folder} cannot be opened`);
  }
});

test("of two sites started in the same instant in one folder exactly one goes on", async () => {
  const folder = aFolder();
  const stop = new AbortController();
  const lines: string[] = [];
  const live = { folder, speed: 1, page: undefined, signal: stop.signal, print: (line: string) => lines.push(line) };
  const sites = [runLive(live), runLive(live), runLive(live)];
  const refused = sites.map((site) =>
    site.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  // Two have given up before the one that runs is told to stop.
  let losers = 0;
  await new Promise<void>((resolve) => {
    for (const site of sites) site.catch(() => ++losers === 2 && resolve());
  });
  stop.abort();
  const ends = await Promise.all(refused);
  expect(ends.filter((end) => end === undefined)).toHaveLength(1);
  for (const end of ends.filter((one) => one !== undefined))
    expect(end).toMatchObject({ message: `a site runs in ${folder} already (process ${process.pid})` });
  expect(lines.filter((line) => line.includes("the site runs"))).toHaveLength(1);
});

test("a folder belongs to the simulator or to real accounts, and what is no account file is named", async () => {
  const { folder, local } = await aSiteInAFolder();
  await local.close();
  const accounts = join(folder, "accounts.json");
  const start = (...how: string[]) => cli("local", "--no-page", "--folder", folder, ...how);
  writeFileSync(accounts, "{}");
  const mixed = await start("--account", "real");
  expect(mixed.code).toBe(2);
  expect(mixed.err).toContain(`the site in ${folder} drives the OTC simulator`);
  await writeSiteFile(folder, { tablesUrl: "http://127.0.0.1:1", pid: process.pid, accountFile: accounts });
  const back = await start();
  expect(back.code).toBe(2);
  expect(back.err).toContain(`--account ${accounts} goes on with them`);
  writeFileSync(accounts, '["password"]');
  const wrong = await start("--account", accounts);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("is not a JSON object");
  expect(wrong.err).not.toContain('"password"');
});

test.each([
  ["--account real", ["--account", "real"]],
  ["--folder and --speed", ["--folder", "mine", "--speed", "60"]],
  ["--no-page", ["--no-page"]],
])("nights with %s start nothing: what would be ignored is refused", async (_what, more) => {
  const said = await cli("local", "--nights", "1", ...more);
  expect(said.code).toBe(2);
  expect(said.out).toBe("");
  for (const option of more.filter((word) => word.startsWith("--"))) expect(said.err).toContain(option);
  expect(said.err).toContain("a site of its own that ends with it");
});
