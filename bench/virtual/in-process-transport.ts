// Requests of the real OTC client, answered by the simulator after a while on the clock, without a network.

import type { InProcessSimulator } from "../../local/simulator/in-process.ts";
import type { Transport } from "../../shared/otc/http.ts";
import type { Clock } from "../../shared/ports.ts";

/** Half of `latencyMs` passes on the way there and half on the way back; jittered by a quarter, the same way every time. */
export function inProcessTransport(simulator: InProcessSimulator, clock: Clock, latencyMs: number): Transport {
  let requests = 0;
  return async ({ method, target, headers, body }) => {
    requests += 1;
    const halfMs = (latencyMs / 2) * (0.75 + ((requests * 7) % 11) / 20);
    await clock.sleep(halfMs);
    const reply = simulator.answer({ method, target: `/${target}`, headers, body });
    await clock.sleep(halfMs);
    return { kind: "answer", status: reply.status, body: reply.body, header: (name) => reply.headers[name] };
  };
}
