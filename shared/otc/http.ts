/**
 * One HTTP request, answered as data: an answer, or a failure that says whether bytes of the request may have
 * left. It never throws, never retries, never follows a redirect, and lets nothing of the HTTP library out, since
 * its objects hold headers and bodies. What an answer means is decided elsewhere.
 */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import got, { type Request } from "got";

export interface HttpRequest {
  /** Scheme, host and port. */
  readonly baseUrl: string;
  readonly method: "GET" | "POST" | "DELETE";
  /** Path and query as sent, without the leading slash. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly body: string;
  header(name: string): string | undefined;
}

export interface HttpFailure {
  readonly kind: "failure";
  readonly reason: "timeout" | "too-large" | "connection";
  /** Code of the system or of TLS, such as `ECONNRESET`. */
  readonly code: string;
  /** Whether a connection was ready to carry the request: if not, OTC has seen none of it. */
  readonly sent: boolean;
}

export interface HttpLimits {
  /** For each of name look-up, TCP connect and TLS handshake. */
  readonly connectMs: number;
  /** From the first step to the last byte of the answer. */
  readonly totalMs: number;
  /** After decompression. */
  readonly maxResponseBytes: number;
}

export type Transport = (request: HttpRequest) => Promise<HttpAnswer | HttpFailure>;

/**
 * A process that was frozen wakes up with connections which the gateway has closed long ago; a create sent on one
 * of them ends with an unknown outcome. After such a pause all connections are made anew.
 */
const LONGEST_IDLE_MS = 20_000;

const ignoreLateError = () => {};

/** A transport with its own keep-alive connections. Idle ones do not keep the process alive. */
export function createTransport(limits: HttpLimits, now: () => number): Transport {
  let agents = createAgents();
  let inFlight = 0;
  let lastUsedAt = now();
  return async (request) => {
    if (inFlight === 0 && Math.abs(now() - lastUsedAt) > LONGEST_IDLE_MS) {
      agents.http.destroy();
      agents.https.destroy();
      agents = createAgents();
    }
    inFlight += 1;
    try {
      return await send(request, limits, agents);
    } finally {
      inFlight -= 1;
      lastUsedAt = now();
    }
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function createAgents(): Agents {
  return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
}

async function send(request: HttpRequest, limits: HttpLimits, agents: Agents): Promise<HttpAnswer | HttpFailure> {
  const connection = { ready: false };
  const stream = openStream(request, limits, agents);
  stream.on(
    "request",
    (outgoing: { reusedSocket?: boolean; once(event: "socket", listen: (s: Socket) => void): void }) => {
      outgoing.once("socket", (socket) => noteReadiness(socket, outgoing.reusedSocket === true, connection));
    },
  );
  try {
    return await readAnswer(stream, limits.maxResponseBytes);
  } catch (error) {
    return toFailure(error, connection.ready);
  } finally {
    stream.on("error", ignoreLateError);
    stream.destroy();
  }
}

function openStream(request: HttpRequest, limits: HttpLimits, agents: Agents): Request {
  const stream = got.stream(request.target, {
    prefixUrl: request.baseUrl,
    allowAbsoluteUrls: false,
    method: request.method,
    headers: request.headers,
    ...(request.body !== undefined && { body: request.body }),
    agent: agents,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: {
      lookup: limits.connectMs,
      connect: limits.connectMs,
      secureConnect: limits.connectMs,
      request: limits.totalMs,
    },
    // Said explicitly, so that no variable of the environment can switch the check of certificates off.
    https: { rejectUnauthorized: true, minVersion: "TLSv1.2" },
  });
  if (request.method === "DELETE") stream.end();
  return stream;
}

/** A TLS socket reports `secureConnect` only after its certificate was accepted; no byte of the request leaves before. */
function noteReadiness(socket: Socket, reused: boolean, connection: { ready: boolean }): void {
  if (reused) {
    connection.ready = true;
    return;
  }
  socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
    connection.ready = true;
  });
}

class TooLarge extends Error {}

async function readAnswer(stream: Request, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let response: { statusCode: number; headers: NodeJS.Dict<string | string[]> } | undefined;
  stream.once("response", (received) => {
    response = received;
  });
  for await (const chunk of stream) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > maxBytes) throw new TooLarge();
    chunks.push(part);
  }
  if (response === undefined) throw new Error("the stream ended without a response");
  const { statusCode, headers } = response;
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  return { kind: "answer", status: statusCode, body: Buffer.concat(chunks).toString("utf8"), header };
}

function toFailure(error: unknown, sent: boolean): HttpFailure {
  if (error instanceof TooLarge) return { kind: "failure", reason: "too-large", code: "TOO_LARGE", sent: true };
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
  return { kind: "failure", reason: code === "ETIMEDOUT" ? "timeout" : "connection", code, sent };
}
