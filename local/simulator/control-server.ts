/**
 * The control over HTTP, for drivers in any language: one small table of routes onto SimulatorControl. JSON in, JSON out.
 */
import type { IncomingMessage, RequestListener } from "node:http";
import * as z from "zod";
import type { SimulatorControl } from "./control.ts";
import { type BackupSeed, backupChangeSchema, backupSeedSchema } from "./control-backups.ts";
import { type FaultRuleSeed, faultRuleSchema } from "./faults.ts";
import { parseJson, readBytes, splitTarget } from "./http.ts";
import { type Knobs, parseKnobs } from "./knobs.ts";
import { instanceSchema } from "./records.ts";

interface ControlCall {
  id: string;
  query: URLSearchParams;
  body: unknown;
}

interface ControlRoute {
  route: string;
  what: string;
  run(control: SimulatorControl, call: ControlCall): unknown;
}

const instant = z.union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);
const clockSchema = z.strictObject({
  at: instant.optional(),
  advanceMs: z.number().optional(),
  speed: z.number().min(0).optional(),
});
const instanceChangeSchema = z.record(z.string(), z.unknown());

function readClock(control: SimulatorControl): unknown {
  const at = control.now();
  return { at, iso: new Date(at).toISOString(), speed: control.speed() };
}

function changeClock(control: SimulatorControl, { body }: ControlCall): unknown {
  const { at, advanceMs, speed } = clockSchema.parse(body);
  if (at !== undefined) control.setClock(at);
  if (advanceMs !== undefined) control.advanceClock(advanceMs);
  if (speed !== undefined) control.setSpeed(speed);
  return readClock(control);
}

function replaceFaults(control: SimulatorControl, { body }: ControlCall): unknown {
  const rules: FaultRuleSeed[] = z.array(faultRuleSchema).parse(body);
  control.setFaults(rules);
  return control.faults();
}

function filterOf(query: URLSearchParams): { instanceId: string | undefined; name: string | undefined } {
  return { instanceId: query.get("instanceId") ?? undefined, name: query.get("name") ?? undefined };
}

function truth(control: SimulatorControl): unknown {
  return {
    now: control.now(),
    instances: control.instances(),
    backups: control.backups(),
    logins: control.logins(),
    calls: control.calls(),
  };
}

function changeKnobs(control: SimulatorControl, { body }: ControlCall): Knobs {
  return control.setKnobs(parseKnobs(body, control.knobs()));
}

function changeInstance(control: SimulatorControl, { id, body }: ControlCall): unknown {
  const change = instanceChangeSchema.parse(body);
  const known = control.instances().find((instance) => instance.id === id);
  if (known === undefined) throw new Error(`no instance "${id}"`);
  const { currentStatus: _, ...record } = known;
  return control.changeInstance(id, instanceSchema.parse({ ...record, ...change }));
}

const done = (action: () => void): unknown => {
  action();
  return { done: true };
};
const minutesOf = (body: unknown) =>
  z.strictObject({ minutes: z.number().positive(), status: z.string().optional() }).parse(body);
const passwordOf = (body: unknown) => z.strictObject({ password: z.string().min(1) }).parse(body).password;
const seedOf = (body: unknown): BackupSeed => backupSeedSchema.parse(body);

