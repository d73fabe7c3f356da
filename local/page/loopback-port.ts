// A port on this machine for the status page: the one asked for, or the first free one from the usual one on.

import type { Server } from "node:http";
import { CannotStart } from "../cannot-start.ts";

const usualPort = 8484;
const tries = 20;

/** Listens on 127.0.0.1 and returns the port. Throws CannotStart when `port` is given and taken, or nothing is free. */
export async function listenOnLoopback(server: Server, port?: number): Promise<number> {
  const candidates = port === undefined ? Array.from({ length: tries }, (_, i) => usualPort + i) : [port];
  for (const candidate of candidates) {
    const listening = await listen(server, candidate);
    if (listening !== undefined) return listening;
  }
  throw new CannotStart(
    port === undefined
      ? `no port from ${usualPort} to ${usualPort + tries - 1} is free for the status page`
      : `port ${port} is taken, so the status page cannot be served there`,
    "--page-port names another port, 0 takes any; --no-page does without",
  );
}

/** The port, or nothing when it is taken or reserved. Other errors throw. */
function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => {
      server.removeListener("listening", listening);
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    };
    const listening = () => {
      server.removeListener("error", refused);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    };
    server.once("error", refused).once("listening", listening);
    server.listen(port, "127.0.0.1");
  });
}
