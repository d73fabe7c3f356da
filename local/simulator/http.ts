/**
 * The plumbing of both servers: listen on loopback, read a request whole, close at once. Deliberately without any meaning.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";

const MAX_HEADERS_BYTES = 160 * 1024;
const MAX_BODY_BYTES = 12 * 1024 * 1024;
const HOST = "127.0.0.1";

/** Starts a server on a loopback port (0: any free one). Rejects with a message naming the port when it cannot. */
export function listen(port: number, listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer({ maxHeaderSize: MAX_HEADERS_BYTES, keepAliveTimeout: 60_000 }, listener);
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === "EADDRINUSE" ? "is in use" : `cannot be opened (${cause.code ?? cause.message})`;
      reject(new Error(`port ${port} on ${HOST} ${reason}`, { cause }));
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      const actual = typeof address === "object" && address !== null ? address.port : port;
      resolve({ server, url: `http://${HOST}:${actual}` });
    });
  });
}

/** Ends a server without waiting for clients that keep connections open. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The whole body; undefined when it is larger than the gateway takes. */
export async function readBytes(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** JSON or undefined. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Path and query of a request target, both exactly as sent. */
export function splitTarget(target: string): { rawPath: string; rawQuery: string } {
  const mark = target.indexOf("?");
  if (mark === -1) return { rawPath: target, rawQuery: "" };
  return { rawPath: target.slice(0, mark), rawQuery: target.slice(mark + 1) };
}