const ROUTES: readonly ControlRoute[] = [
  { route: "GET /clock", what: "simulated time and speed", run: readClock },
  { route: "PUT /clock", what: "{at?, advanceMs?, speed?}", run: changeClock },
  { route: "GET /knobs", what: "all knobs", run: (control) => control.knobs() },
  { route: "PATCH /knobs", what: "change the knobs named", run: changeKnobs },
  { route: "GET /faults", what: "the fault plan with counts", run: (control) => control.faults() },
  { route: "PUT /faults", what: "replace the plan: [rule, …]", run: replaceFaults },
  {
    route: "POST /faults",
    what: "append one rule",
    run: (control, { body }) => done(() => control.addFault(faultRuleSchema.parse(body))),
  },
  { route: "DELETE /faults", what: "no more faults", run: (control) => done(() => control.clearFaults()) },
  { route: "GET /truth", what: "everything that really exists", run: truth },
  { route: "GET /instances", what: "all instances, removed ones too", run: (control) => control.instances() },
  {
    route: "POST /instances",
    what: "add: {id, name, engine?, type?, tags?, …}",
    run: (control, { body }) => control.addInstance(instanceSchema.parse(body)),
  },
  { route: "PATCH /instances/{id}", what: "change the fields named", run: changeInstance },
  { route: "DELETE /instances/{id}", what: "remove", run: (control, { id }) => done(() => control.removeInstance(id)) },
  {
    route: "POST /instances/{id}/occupy",
    what: "{minutes, status?}",
    run: (control, { id, body }) =>
      done(() => control.occupyInstance(id, minutesOf(body).minutes, minutesOf(body).status)),
  },
  {
    route: "GET /backups",
    what: "?instanceId=&name= : all there ever were",
    run: (control, { query }) => control.backups(filterOf(query)),
  },
  {
    route: "POST /backups",
    what: "add a row: {instanceId, name, beginAt, …}",
    run: (control, { body }) => control.addBackup(seedOf(body)),
  },
  {
    route: "PATCH /backups/{id}",
    what: "{now?: complete|fail|vanish, sizeKb?, restoringUntilAt?}",
    run: (control, { id, body }) => control.changeBackup(id, backupChangeSchema.parse(body)),
  },
  { route: "GET /logins", what: "logins tried and failed per user", run: (control) => control.logins() },
  { route: "GET /calls", what: "calls by operation and status", run: (control) => control.calls() },
  {
    route: "GET /call-log",
    what: "?limit= : the latest calls",
    run: (control, { query }) => control.callLog(Number(query.get("limit") ?? 1000)),
  },
  {
    route: "POST /users/{id}/lock",
    what: "{minutes}",
    run: (control, { id, body }) => done(() => control.lockAccount(id, minutesOf(body).minutes)),
  },
  {
    route: "POST /users/{id}/password",
    what: "{password}",
    run: (control, { id, body }) => done(() => control.changePassword(id, passwordOf(body))),
  },
  { route: "POST /tokens/expire", what: "all tokens end now", run: (control) => ({ expired: control.expireTokens() }) },
  { route: "POST /reset", what: "as at the start, but for the clock", run: (control) => done(() => control.reset()) },
];

function matches(route: string, method: string, segments: readonly string[]): boolean {
  const [wantedMethod, path = ""] = route.split(" ");
  const wanted = path.slice(1).split("/");
  if (wantedMethod !== method || wanted.length !== segments.length) return false;
  return wanted.every((part, index) => part === "{id}" || part === segments[index]);
}

async function answer(req: IncomingMessage, control: SimulatorControl): Promise<{ status: number; body: unknown }> {
  const bytes = (await readBytes(req)) ?? Buffer.alloc(0);
  const { rawPath, rawQuery } = splitTarget(req.url ?? "/");
  const segments = rawPath.split("/").filter((part) => part !== "");
  if (segments.length === 0)
    return { status: 200, body: Object.fromEntries(ROUTES.map(({ route, what }) => [route, what])) };
  const found = ROUTES.find(({ route }) => matches(route, req.method ?? "GET", segments));
  if (found === undefined)
    return { status: 404, body: { error: `no ${req.method} ${rawPath}`, hint: "GET / lists what there is" } };
  const call = {
    id: decodeURIComponent(segments[1] ?? ""),
    query: new URLSearchParams(rawQuery),
    body: parseJson(bytes),
  };
  try {
    return { status: 200, body: found.run(control, call) };
  } catch (error) {
    const message =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    return { status: 400, body: { error: message, hint: found.what } };
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
