// No secret leaves the client: every way to fail is provoked with secrets that are easy to recognise, by a server that
// echoes all it was sent, and everything that comes out is searched for them.

import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import { LambdaLog } from "../../../shared/adapters/lambda-log.ts";
import { otcAccount } from "../../../shared/adapters/otc-account.ts";
import type { OtcCall } from "../../../shared/otc/exchange.ts";
import {
  type Answer,
  aClient,
  errorOf,
  instanceId,
  json,
  keys,
  oddServer,
  password,
  withLogin,
} from "../../support/odd-server.ts";

const marker = /MARKER|REKRAM/;
const temporary = { ...keys, securityToken: "ST-MARKER-000111" };

/** The way gateways do it: the refused request, headers and all, inside the message. */
const echo =
  (status: number, shape: (text: string) => unknown): Answer =>
  (asked, response) => {
    const text = `refused: ${JSON.stringify(asked.headers)} ${asked.body} ${encodeURIComponent(asked.body)}`;
    json(response, status, shape(text), { "x-request-id": String(asked.headers["x-auth-token"] ?? "r-1") });
  };

const failures: readonly Answer[] = [
  ...[400, 401, 429, 503].flatMap((status) => [
    echo(status, (text) => ({ error_code: "APIGW.9999", error_msg: text })),
    echo(status, (text) => ({ errCode: text.slice(9, 60), externalMessage: text })),
    echo(status, (text) => ({ error: { code: status, message: text, title: text } })),
  ]),
  echo(401, (text) => ({
    error_code: "APIGW.0301",
    error_msg: `verify aksk signature fail, canonicalRequest:GET|/v3/|${text}`,
  })),
  echo(200, (text) => ({ backups: text, quotas: text, instances: text })),
  (_asked, response) => void response.destroy(),
  (asked, response) =>
    void response.writeHead(502, { "content-type": "text/html" }).end(`<pre>${JSON.stringify(asked)}</pre>`),
];

/** Every form in which a value may end up in a text. */
function spelled(value: unknown): string {
  const own = value instanceof Error ? [value.stack, value.message, String(value), { ...value }] : [];
  const deep = inspect(value, { depth: null, showHidden: true, getters: true });
  return [deep, JSON.stringify(value), ...own.map((part) => inspect(part, { depth: null, showHidden: true }))].join(
    "\n",
  );
}

test.each([
  ["a password", password],
  ["an access key", keys],
  ["temporary keys", temporary],
] as const)("with %s nothing that fails gives it away", async (_name, auth) => {
  const texts: string[] = [];
  const calls: OtcCall[] = [];
  for (const failure of failures) {
    for (const answer of [failure, withLogin(failure)]) {
      const server = await oddServer(answer);
      const client = aClient(server.url, { auth, observe: (call) => void calls.push(call) });
      texts.push(spelled(await errorOf(client.listInstances())));
      const deadlines = { read: () => undefined, write: () => Number.POSITIVE_INFINITY };
      const account = otcAccount({
        client,
        deadlines,
        kept: { last: undefined, unfinished: undefined },
        foresee: () => {},
        makeRoom: async () => {},
        now: () => 0,
      });
      const results = [
        await account.listBackups(instanceId),
        await account.createBackup({ instanceId, name: "otcbk-x" }),
        await account.deleteBackup("b-1"),
        await account.quotas(),
      ];
      texts.push(...results.map(spelled), ...logged(results));
    }
  }
  texts.push(spelled(calls));
  expect(texts.filter((text) => text.includes('"event":"call-failed"')).length).toBeGreaterThan(50);
  expect(texts.filter((text) => marker.test(text)).slice(0, 2)).toEqual([]);
});

/** What the logger of the functions prints of them. */
function logged(results: readonly { readonly ok: boolean }[]): string[] {
  const printed: string[] = [];
  const note = (text: unknown) => printed.push(String(text)) > 0;
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write").mockImplementation(note));
  const log = new LambdaLog({ function: "create-backups", stage: "test" });
  for (const result of results) {
    if ("failure" in result)
      log.error({ event: "call-failed", message: "a call failed", failure: result.failure as never });
  }
  for (const stream of streams) stream.mockRestore();
  return printed;
}
