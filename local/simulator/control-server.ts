/**
 * The control over HTTP, for drivers in any language. JSON in, JSON out; what cannot be done is answered with an error and a hint, and
 * has changed nothing. The routes are in control-routes.ts.
 */
import type { IncomingMessage, RequestListener } from "node:http";
import * as z from "zod";
import type { SimulatorControl } from "./control.ts";
import { ControlProblem } from "./control-problem.ts";
import { type ControlRoute, ROUTES } from "./control-routes.ts";
import { parseJson, readBytes, splitTarget } from "./http.ts";

interface Answer {
  status: number;
  body: unknown;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ControlProblem(400, `"${segment}" in the path is not percent-encoded text`);
  }
}

function samePath(route: ControlRoute, segments: readonly string[]): boolean {
  const wanted = (route.route.split(" ")[1] ?? "").slice(1).split("/");
  return (
    wanted.length === segments.length && wanted.every((part, index) => part === "{id}" || part === segments[index])
  );
}

function findRoute(method: string, segments: readonly string[], rawPath: string): ControlRoute {
  const onPath = ROUTES.filter((route) => samePath(route, segments));
  const found = onPath.find((route) => route.route.startsWith(`${method} `));
  if (found !== undefined) return found;
  const others = onPath.map((route) => route.route).join(", ");
  throw new ControlProblem(
    404,
    `no ${method} ${rawPath}; ${others === "" ? "GET / lists what there is" : `there is ${others}`}`,
  );
}

function readQuery(route: ControlRoute, rawQuery: string): Record<string, string> {
  const query = Object.fromEntries(new URLSearchParams(rawQuery));
  const unknown = Object.keys(query).find((name) => !(route.query ?? []).includes(name));
  if (unknown !== undefined) throw new ControlProblem(400, `unknown query parameter "${unknown}"`);
  return query;
}

/** The JSON of a body, undefined without one. */
function readBody(bytes: Buffer): unknown {
  const body = parseJson(bytes);
  if (body === undefined && bytes.toString("utf8").trim() !== "") throw new ControlProblem(400, "the body is not JSON");
  return body;
}

function problemOf(error: unknown): { status: number; message: string } {
  if (error instanceof ControlProblem) return { status: error.status, message: error.message };
  if (error instanceof z.ZodError) return { status: 400, message: z.prettifyError(error) };
  return { status: 400, message: error instanceof Error ? error.message : String(error) };
}

async function answer(req: IncomingMessage, control: SimulatorControl): Promise<Answer> {
  const { rawPath, rawQuery } = splitTarget(req.url ?? "/");
  const segments = rawPath.split("/").filter((part) => part !== "");
  let found: ControlRoute | undefined;
  try {
    const bytes = await readBytes(req);
    if (bytes === undefined) return { status: 413, body: { error: "the body is larger than 12 MB" } };
    if (segments.length === 0)
      return { status: 200, body: Object.fromEntries(ROUTES.map(({ route, what }) => [route, what])) };
    found = findRoute(req.method ?? "GET", segments, rawPath);
    const call = { id: decoded(segments[1] ?? ""), query: readQuery(found, rawQuery), body: readBody(bytes) };
    return { status: 200, body: await found.run(control, call) };
  } catch (error) {
    const { status, message } = problemOf(error);
    return { status, body: { error: message, ...(found === undefined ? {} : { hint: found.what }) } };
  }
}

export function controlListener(control: SimulatorControl): RequestListener {
  return (req, res) => {
    answer(req, control)
      .then(({ status, body }) =>
        res.writeHead(status, { "Content-Type": "application/json" }).end(`${JSON.stringify(body)}\n`),
      )
      .catch(() => res.destroy());
  };
}
