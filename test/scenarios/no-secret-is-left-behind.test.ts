// Promise I6 over everything a site leaves behind: an OTC that throws back all it is sent, accounts whose secrets are easy to
// recognise, and a search through logs, metrics, both tables, notices, the page, every verb and what is thrown.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test, vi } from "vitest";
import { entry as auditBackups } from "../../functions/audit-backups.ts";
import { entry as createBackups } from "../../functions/create-backups.ts";
import { entry as pollBackups } from "../../functions/poll-backups.ts";
import { entry as pruneBackups } from "../../functions/prune-backups.ts";
import { ConsoleNotifier } from "../../local/console-log.ts";
import { localTableNames } from "../../local/embedded-tables.ts";
import { SteppedClock } from "../../local/local-clock.ts";
import { type LocalSite, openLocalSite } from "../../local/local-site.ts";
import { openSitePage } from "../../local/page/site-page.ts";
import { writeClockFile } from "../../local/site-files.ts";
import { EmfTelemetry } from "../../shared/adapters/emf-telemetry.ts";
import { LambdaLog } from "../../shared/adapters/lambda-log.ts";
import { aFolder, cli } from "../cli/a-cli.ts";
import { type Answer, type Asked, json, keys, oddServer, password } from "../support/odd-server.ts";
import { slotAt } from "../support/test-site.ts";

const minuteMs = 60_000;
const context = { getRemainingTimeInMillis: () => 120_000 };
const accounts = {
  "by-password": password,
  "by-keys": keys,
  "by-lent-keys": { ...keys, accessKey: "AK-MARKER-lent", securityToken: "ST-MARKER-000111" },
  "by-wrong-password": { ...password, userName: "stranger", password: "PW-MARKER-wrong" },
};
const names = Object.keys(accounts) as (keyof typeof accounts)[];
const ids = names.map((_name, i) => `d8e6ca5a624745bcb546a227aa3ae1c${i}in01`);

/** What came in, the secret parts first, since only the beginning of a message is kept. */
const quoted = ({ headers, body }: Asked) => {
  const { authorization = "", "x-auth-token": token = "", "x-security-token": lent = "" } = headers;
  return `no: ${authorization.slice(-150)} ${token} ${lent} ${body} ${encodeURIComponent(body)} ${JSON.stringify(headers)}`;
};
const shapes: readonly ((text: string) => unknown)[] = [
  (text) => ({ error_code: "APIGW.9999", error_msg: text }),
  (text) => ({ errCode: text.slice(9, 70), externalMessage: text }),
  (text) => ({ error: { code: 400, message: text, title: text } }),
];

/** The ways to answer whatever is not the login or the list of databases. */
const moods: readonly Answer[] = [
  ...[400, 401, 403, 409, 413, 429, 500, 503].map(
    (status, i): Answer =>
      (asked, response) =>
        json(response, status, shapes[i % 3]?.(quoted(asked)), {
          "x-request-id": String(asked.headers["x-auth-token"] ?? "r"),
        }),
  ),
  (asked, response) => json(response, 200, { backup: quoted(asked), backups: quoted(asked) }),
  (asked, response) => void response.writeHead(502, { "content-type": "text/html" }).end(`<p>${quoted(asked)}</p>`),
  (_asked, response) => void response.destroy(),
];

async function anEcho() {
  const mood: { answer: Answer; list: boolean } = { answer: () => {}, list: true };
  const seen = new Set<string>();
  const server = await oddServer((asked, response) => {
    const signature = /Signature=([0-9a-f]{64})/.exec(asked.headers.authorization ?? "")?.[1];
    if (signature !== undefined) seen.add(signature);
    if (asked.url.startsWith("/v3/auth/tokens")) {
      if (asked.body.includes("stranger"))
        return json(response, 401, { error: { code: 401, message: quoted(asked), title: "x" } });
      const token = { issued_at: "2026-11-24T00:00:00.000000Z", expires_at: "2026-12-24T00:00:00.000000Z" };
      return json(response, 201, { token }, { "x-subject-token": `MII-TOKEN-MARKER-${seen.size}` });
    }
    if (mood.list && /\/instances\?/.test(asked.url)) {
      const instances = ids.map((id) => ({ id, name: id.slice(0, 8), status: "ACTIVE", type: "Single" }));
      return json(response, 200, { instances, total_count: ids.length });
    }
    mood.answer(asked, response);
  });
  return { url: server.url, mood, seen };
}

interface Behind {
  readonly where: string;
  readonly text: string;
}

async function whatIsPrinted(work: () => Promise<void>): Promise<string> {
  let text = "";
  const note = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockImplementation(note));
  await work().finally(() => streams.map((stream) => stream.mockRestore()));
  return text;
}

/** Every form in which a value may end up in a text. */
const spelled = (value: unknown) =>
  `${inspect(value, { depth: null, showHidden: true, getters: true })} ${JSON.stringify(value)}`;

