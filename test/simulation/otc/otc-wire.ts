// The simulated OTC as the real client meets it: requests and answers of the API as OTC documents it, over a transport that is one
// effect of the process per request. What is asked of whom, and how often, is kept for the checker.

import type { FailureCode } from "../../../shared/domain/failure.ts";
import type { Instance, RemoteBackup } from "../../../shared/domain/remote.ts";
import type { HttpAnswer, HttpFailure, HttpRequest, Transport } from "../../../shared/otc/http.ts";
import type { Container } from "../engine/container.ts";
import type { Identity } from "./identity.ts";
import { type OtcDoor, OtcServer } from "./otc-server.ts";

const secondMs = 1000;
const answerTimeoutMs = 15 * secondMs;

/** One request as it left a process. */
export interface SentCall {
  readonly at: number;
  readonly account: string;
  /** The process's container: what shares one pace. */
  readonly sender: number;
  readonly fn: string;
}

export interface WireParts {
  readonly door: OtcDoor;
  readonly identity: Identity;
  readonly calls: SentCall[];
}

type Reply = HttpAnswer | HttpFailure;

export function wireTo(parts: WireParts, sender: Container): Transport {
  const { door, calls } = parts;
  const server = new OtcServer(door);
  return (request) => {
    const account = accountOf(request);
    calls.push({ at: door.timeline.now(), account, sender: sender.id, fn: sender.deployed.fn });
    const sentAt = door.timeline.now();
    const serve = () => serveCall({ ...parts, server, sentAt }, account, request);
    const isPost = request.method === "POST" && !isLogin(request);
    const lost = isPost ? door.faults.take("post-answer-lost") : undefined;
    if (lost === undefined) return sender.effect(`${request.method} ${request.target.slice(0, 40)}`, serve);
    door.tell(`answer to ${request.body} lost, effect ${lost.effect}`);
    const act = (): Reply => {
      if (lost.effect === "done") serve();
      if (lost.effect === "late") door.timeline.schedule(door.timeline.now() + lost.lateMs, serve);
      return { kind: "failure", reason: "timeout", code: "ETIMEDOUT", sent: true };
    };
    return sender.effect("POST backups", act, answerTimeoutMs);
  };
}

type Serving = WireParts & { readonly server: OtcServer; readonly sentAt: number };

function isLogin({ target }: HttpRequest): boolean {
  return target.startsWith("v3/auth/tokens");
}

/** Project ids are the accounts' names here. */
function accountOf(request: HttpRequest): string {
  if (!isLogin(request)) return request.target.split("/")[1] ?? "";
  return JSON.parse(request.body ?? "{}").auth.scope.project.id;
}

function serveCall(serving: Serving, account: string, request: HttpRequest): Reply {
  const { identity, door } = serving;
  if (isThrottled(serving, account)) return refusal(serving, request, "throttled");
  if (isLogin(request)) return serveLogin(serving, account, request);
  if (
    door.faults.lasting("otc-outage")?.code !== "credentials-refused" &&
    !identity.accepts(account, request.headers["x-auth-token"])
  )
    return refusal(serving, request, "credentials-refused");
  return serveResource(serving, account, request);
}

/** A limit counts what it refuses as well. */
function isThrottled({ door, calls }: Serving, account: string): boolean {
  const limit = door.faults.lasting("rate-limit");
  if (limit === undefined) return false;
  const since = door.timeline.now() - secondMs;
  const recent = calls.filter((call) => call.account === account && call.at > since);
  return recent.length > limit.perSecond;
}

function serveLogin(serving: Serving, account: string, request: HttpRequest): Reply {
  const { door, identity } = serving;
  // An outage of everything says nothing of the password.
  if (door.faults.lasting("otc-outage") !== undefined) return refusal(serving, request, "provider-unavailable");
  const { user } = JSON.parse(request.body ?? "{}").auth.identity.password;
  const outcome = identity.logIn(account, user.password);
  door.tell(`login ${account}: ${"token" in outcome ? "accepted" : outcome.refused}`);
  if ("refused" in outcome)
    return refusal(serving, request, outcome.refused === "locked" ? "account-locked" : "login-refused");
  return answer(serving, { status: 201, body: { token: {} }, headers: { "x-subject-token": outcome.token } });
}

