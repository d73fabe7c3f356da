import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { CannotStart } from "../../../local/cannot-start.ts";
import { startPageServer } from "../../../local/page/page-server.ts";
import { siteStatus } from "../../../shared/status/status-model.ts";
import { aGood, database, factsOf, night, siteOf } from "../../shared/status/status-builder.ts";

const status = siteStatus(siteOf([factsOf({ runs: [aGood({ slotAt: night(0) })] })]));

async function aServer(read = async () => status) {
  const server = await startPageServer({ read, stage: "test", siteFlags: "--local", timeZone: "UTC", port: 0 });
  onTestFinished(() => server.close());
  return server;
}

/** With a Host header of one's own, which fetch does not allow. */
function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}

test("the page is served with its content policy, and packed when the browser can unpack it", async () => {
  const { url } = await aServer();
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'sha256-");
  expect(policy).not.toContain("unsafe");
  expect(await answer.text()).toContain("All 1 database fresh");
});

test.each(["evil.example", "evil.example:8484", "127.0.0.1.evil.example", "10.0.0.1:8484"])(
  "a request for the host %j is refused",
  async (host) => {
    const { url } = await aServer();
    expect(await statusWithHost(url, host)).toBe(421);
  },
);

test.each(["127.0.0.1", "localhost", "[::1]"])("a request for %s is answered, whatever the port", async (name) => {
  const { url } = await aServer();
  expect(await statusWithHost(url, `${name}:8484`)).toBe(200);
});

test("nothing can be written, and there is nothing else", async () => {
  const { url } = await aServer();
  const posted = await fetch(url, { method: "POST", body: "x" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  expect((await fetch(`${url}../etc/passwd`)).status).toBe(404);
});

test("the story of a day, and none for what is not there", async () => {
  const { url } = await aServer();
  await fetch(url);
  const story = (key: string, day: string) => fetch(`${url}story?${new URLSearchParams({ key, night: day })}`);
  expect(await (await story(`nightly-shop/${database}`, "2026-11-24")).text()).toContain(
    "good · slot Tue 24 Nov 02:30",
  );
  expect(await (await story(`nightly-shop/${database}`, "2026-11-01")).text()).toContain("holds no run");
  expect((await story("<script>/x", "2026-11-24")).status).toBe(404);
});

test("changes asked for with nonsense are everything there is", async () => {
  const { url } = await aServer();
  await fetch(url);
  const changes: unknown = await (await fetch(`${url}changes?feed=x&since=abc`)).json();
  expect(changes).toMatchObject({ version: 1, order: [`nightly-shop/${database}`] });
});

test("tables that cannot be read are said, not shown as an empty site", async () => {
  const { url } = await aServer(async () => {
    throw new Error("the disk is gone");
  });
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("the disk is gone")]);
});

test("an open page hears that the tables cannot be read any more", async () => {
  let broken = false;
  const { url } = await aServer(async () => {
    if (broken) throw new Error("the disk is gone");
    return status;
  });
  await fetch(url);
  broken = true;
  const heard = await firstEventWith(`${url}events`, "trouble");
  expect(heard).toContain("the status cannot be read");
});

async function firstEventWith(url: string, word: string): Promise<string> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const { body } = await fetch(url, { signal: stop.signal });
  let text = "";
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(word)) return text;
  }
  return text;
}

test("a port asked for and taken is an error that names it", async () => {
  const { url } = await aServer();
  const port = Number(new URL(url).port);
  const second = startPageServer({
    read: async () => status,
    stage: "test",
    siteFlags: "--local",
    timeZone: "UTC",
    port,
  });
  await expect(second).rejects.toThrow(CannotStart);
  await expect(second).rejects.toThrow(`port ${port} is taken`);
});

test("without a port asked for two sites on one machine each have their page", async () => {
  const start = async () => {
    const server = await startPageServer({
      read: async () => status,
      stage: "test",
      siteFlags: "--local",
      timeZone: "UTC",
    });
    onTestFinished(() => server.close());
    return server.url;
  };
  const [first, second] = [await start(), await start()];
  expect(first).not.toBe(second);
  expect((await fetch(second)).status).toBe(200);
});
