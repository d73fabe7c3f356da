/**
 * The simulator without a network, for whoever brings a clock of its own: a request in, the reply out, at once. How replies travel
 * (late, halved, dripping) is delivery.ts's and is left out here.
 */
import type { SimulatorControl } from "./control.ts";
import { splitTarget } from "./http.ts";
import { respond } from "./respond.ts";
import { buildWorld, type SimulatorOptions } from "./simulator.ts";

export interface InProcessRequest {
  readonly method: string;
  /** Path and query as sent, with the leading slash. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface InProcessReply {
  readonly status: number;
  readonly body: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface InProcessSimulator {
  readonly control: SimulatorControl;
  answer(request: InProcessRequest): InProcessReply;
}

/** Throws when a knob or the fleet is wrong. */
export function openInProcess(
  options: Omit<SimulatorOptions, "port" | "controlPort" | "statePath">,
): InProcessSimulator {
  const { world, control } = buildWorld(options);
  const answer = ({ method, target, headers, body }: InProcessRequest): InProcessReply => {
    const { rawPath, rawQuery } = splitTarget(target);
    const at = world.clock.now();
    const requestId = world.chance.hex32("request", world.log.total());
    const { reply } = respond(
      {
        ...{ method, rawPath, rawQuery, at, requestId },
        query: new URLSearchParams(rawQuery),
        headers: lowerCased(headers),
        rawBody: Buffer.from(body ?? ""),
        body: body === undefined ? undefined : JSON.parse(body),
      },
      world,
    );
    const own = { "content-type": "application/json", date: new Date(at).toUTCString(), "x-request-id": requestId };
    const text = reply.text ?? (reply.body === undefined ? "" : JSON.stringify(reply.body));
    return { status: reply.status, body: text, headers: { ...own, ...lowerCased(reply.headers ?? {}) } };
  };
  return { control, answer };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