function serveResource(serving: Serving, account: string, request: HttpRequest): Reply {
  const { server } = serving;
  const [path = "", query = ""] = request.target.split("?");
  if (path.endsWith("/instances")) {
    const listed = server.listInstances(account);
    if (!listed.ok) return refusal(serving, request, listed.failure.code, listed.failure.afterMs);
    return answer(serving, { status: 200, body: pageOf("instances", listed.value.map(instanceRow), query) });
  }
  if (request.method === "POST") {
    const { instance_id: instanceId, name } = JSON.parse(request.body ?? "{}");
    const made = server.accept({ instanceId, name }, serving.sentAt);
    if (!made.ok) return refusal(serving, request, made.failure.code, made.failure.afterMs);
    return answer(serving, { status: 200, body: { backup: backupRow(made.value) } });
  }
  const listed = server.listBackups(new URLSearchParams(query).get("instance_id") ?? "");
  if (!listed.ok) return refusal(serving, request, listed.failure.code, listed.failure.afterMs);
  return answer(serving, { status: 200, body: pageOf("backups", listed.value.map(backupRow), query) });
}

function pageOf(name: string, rows: readonly object[], query: string): object {
  const asked = new URLSearchParams(query);
  const offset = Number(asked.get("offset") ?? 0);
  return { [name]: rows.slice(offset, offset + Number(asked.get("limit") ?? 100)), total_count: rows.length };
}

function instanceRow({ id, name, status, isReplica, engine, tags }: Instance): object {
  const datastore = { type: engine, version: "16" };
  return { id, name, status, type: isReplica ? "Replica" : "Single", datastore, tags };
}

function backupRow({ id, name, instanceId, status, sizeKb, beganAt, endedAt }: RemoteBackup): object {
  const time = (at: number) => `${new Date(at).toISOString().slice(0, 19)}+0000`;
  return {
    ...{ id, name, instance_id: instanceId, type: "manual", status },
    ...(sizeKb === undefined ? {} : { size: sizeKb }),
    ...(beganAt === undefined ? {} : { begin_time: time(beganAt) }),
    ...(endedAt === undefined ? {} : { end_time: time(endedAt) }),
  };
}

const refusals: Partial<Record<FailureCode | "login-refused", readonly [status: number, code: string]>> = {
  throttled: [429, "APIGW.0308"],
  "provider-unavailable": [500, "DBS.200005"],
  "credentials-refused": [401, "APIGW.0301"],
  "login-refused": [401, "IAM.0001"],
  "account-locked": [401, "IAM.0061"],
  "permission-denied": [403, "DBS.200010"],
  "quota-reached": [400, "DBS.200046"],
  "instance-busy": [409, "DBS.201202"],
  "request-refused": [400, "DBS.280001"],
  "storage-full": [400, "DBS.200316"],
  "instance-frozen": [400, "DBS.280449"],
  "instance-gone": [404, "DBS.200002"],
  "instance-replica": [403, "DBS.212003"],
  "name-taken": [400, "DBS.201201"],
};

function refusal(serving: Serving, request: HttpRequest, code: FailureCode | "login-refused", afterMs?: number): Reply {
  if (code === "provider-unreachable")
    return { kind: "failure", reason: "connection", code: "ECONNREFUSED", sent: false };
  if (code === "answer-unreadable")
    return answer(serving, { status: 200, text: "<html>not what was asked for</html>" });
  const [status, errorCode] = refusals[code] ?? [500, "DBS.200005"];
  const headers = afterMs === undefined ? {} : { "retry-after": String(Math.ceil(afterMs / secondMs)) };
  // The real gateway repeats what it was sent: header values in what was to be signed, and whole bodies.
  const echo = serving.door.faults.lasting("answers-echo") === undefined ? "" : echoOf(request);
  const requestId = echo === "" ? "request-1" : request.headers["x-auth-token"];
  const body = { error_code: errorCode, error_msg: `simulated ${code}${echo}`, request_id: requestId };
  return answer(serving, { status, body, headers });
}

function echoOf({ headers, body = "" }: HttpRequest): string {
  return `: ${headers["x-auth-token"] ?? ""} ${body.includes("password") ? JSON.parse(body).auth.identity.password.user.password : ""}`;
}

function answer(
  { door }: Serving,
  of: { status: number; body?: object; text?: string; headers?: Readonly<Record<string, string>> },
): HttpAnswer {
  const headers: Readonly<Record<string, string>> = {
    date: new Date(door.timeline.now()).toUTCString(),
    ...of.headers,
  };
  const body = of.text ?? JSON.stringify(of.body);
  return { kind: "answer", status: of.status, body, header: (name) => headers[name] };
}
