/**
 * The routes of the control API: one small table onto SimulatorControl, each with the form of its body. Every body and query is
 * checked whole; nothing is half done.
 */
import * as z from "zod";
import type { SimulatorControl } from "./control.ts";
import { backupChangeSchema, backupSeedSchema } from "./control-backups.ts";
import { ControlProblem } from "./control-problem.ts";
import { faultRuleSchema } from "./faults.ts";
import { accountSeedSchema } from "./fleet-seed.ts";
import { parseKnobChange } from "./knobs.ts";
import { instanceSchema } from "./records.ts";

export interface ControlCall {
  id: string;
  query: Record<string, string>;
  body: unknown;
}

export interface ControlRoute {
  /** Method and path; `{id}` stands for one segment. */
  route: string;
  what: string;
  /** Query parameters it understands. */
  query?: readonly string[];
  run(control: SimulatorControl, call: ControlCall): unknown;
}

const instant = z.union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))], {
  error: "is neither milliseconds since 1970 nor an ISO 8601 instant with Z or offset",
});
const clockSchema = z
  .strictObject({
    at: instant.optional(),
    advanceMs: z.number().optional(),
    speed: z.number().min(0).max(100_000).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, "names none of at, advanceMs, speed");
const occupySchema = z.strictObject({ minutes: z.number().positive().max(1_000_000), status: z.string().optional() });
const lockSchema = z.strictObject({ minutes: z.number().positive().max(1_000_000) });
const passwordSchema = z.strictObject({ password: z.string().min(1) });

function readClock(control: SimulatorControl): unknown {
  const at = control.now();
  return { at, iso: new Date(at).toISOString(), speed: control.speed() };
}

async function changeClock(control: SimulatorControl, { body }: ControlCall): Promise<unknown> {
  const { at, advanceMs, speed } = clockSchema.parse(body);
  if (at !== undefined) await control.moveClock(at);
  if (advanceMs !== undefined) await control.moveClock(control.now() + advanceMs);
  if (speed !== undefined) control.setSpeed(speed);
  return readClock(control);
}

function truth(control: SimulatorControl): unknown {
  return {
    now: control.now(),
    projects: control.projects(),
    instances: control.instances(),
    backups: control.backups(),
    logins: control.logins(),
    calls: control.calls(),
  };
}

/** The changed fields on top of what the instance is; a field that does not exist is an error. */
function changeInstance(control: SimulatorControl, { id, body }: ControlCall): unknown {
  const change = z.record(z.string(), z.unknown()).parse(body);
  const current = control.instances().find((instance) => instance.id === id);
  if (current === undefined) throw new ControlProblem(404, `no instance "${id}"; GET /instances lists them`);
  const fixed = ["id", "projectId", "lastBackupId"].find((field) => field in change);
  if (fixed !== undefined) throw new ControlProblem(400, `${fixed} cannot be changed`);
  const { currentStatus: _, ...record } = current;
  return control.changeInstance(id, instanceSchema.parse({ ...record, ...change }));
}

function callLog(control: SimulatorControl, { query }: ControlCall): unknown {
  const { limit = "1000" } = query;
  if (!/^[1-9]\d{0,5}$/.test(limit))
    throw new ControlProblem(400, `limit is "${limit}"; it must be a whole number from 1`);
  return control.callLog(Number(limit));
}

const done = (action: () => void): unknown => {
  action();
  return { done: true };
};

const CLOCK_AND_PLAN: readonly ControlRoute[] = [
  { route: "GET /clock", what: "simulated time and speed", run: readClock },
  { route: "PUT /clock", what: "{at?: ms or ISO, advanceMs?, speed?}", run: changeClock },
  {
    route: "GET /knobs",
    what: "all knobs; ?projectId= those in force for one project",
    query: ["projectId"],
    run: (control, { query }) => control.knobs(query.projectId),
  },
  {
    route: "PATCH /knobs",
    what: "change the knobs named; ?projectId= for one project only",
    query: ["projectId"],
    run: (control, { body, query }) => control.setKnobs(parseKnobChange(body), query.projectId),
  },
  { route: "GET /faults", what: "the fault plan with counts", run: (control) => control.faults() },
  {
    route: "PUT /faults",
    what: "replace the plan: [rule, …]",
    run: (control, { body }) => {
      control.setFaults(z.array(faultRuleSchema).parse(body));
      return control.faults();
    },
  },
  {
    route: "POST /faults",
    what: "append one rule: {operation?, action: {kind, …}, times?, nth?, …}",
    run: (control, { body }) => done(() => control.addFault(faultRuleSchema.parse(body))),
  },
  { route: "DELETE /faults", what: "no more faults", run: (control) => done(() => control.clearFaults()) },
];

const RECORDS: readonly ControlRoute[] = [
  { route: "GET /truth", what: "everything that really exists", run: truth },
  { route: "GET /instances", what: "all instances, removed ones too", run: (control) => control.instances() },
  {
    route: "POST /instances",
    what: "add: {id, name, projectId?, engine?, type?, tags?, …}",
    run: (control, { body }) => control.addInstance(instanceSchema.parse(body)),
  },
  { route: "PATCH /instances/{id}", what: "change the fields named", run: changeInstance },
  { route: "DELETE /instances/{id}", what: "remove", run: (control, { id }) => done(() => control.removeInstance(id)) },
  {
    route: "POST /instances/{id}/occupy",
    what: "busy from now on: {minutes, status?}",
    run: (control, { id, body }) => {
      const { minutes, status } = occupySchema.parse(body);
      return done(() => control.occupyInstance(id, minutes, status));
    },
  },
  {
    route: "POST /instances/{id}/stop",
    what: "SHUTDOWN from now on",
    run: (control, { id }) => control.stopInstance(id),
  },
  { route: "POST /instances/{id}/start", what: "started again", run: (control, { id }) => control.startInstance(id) },
  {
    route: "GET /backups",
    what: "all there ever were; ?instanceId=&name=",
    query: ["instanceId", "name"],
    run: (control, { query }) => control.backups({ instanceId: query.instanceId, name: query.name }),
  },
  {
    route: "POST /backups",
    what: "add a row: {instanceId, name, beginAt, type?, endAt?, outcome?, sizeKb?}",
    run: (control, { body }) => control.addBackup(backupSeedSchema.parse(body)),
  },
  {
    route: "PATCH /backups/{id}",
    what: "{now?: complete|fail|reopen|vanish, sizeKb?, failReason?, restoringUntilAt?}",
    run: (control, { id, body }) => control.changeBackup(id, backupChangeSchema.parse(body)),
  },
];

const IDENTITY_AND_LOG: readonly ControlRoute[] = [
  { route: "GET /accounts", what: "projects with their region and domain", run: (control) => control.projects() },
  {
    route: "POST /accounts",
    what: "add: {name, region, projectId, projectName?, domainName, users: [{name, password, accessKey?, secretKey?, actions?}]}",
    run: (control, { body }) => control.addAccount(accountSeedSchema.parse(body)),
  },
  { route: "GET /logins", what: "logins tried and failed per user", run: (control) => control.logins() },
  {
    route: "POST /users/{id}/lock",
    what: "{minutes}; {id} is a user name or domain%2Fname",
    run: (control, { id, body }) => done(() => control.lockAccount(id, lockSchema.parse(body).minutes)),
  },
  {
    route: "POST /users/{id}/password",
    what: "{password}",
    run: (control, { id, body }) => done(() => control.changePassword(id, passwordSchema.parse(body).password)),
  },
  { route: "POST /tokens/expire", what: "all tokens end now", run: (control) => ({ expired: control.expireTokens() }) },
  { route: "GET /calls", what: "calls by operation and status", run: (control) => control.calls() },
  { route: "GET /call-log", what: "the latest calls; ?limit=", query: ["limit"], run: callLog },
  { route: "POST /reset", what: "as at the start, but for the clock", run: (control) => done(() => control.reset()) },
];

export const ROUTES: readonly ControlRoute[] = [...CLOCK_AND_PLAN, ...RECORDS, ...IDENTITY_AND_LOG];
