/**
 * How a reply reaches the client: whole, late, in drips, halved, or not at all. The only place where real time passes.
 */
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { ApiReply } from "./exchange.ts";
import type { FaultAction } from "./faults.ts";
import type { Response } from "./respond.ts";

/** Headers every reply carries besides its own. */
export interface Envelope {
  at: number;
  requestId: string;
}

function contentOf(reply: ApiReply): Buffer {
  if (reply.text !== undefined) return Buffer.from(reply.text);
  return reply.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(reply.body));
}

function writeHead(res: ServerResponse, reply: ApiReply, envelope: Envelope & { length: number | undefined }): void {
  const type: Record<string, string> =
    envelope.length !== 0 ? { "Content-Type": "application/json;charset=UTF-8" } : {};
  res.sendDate = false;
  res.writeHead(reply.status, {
    ...type,
    ...(reply.status === 204 || envelope.length === undefined ? {} : { "Content-Length": String(envelope.length) }),
    Date: new Date(envelope.at).toUTCString(),
    "X-Request-Id": envelope.requestId,
    ...reply.headers,
  });
}

async function drip(
  res: ServerResponse,
  content: Buffer,
  fault: Extract<FaultAction, { kind: "slow-body" }>,
): Promise<void> {
  for (let sent = 0; sent < content.length && !res.destroyed; sent += fault.chunkBytes) {
    res.write(content.subarray(sent, sent + fault.chunkBytes));
    await pause(fault.everyMs);
  }
  res.end();
}

/** Resolves when the client has taken what was written, or has gone. */
function takenOrClosed(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off("drain", done);
      res.off("close", done);
      resolve();
    };
    res.on("drain", done);
    res.on("close", done);
  });
}

/** A body that begins like an answer and then goes on and on, as fast as the client takes it. */
async function flood(res: ServerResponse, bytes: number): Promise<void> {
  const block = Buffer.alloc(65_536, " ");
  res.write("{");
  for (let sent = 1; sent < bytes && !res.destroyed; sent += block.length) {
    if (!res.write(block)) await takenOrClosed(res);
  }
  res.end();
}

/** Sends the reply the way the fault wants; resolves when nothing more will be written. */
export async function deliver(
  res: ServerResponse,
  response: Response,
  envelope: Envelope & { latencyMs: number },
): Promise<void> {
  const { reply, fault } = response;
  if (fault?.kind === "drop-before" || fault?.kind === "drop-after") {
    res.destroy();
    return;
  }
  const delayMs = envelope.latencyMs + (fault?.kind === "delay" ? fault.ms : 0);
  if (delayMs > 0) await pause(delayMs);
  if (res.destroyed) return;
  const content = contentOf(reply);
  const half = content.subarray(0, Math.floor(content.length / 2));
  const announced = fault?.kind === "truncate" && !fault.cut ? half.length : content.length;
  writeHead(res, reply, { ...envelope, length: fault?.kind === "huge-body" ? undefined : announced });
  if (fault?.kind === "huge-body") return flood(res, fault.bytes);
  if (fault?.kind === "slow-body") return drip(res, content, fault);
  if (fault?.kind !== "truncate") res.end(content);
  else if (fault.cut) res.write(half, () => res.destroy());
  else res.end(half);
}
