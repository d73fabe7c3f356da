/**
 * What stands before every operation: header limits, throttling, authentication, project and permission, in this order.
 * Deliberately knows nothing of backups.
 */
import { authenticateSignature } from "./authenticate-signature.ts";
import type { ApiRequest, Caller } from "./exchange.ts";
import type { Route } from "./operation.ts";
import { Refusal } from "./refusals.ts";
import { readToken } from "./tokens.ts";
import type { World } from "./world.ts";

/** What the gateway knows besides the request: the world as the project sees it, and which project that is. */
export interface Gate {
  world: World;
  projectId: string | undefined;
}

const MAX_HEADER_BYTES = 32 * 1024;

function checkHeaders(request: ApiRequest, world: World): void {
  if (Object.values(request.headers).some((value) => value.length > MAX_HEADER_BYTES))
    throw world.refusal("headerTooLarge");
  const isJson = /json/i.test(request.headers["content-type"] ?? "");
  if (request.rawBody.length > 0 && !isJson) throw world.refusal("badContentType");
}

/** Retry-After as the knob or a fault wants it: seconds, or the date that many seconds from `at`. */
export function retryAfterHeader(
  waitSeconds: number,
  form: "none" | "seconds" | "date",
  at: number,
): Record<string, string> {
  switch (form) {
    case "none":
      return {};
    case "seconds":
      return { "Retry-After": String(waitSeconds) };
    case "date":
      return { "Retry-After": new Date(at + waitSeconds * 1000).toUTCString() };
  }
}

function throttle(request: ApiRequest, route: Route, context: Gate): void {
  const { world, projectId } = context;
  const { rateLimitPerSecond: perSecond, rateLimitBurst: burst, rateLimitClock, retryAfter } = world.knobs;
  const { service } = route.operation;
  const account = route.params.projectId ?? projectId ?? "";
  const now = rateLimitClock === "real" ? Date.now() : request.at;
  const waitMs = world.limiter.waitMs(`${service}:${account}`, now, { perSecond, burst });
  if (waitMs === 0) return;
  const { spec } = world.refusal(service === "iam" ? "iamThrottled" : "throttled");
  const waitSeconds = world.knobs.retryAfterSeconds ?? Math.ceil(waitMs / 1000);
  throw new Refusal(spec, retryAfterHeader(waitSeconds, retryAfter, request.at));
}

function authenticate(request: ApiRequest, route: Route, world: World): Caller {
  if (request.headers.authorization?.startsWith("SDK-HMAC-SHA256") === true)
    return authenticateSignature(request, world);
  const token = request.headers["x-auth-token"];
  const isIam = route.operation.service === "iam";
  if (token === undefined) throw world.refusal(isIam ? "iamUnauthenticated" : "noToken");
  const caller = readToken(world, token, request.at);
  if (caller === "unknown") throw world.refusal(isIam ? "iamBadToken" : "badToken");
  if (caller === "expired") throw world.refusal(isIam ? "iamTokenExpired" : "expiredToken");
  return caller;
}

function authorise(
  caller: Caller,
  request: ApiRequest,
  route: Route,
): "ok" | "no-project" | "other-project" | "not-permitted" {
  const { access, action } = route.operation;
  if (access === "project") {
    if (caller.project === undefined && request.headers["x-project-id"] === undefined) return "no-project";
    if (caller.project?.id !== route.params.projectId) return "other-project";
  }
  const { actions } = caller.user;
  return action === undefined || actions.includes("*") || actions.includes(action) ? "ok" : "not-permitted";
}

/** The caller of an admitted request (undefined for open operations); throws the refusal of whatever stands in the way. */
export function admit(request: ApiRequest, route: Route, gate: Gate): Caller | undefined {
  const { world } = gate;
  checkHeaders(request, world);
  throttle(request, route, gate);
  if (route.operation.access === "open") return undefined;
  const caller = authenticate(request, route, world);
  switch (authorise(caller, request, route)) {
    case "ok":
      return caller;
    case "no-project":
      throw world.refusal(request.headers["x-auth-token"] === undefined ? "noProjectHeader" : "projectMismatch");
    case "other-project":
      throw world.refusal("projectMismatch");
    case "not-permitted":
      throw world.refusal("notPermitted");
  }
}
