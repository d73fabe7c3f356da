// Serves the status page on loopback: reads only, to this machine only. A browser that was lured here under another
// site's name (DNS rebinding) is refused by its Host header.

import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rowKey } from "../../shared/status/page/database-row.ts";
import { InstantText } from "../../shared/status/page/instant-text.ts";
import { renderPage } from "../../shared/status/page/render-page.ts";
import { renderStories } from "../../shared/status/page/story.ts";
import { style } from "../../shared/status/page/style.ts";
import type { SiteStatus } from "../../shared/status/status-model.ts";
import { listenOnLoopback } from "./loopback-port.ts";
import { StatusReader } from "./status-reader.ts";

export interface PageOptions {
  readonly read: () => Promise<SiteStatus>;
  readonly stage: string;
  /** How commands on the page name this site. */
  readonly siteFlags: string;
  readonly timeZone: string;
  /** A port of one's own choice must be free; without one the first free port from the usual one on is taken. 0: any. */
  readonly port?: number;
}

export interface PageServer {
  readonly url: string;
  /** A tick has ended: pages that are open should see what it did. */
  refresh(): void;
  close(): Promise<void>;
}

const beatMs = 15_000;

/** Throws when the port asked for is taken. */
export async function startPageServer(options: PageOptions): Promise<PageServer> {
  const script = await readFile(fileURLToPath(new URL("page-client.js", import.meta.url)), "utf8");
  const watchers = new Set<ServerResponse>();
  const tell = () => {
    for (const watcher of watchers) watcher.write(stateEvent(reader));
  };
  const reader = new StatusReader({
    read: options.read,
    view: options,
    feedId: randomUUID(),
    onNews: tell,
    isWatched: () => watchers.size > 0,
  });
  const page = { ...options, script, reader, watchers };
  const server = createServer((request, response) => void answer(page, request, response));
  const port = await listenOnLoopback(server, options.port);
  const beat = setInterval(() => {
    reader.refresh();
    tell();
  }, beatMs);
  beat.unref();
  const close = () => closeServer(server, { watchers, reader, beat });
  return { url: `http://127.0.0.1:${port}/`, refresh: () => reader.refresh(), close };
}

async function closeServer(
  server: Server,
  open: { watchers: Set<ServerResponse>; reader: StatusReader; beat: NodeJS.Timeout },
): Promise<void> {
  clearInterval(open.beat);
  open.reader.close();
  for (const watcher of open.watchers) watcher.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

interface Page extends PageOptions {
  readonly script: string;
  readonly reader: StatusReader;
  readonly watchers: Set<ServerResponse>;
}

async function answer(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(safeHeaders(page))) response.setHeader(name, value);
  if (!isLoopbackName(request.headers.host))
    return refuse(response, 421, "this page answers to this machine's own names only");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return refuse(response, 405, "this page can only be read");
  }
  const url = new URL(request.url ?? "/", "http://localhost");
  switch (url.pathname) {
    case "/":
      return sendPage(page, request, response);
    case "/changes":
      return sendChanges(page, url, response);
    case "/story":
      return sendStory(page, url, response);
    case "/events":
      return watch(page, request, response);
    default:
      return refuse(response, 404, "there is no such page here");
  }
}

/** Only what the page itself brings along is run, and nothing outside it is loaded or framed. */
function safeHeaders({ script }: Page): Record<string, string> {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return {
    "content-security-policy": `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
  };
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}

async function sendPage(page: Page, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { reader, script, stage } = page;
  await reader.current();
  const { parts, id, version } = reader.feed;
  if (parts === undefined) return refuse(response, 503, reader.trouble ?? "the site has not started yet");
  const text = renderPage({ parts, stage, style, script, feed: { id, version } });
  const packs = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  response.setHeader("content-type", "text/html; charset=utf-8");
  if (packs) response.setHeader("content-encoding", "gzip");
  response.end(packs ? gzipSync(text) : text);
}

function sendChanges({ reader }: Page, url: URL, response: ServerResponse): void {
  const since = Number(url.searchParams.get("since") ?? "-1");
  const changes = reader.feed.changesSince(
    url.searchParams.get("feed") ?? "",
    Number.isSafeInteger(since) ? since : -1,
  );
  response.setHeader("content-type", "application/json; charset=utf-8").end(JSON.stringify(changes));
}

function sendStory({ reader, timeZone, siteFlags }: Page, url: URL, response: ServerResponse): void {
  const [key, night] = [url.searchParams.get("key"), url.searchParams.get("night")];
  const database = reader.status?.databases.find((each) => rowKey(each) === key);
  if (database === undefined) {
    refuse(response, 404, "there is no such database any more");
    return;
  }
  const instants = new InstantText(timeZone);
  const runs = database.runs.filter((run) => instants.dayKey(run.slotAt) === night);
  response.setHeader("content-type", "text/html; charset=utf-8").end(renderStories(runs, instants, siteFlags).text);
}

/** Server-sent events: what is newest, at once, with every change, and every few seconds so that silence means death. */
function watch({ reader, watchers }: Page, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(stateEvent(reader));
  watchers.add(response);
  request.on("close", () => watchers.delete(response));
  reader.refresh();
}

function stateEvent({ feed, trouble }: StatusReader): string {
  return `event: state\ndata: ${JSON.stringify({ feed: feed.id, version: feed.version, trouble })}\n\n`;
}
