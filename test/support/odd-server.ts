// A web server for one test that answers as the test wants, however wrong, and remembers what it was asked.

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createOtcClient, type OtcClient, type OtcClientOptions } from "../../shared/otc/client.ts";
import type { OtcAuth } from "../../shared/otc/credentials.ts";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface OddServer {
  readonly url: string;
  readonly asked: Asked[];
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export async function oddServer(answer: Answer): Promise<OddServer> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      asked.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

export const projectId = "0483b6b16e954cb88930a360d2c4e663";
export const instanceId = "d8e6ca5a624745bcb546a227aa3ae1cfin01";
export const keys: OtcAuth = { method: "aksk", accessKey: "AK-MARKER-1f2e3d", secretKey: "SK-MARKER-9a8b7c6d5e" };
export const password: OtcAuth = {
  method: "token",
  domainName: "OTC-EU-DE-00000000001000012345",
  userName: "svc-backup",
  password: "PW-MARKER-äö&<REKRAM",
};
export const startAt = Date.UTC(2026, 0, 15, 3, 36, 55);

/** A clock on which sleeping takes no time at all. */
export function quickClock(at = startAt) {
  let now = at;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

/** A client whose both services are at `url`, with the access key unless told otherwise, impatient and without retries' chance. */
export function aClient(url: string, changes: Partial<OtcClientOptions> & { auth?: OtcAuth } = {}): OtcClient {
  const { auth = keys, ...options } = changes;
  return createOtcClient({
    endpoints: { iam: url, rds: url },
    projectId,
    credentials: { version: "v1", auth },
    clock: quickClock(),
    random: () => 0,
    limits: { connectMs: 500, totalMs: 500, maxResponseBytes: 64 * 1024 },
    ...options,
  });
}

/** The error a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call succeeded");
}

/** Grants every login, then answers as told. */
export function withLogin(answer: Answer, token = (login: number) => `MII-TOKEN-MARKER-${login}`): Answer {
  let logins = 0;
  return (asked, response) => {
    if (!asked.url.startsWith("/v3/auth/tokens")) return answer(asked, response);
    logins += 1;
    const body = { token: { issued_at: "2026-01-15T03:36:55.000000Z", expires_at: "2026-01-16T03:36:55.000000Z" } };
    json(response, 201, body, { "x-subject-token": token(logins) });
  };
}