async function tables({ tables: { client } }: LocalSite): Promise<Behind[]> {
  const dump = async (TableName: string) => {
    const { Items, LastEvaluatedKey } = await client.send(new ScanCommand({ TableName }));
    expect(LastEvaluatedKey).toBeUndefined();
    return { where: `table ${TableName}`, text: JSON.stringify(Items) };
  };
  return Promise.all(Object.values(localTableNames).map(dump));
}

async function page({ site }: LocalSite): Promise<Behind[]> {
  const served = await openSitePage(site, { speed: 1, folder: ".local", port: 0 });
  const paths = [
    "",
    "changes?feed=x&since=-1",
    ...ids.map((id, i) => `story?key=${names[i]}%20${id}&night=2026-11-24`),
  ];
  const texts = await Promise.all(paths.map(async (path) => (await fetch(served.url + path)).text()));
  await served.close();
  return texts.map((text, i) => ({ where: `page /${paths[i]}`, text }));
}

async function verbs(folder: string): Promise<Behind[]> {
  const asked = [
    "status",
    "doctor",
    "plan",
    "report",
    "coverage",
    "runs list",
    "policies list",
    ...names.map((name) => `why ${name}`),
  ];
  const behind: Behind[] = [];
  for (const verb of asked)
    for (const form of [[], ["--json"]]) {
      const said = await cli("--debug", ...verb.split(" "), ...form, "--local", "--folder", folder);
      behind.push({ where: verb, text: said.out + said.err });
    }
  return behind;
}

test("of passwords, keys, tokens and signatures nothing is left behind anywhere", async () => {
  const folder = aFolder();
  const echo = await anEcho();
  vi.stubEnv("OTC_ENDPOINTS", JSON.stringify({ "eu-de": { iam: echo.url, rds: echo.url } }));
  onTestFinished(() => void vi.unstubAllEnvs());
  const secret = (auth: unknown) => ({ region: "eu-de", projectId: "0483b6b16e954cb88930a360d2c4e663", auth });
  const secrets = names.flatMap((name) => [name, `${name}/prune`].map((key) => [key, secret(accounts[name])]));
  writeFileSync(join(folder, "accounts.json"), JSON.stringify(Object.fromEntries(secrets)));
  const rows = names.map((account, i) => ({
    policyId: account,
    account,
    instanceIds: [ids[i]],
    schedule: "30 2 * * *",
  }));
  writeFileSync(join(folder, "policies.yaml"), JSON.stringify({ policies: rows }));
  const clock = new SteppedClock(slotAt - minuteMs);
  const notifier = new ConsoleNotifier(clock, () => {});
  const files = { accountFile: join(folder, "accounts.json"), policiesFile: join(folder, "policies.yaml") };
  const log = new LambdaLog({ function: "local", stage: "local" });
  const local = await openLocalSite({ clock, log, notifier, folder, ...files });
  onTestFinished(() => local.close());
  const site = { ...local.site, telemetry: new EmfTelemetry("local") };

  const thrown: unknown[] = [];
  const printed = await whatIsPrinted(async () => {
    const tick = async () => {
      await writeClockFile(folder, { now: () => clock.now(), speed: 1 });
      for (const entry of [createBackups, pollBackups, auditBackups, pruneBackups])
        await entry.run({}, context, site).catch((error: unknown) => thrown.push(error));
    };
    await tick();
    for (const answer of moods) {
      Object.assign(echo.mood, { answer, list: true });
      for (let i = 0; i < 2; i += 1) {
        clock.set(clock.now() + 4 * minuteMs);
        await tick();
      }
    }
    // Refused for good: the verbs that ask OTC themselves do so in real time and shall not wait.
    Object.assign(echo.mood, { answer: moods[2], list: false });
    clock.set(clock.now() + 5 * minuteMs);
    await tick();
  });

  const own = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "accounts.json");
  const behind: Behind[] = [
    ...[
      { where: "logs and metrics", text: printed },
      { where: "thrown", text: thrown.map(spelled).join("\n") },
    ],
    { where: "notices", text: spelled(notifier.delivered) },
    ...own.map((name) => ({ where: name, text: readFileSync(join(folder, name), "utf8") })),
    ...(await tables(local)),
    ...(await page(local)),
    ...(await verbs(folder)),
  ];
  // There was something to find in each, and something to look for.
  expect(echo.seen.size).toBeGreaterThan(10);
  expect(printed).toContain('"_aws"');
  expect(printed).toContain('"level":"');
  expect(notifier.delivered.length).toBeGreaterThan(3);
  for (const { where, text } of behind) expect(text.length, where).toBeGreaterThan(where === "thrown" ? -1 : 10);
  const looked = [/MARKER/, /REKRAM/, ...[...echo.seen].map((signature) => new RegExp(signature.slice(0, 16)))];
  const found = behind.flatMap(({ where, text }) =>
    looked.flatMap((pattern) => {
      const at = text.search(pattern);
      return at < 0 ? [] : [`${where}: ${text.slice(Math.max(0, at - 80), at + 40)}`];
    }),
  );
  expect(found).toEqual([]);
}, 120_000);
