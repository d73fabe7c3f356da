/**
 * The imitated API over HTTP: IAM and RDS on one port. Turns what arrives into an ApiRequest and delivers the reply.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { deliver } from "./delivery.ts";
import type { ApiRequest } from "./exchange.ts";
import { parseJson, readBytes, splitTarget } from "./http.ts";
import { respond } from "./respond.ts";
import type { World } from "./world.ts";

function headersOf(req: IncomingMessage): Record<string, string> {
  const entries = Object.entries(req.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return Object.fromEntries(entries);
}

function toApiRequest(req: IncomingMessage, rawBody: Buffer, world: World): ApiRequest {
  const { rawPath, rawQuery } = splitTarget(req.url ?? "/");
  return {
    method: req.method ?? "GET",
    rawPath,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers: headersOf(req),
    rawBody,
    body: parseJson(rawBody),
    at: world.clock.now(),
    requestId: world.chance.hex32("request", world.log.total()),
  };
}

async function serve(req: IncomingMessage, res: ServerResponse, world: World): Promise<void> {
  const rawBody = await readBytes(req);
  if (rawBody === undefined) {
    res.writeHead(413).end();
    return;
  }
  const request = toApiRequest(req, rawBody, world);
  const response = respond(request, world);
  const { latencyMs, clockSkewSeconds } = response.knobs;
  await deliver(res, response, { at: request.at + clockSkewSeconds * 1000, requestId: request.requestId, latencyMs });
}

/** Serves the API of a world. A defect of the simulator itself answers 500 with its name, so that it is not mistaken for OTC's. */
export function apiListener(world: World): RequestListener {
  return (req, res) => {
    serve(req, res, world).catch((error: unknown) => {
      if (res.destroyed || res.headersSent) return res.destroy();
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      res.writeHead(500, { "Content-Type": "text/plain" }).end(`defect of the simulator: ${reason}\n`);
    });
  };
}
