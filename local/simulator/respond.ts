/**
 * From a request to the reply that is meant: route, fault, gateway, operation, and the log entry. How the reply then travels is
 * delivery.ts. Synchronous, so that no two requests ever interleave inside the state.
 */
import type { ApiReply, ApiRequest } from "./exchange.ts";
import { alterReply, replyInstead } from "./fault-replies.ts";
import type { CallSubject, FaultAction } from "./faults.ts";
import { admit, type Gate } from "./gateway.ts";
import type { Knobs } from "./knobs.ts";
import { projectOfLogin } from "./login-request.ts";
import { findRoute, type Route } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { Refusal } from "./refusals.ts";
import { withUnknownFields } from "./unknown-fields.ts";
import type { World } from "./world.ts";

export interface Response {
  reply: ApiReply;
  fault: FaultAction | undefined;
  /** The knobs in force for the project of the request. */
  knobs: Knobs;
}

function textField(body: unknown, field: string): string | undefined {
  if (typeof body !== "object" || body === null || !(field in body)) return undefined;
  const value: unknown = Reflect.get(body, field);
  return typeof value === "string" ? value : undefined;
}

/** The project a request is for: of its path, of its token or key, or the one it wants to log in to. */
function projectOf(request: ApiRequest, route: Route | undefined, world: World): string | undefined {
  const { headers, body } = request;
  const ofToken = world.store.tokens.get(headers["x-auth-token"] ?? "")?.projectId ?? undefined;
  const ofLogin = route?.operation.name === "create-token" ? projectOfLogin(body, world)?.id : undefined;
  return route?.params.projectId ?? headers["x-project-id"] ?? ofToken ?? ofLogin;
}

/** What the call is about, for fault rules and the log. */
function subjectOf(request: ApiRequest, route: Route | undefined, world: World): CallSubject {
  const params = route?.params ?? {};
  const backup = world.store.backups.get(params.backupId ?? request.query.get("backup_id") ?? "");
  const instanceId = params.instanceId ?? request.query.get("instance_id") ?? textField(request.body, "instance_id");
  const projectId = projectOf(request, route, world);
  return {
    operation: route?.operation.name ?? "unknown",
    method: request.method,
    projectId,
    region: world.store.projects.get(projectId ?? "")?.region,
    instanceId: instanceId ?? backup?.instanceId,
    name: textField(request.body, "name") ?? backup?.name,
  };
}

/** Lets the operation take effect and answer; a refusal becomes an error in the form of its service. */
function perform(request: ApiRequest, route: Route | undefined, context: Gate & { fault: FaultAction | undefined }) {
  const { world, fault } = context;
  let user: string | undefined;
  try {
    if (route === undefined) throw world.refusal("unknownPath");
    const caller = admit(request, route, context);
    user = caller?.user.name;
    const reply = route.operation.answer({ ...request, params: route.params, caller, fault }, world);
    return { reply: world.knobs.unknownFields ? withUnknownFields(reply, request.requestId) : reply, user };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const service = route?.operation.service ?? "rds";
    const reply = world.errorReply(error.spec, service, request.requestId);
    return { reply: { ...reply, headers: { ...reply.headers, ...error.headers } }, user };
  }
}

/** Answers one request, consuming at most one fault rule; the log entry is written before the answer leaves. */
export function respond(request: ApiRequest, everywhere: World): Response {
  const route = findRoute(OPERATIONS, request.method, request.rawPath);
  const subject = subjectOf(request, route, everywhere);
  const world = everywhere.forProject(subject.projectId);
  const fault = world.faults.pick(subject, request.at);
  const instead = replyInstead(fault, request, world);
  const performed =
    instead === undefined || instead.performed
      ? perform(request, route, { world, projectId: subject.projectId, fault })
      : undefined;
  const meant = instead?.reply ?? performed?.reply ?? { status: 500 };
  const reply = alterReply(meant, fault, { request, world });
  const dropped = fault?.kind === "drop-before" || fault?.kind === "drop-after";
  const path = request.rawQuery === "" ? request.rawPath : `${request.rawPath}?${request.rawQuery}`;
  const status = dropped ? 0 : reply.status;
  world.log.add({ at: request.at, ...subject, path, status, user: performed?.user, fault: fault?.kind });
  return { reply, fault, knobs: world.knobs };
}
