// A second OTC, small and whole, written from the published pages of the API alone and knowing neither our client nor our simulator:
// what both of those might misread in the same way, this one does not. It answers in the odder of the documented forms: other time
// formats, both shapes of errors, lists that lag, other orders, stray blanks, fields nobody knows.

import { createHash, createHmac, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface PageUser {
  readonly name: string;
  readonly password: string;
  readonly mayDelete: boolean;
}

export interface PageProject {
  readonly id: string;
  readonly domain: string;
  readonly users: readonly PageUser[];
  /** Signs in with keys, of which each may delete or not. */
  readonly keys: readonly { readonly access: string; readonly secret: string; readonly mayDelete: boolean }[];
  readonly instances: readonly { readonly id: string; readonly name: string; readonly replicaOf?: string }[];
}

export interface PageBackup {
  readonly id: string;
  readonly projectId: string;
  readonly instanceId: string;
  readonly name: string;
  readonly type: "manual" | "auto";
  readonly beganAt: number;
  /** When it ends, and how. */
  readonly endsAt: number;
  readonly fails: boolean;
  deletingSince?: number;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | "hang-up";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const listLagMs = 3 * minuteMs;
const backupTakesMs = 6 * minuteMs;
const deletingTakesMs = 2 * minuteMs;

export class OtcByThePage {
  readonly backups: PageBackup[] = [];
  readonly gone: PageBackup[] = [];
  readonly calls: string[] = [];
  /** Takes the next POST that would be accepted and answers something else. */
  nextPost: ("dropped-after" | "gateway-timeout" | "throttled" | "fails-later")[] = [];
  url = "";
  readonly #projects: readonly PageProject[];
  readonly #now: () => number;
  readonly #tokens = new Map<string, { projectId: string; mayDelete: boolean; until: number }>();
  #answers = 0;

  constructor(projects: readonly PageProject[], now: () => number) {
    this.#projects = projects;
    this.#now = now;
  }

  async listen(): Promise<this> {
    const server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://otc");
    const call = { method: request.method ?? "", path: pathname, query: searchParams, headers: request.headers, body };
    const answer = this.#answer(call);
    this.#answers += 1;
    this.calls.push(`${call.method} ${call.path} ${answer === "hang-up" ? "-" : answer.status}`);
    if (answer === "hang-up") return void response.destroy();
    const text =
      answer.body === undefined ? "" : typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      date: new Date(this.#now()).toUTCString(),
      "content-type": text.startsWith("<") ? "text/html" : "application/json;charset=utf-8",
      "x-request-id": randomBytes(16).toString("hex"),
      ...answer.headers,
    });
    response.end(text);
  }

  #answer(call: Call): Answer {
    this.#settle();
    if (call.method === "POST" && call.path === "/v3/auth/tokens") return this.#token(call);
    const [, , projectId = "", kind, id, part] = call.path.split("/");
    const caller = this.#caller(call);
    if (caller === undefined) return fault(401, "APIGW.0301", "Incorrect IAM authentication information");
    if (caller === "stale") return fault(401, "APIGW.0307", "The token must be updated.");
    if (caller.projectId !== projectId) return fault(400, "SYS.0400", "URL's projectId is not equal token's projectId");
    const project = this.#projects.find((each) => each.id === projectId);
    if (project === undefined) return fault(404, "APIGW.0101", "The API does not exist");
    if (call.method === "POST" && kind === "backups" && id === undefined) return this.#create(call, project);
    if (call.method === "GET" && kind === "backups") return this.#list(call, project);
    if (call.method === "DELETE" && kind === "backups" && id !== undefined)
      return caller.mayDelete
        ? this.#delete(id)
        : fault(403, "DBS.200044", "The instance is not found or permission denied");
    if (call.method === "GET" && kind === "instances" && id === undefined) return this.#instances(call, project);
    if (call.method === "GET" && kind === "instances" && part === "backups")
      return {
        status: 200,
        body: { backup_policy: { keep_days: 7, start_time: "19:00-20:00", period: "1,2,3,4,5,6,7" } },
      };
    if (call.method === "GET" && kind === "quotas")
      return { status: 200, body: { quotas: { resources: [{ type: "instance", quota: 50, used: 2 }] } } };
    return fault(404, "APIGW.0101", "The API does not exist or has not been published in the environment");
  }

  /** What time has done since the last call. */
  #settle(): void {
    const due = this.backups.filter(({ deletingSince = Number.NaN }) => this.#now() >= deletingSince + deletingTakesMs);
    for (const backup of due) {
      this.backups.splice(this.backups.indexOf(backup), 1);
      this.gone.push(backup);
    }
  }

  #token({ body }: Call): Answer {
    const { auth } = JSON.parse(body);
    const { name, password, domain } = auth.identity.password.user;
    const project = this.#projects.find((each) => each.id === auth.scope.project.id && each.domain === domain.name);
    const user = project?.users.find((each) => each.name === name && each.password === password);
    if (auth.identity.methods[0] !== "password" || project === undefined || user === undefined)
      return {
        status: 401,
        body: { error: { code: 401, message: "The username or password is wrong.", title: "Unauthorized" } },
      };
    const token = `MII${randomBytes(2400).toString("base64url")}`;
    const until = this.#now() + dayMs;
    this.#tokens.set(token, { projectId: project.id, mayDelete: user.mayDelete, until });
    const micros = (at: number) => new Date(at).toISOString().replace("Z", "000Z");
    const { id } = project;
    const known = {
      expires_at: micros(until),
      issued_at: micros(this.#now()),
      methods: ["password"],
      roles: [{ id: "0", name: "te_admin" }],
    };
    const described = {
      catalog: [],
      user: { id: "u1", name, domain: { id: "d1", name: project.domain }, password_expires_at: "" },
    };
    const body201 = {
      token: { ...known, ...described, project: { id, name: "eu-de", domain: { id: "d1", name: project.domain } } },
    };
    return { status: 201, body: body201, headers: { "X-Subject-Token": token } };
  }

  #caller({
    method,
    path,
    query,
    headers,
    body,
  }: Call): { projectId: string; mayDelete: boolean } | "stale" | undefined {
    const token = headers["x-auth-token"];
    if (typeof token === "string") {
      const known = this.#tokens.get(token);
      return known !== undefined && known.until <= this.#now() ? "stale" : known;
    }
    const form = /^SDK-HMAC-SHA256 Access=(\w[\w-]*), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
    const [, access, names = "", signature] = form.exec(headers.authorization ?? "") ?? [];
    const project = this.#projects.find(({ keys }) => keys.some((key) => key.access === access));
    const key = project?.keys.find((each) => each.access === access);
    const date = String(headers["x-sdk-date"]);
    if (project === undefined || key === undefined || headers["x-project-id"] !== project.id) return undefined;
    const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    if (!(Math.abs(at - this.#now()) <= 15 * minuteMs) || !names.split(";").includes("x-sdk-date")) return undefined;
    const hex = (text: string) => createHash("sha256").update(text).digest("hex");
    const pairs = [...query].map(([name, value]) => `${percent(name)}=${percent(value)}`).toSorted();
    const signed = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
    const canonical = [method, `${path}/`, pairs.join("&"), signed.join(""), names, hex(body)].join("\n");
    const expected = createHmac("sha256", key.secret)
      .update(`SDK-HMAC-SHA256\n${date}\n${hex(canonical)}`)
      .digest("hex");
    return expected === signature ? { projectId: project.id, mayDelete: key.mayDelete } : undefined;
  }

  #create({ body }: Call, project: PageProject): Answer {
    const asked: { instance_id?: string; name?: string; description?: string } = JSON.parse(body);
    const { instance_id: instanceId = "", name = "" } = asked;
    const instance = project.instances.find((each) => each.id === instanceId);
    if (!/^[A-Za-z][A-Za-z0-9_-]{3,63}$/.test(name)) return fault(400, "DBS.280277", "The backup name is invalid.");
    if (/[>!<"&'=]/.test(asked.description ?? "")) return fault(400, "DBS.280127", "The description is invalid.");
    if (instance === undefined)
      return { status: 404, body: { errCode: "DBS.200002", externalMessage: "The instance does not exist." } };
    if (instance.replicaOf !== undefined) return fault(400, "DBS.212003", "The operation is not allowed.");
    if (this.#isBusy(instanceId))
      return this.#answers % 2 === 0
        ? fault(403, "DBS.212033", "Failed because the DB instance is currently being operated.")
        : {
            status: 409,
            body: {
              errCode: "DBS.200019",
              externalMessage: "Another operation is being performed on the DB instance.",
            },
          };
    if (this.backups.some((each) => each.projectId === project.id && each.name === name))
      return fault(409, "DBS.201201", "The object already exists.");
    const twist = this.nextPost.shift();
    if (twist === "throttled") return fault(429, "APIGW.0308", "The throttling threshold has been reached.");
    if (twist === "gateway-timeout") return { status: 504, body: "<html><body>504 Gateway Time-out</body></html>" };
    const beganAt = this.#now();
    const id = `${randomBytes(16).toString("hex")}br01`;
    const fails = twist === "fails-later";
    this.backups.push({
      id,
      projectId: project.id,
      instanceId,
      name,
      type: "manual",
      beganAt,
      endsAt: beganAt + backupTakesMs,
      fails,
    });
    if (twist === "dropped-after") return "hang-up";
    const shown = {
      id,
      name,
      description: asked.description,
      begin_time: isoSeconds(beganAt),
      status: "BUILDING",
      type: "manual",
    };
    return { status: 200, body: { backup: { ...shown, instance_id: instanceId } } };
  }

  #list({ query }: Call, project: PageProject): Answer {
    const instanceId = query.get("instance_id");
    const [offset, limit] = [Number(query.get("offset") ?? 0), Number(query.get("limit") ?? 100)];
    if (
      instanceId === null ||
      !(limit >= 1 && limit <= 100) ||
      !(offset >= 0) ||
      query.has("begin_time") !== query.has("end_time")
    )
      return fault(400, "DBS.280001", "Parameter error.");
    // Oldest first, which nobody documents either, and what is new only after a while.
    const rows = this.backups.filter(
      (each) =>
        each.projectId === project.id &&
        each.instanceId === instanceId &&
        (query.get("backup_id") ?? each.id) === each.id &&
        (query.get("backup_type") ?? each.type) === each.type &&
        each.beganAt + listLagMs <= this.#now(),
    );
    const page = rows.slice(offset, offset + limit).map((backup, i) => this.#row(backup, i));
    return { status: 200, body: { backups: page, total_count: rows.length, associated_with_ddm: false } };
  }

  #row(backup: PageBackup, i: number) {
    const { id, name, type, instanceId, beganAt, endsAt } = backup;
    const status = this.#statusOf(backup);
    const formats = [
      (at: number) => `${isoSeconds(at + 8 * 3_600_000)}+0800`,
      (at: number) => `${isoSeconds(at)}+0000`,
    ];
    const format = formats[i % 2] ?? isoSeconds;
    const ended =
      status === "BUILDING"
        ? { end_time: null }
        : { end_time: format(endsAt), size: status === "FAILED" ? 0 : 2_803_712 };
    const datastore = { type: "MySQL", version: "8.0" };
    const keyed = i % 3 === 0 ? { "id ": ` ${id}` } : { id };
    return {
      ...keyed,
      name,
      type,
      status,
      instance_id: `${instanceId} `,
      begin_time: format(beganAt),
      ...ended,
      datastore,
      sparkles: [],
    };
  }

  #statusOf({ deletingSince, endsAt, fails }: PageBackup): string {
    if (deletingSince !== undefined) return "DELETING";
    return this.#now() < endsAt ? "BUILDING" : fails ? "FAILED" : "COMPLETED";
  }

  #isBusy(instanceId: string): boolean {
    return this.backups.some((each) => each.instanceId === instanceId && this.#statusOf(each) === "BUILDING");
  }

  #delete(id: string): Answer {
    const backup = this.backups.find((each) => each.id === id);
    if (backup === undefined) return fault(400, "DBS.201203", "The backup file does not exist.");
    if (backup.type === "auto") return fault(400, "DBS.212003", "The operation is not allowed.");
    if (this.#statusOf(backup) === "BUILDING") return fault(400, "DBS.201208", "Not allowed by the backup status.");
    if (backup.deletingSince !== undefined) return fault(409, "DBS.200402", "Invalid operation.");
    backup.deletingSince = this.#now();
    return { status: 200 };
  }

  #instances({ query }: Call, { instances }: PageProject): Answer {
    const [offset, limit] = [Number(query.get("offset") ?? 0), Number(query.get("limit") ?? 100)];
    if (!(limit >= 1 && limit <= 100) || !(offset >= 0)) return fault(400, "DBS.280001", "Parameter error.");
    // Never more than two at once: whoever takes a short page for the last one misses databases.
    const rows = instances.slice(offset, offset + Math.min(limit, 2)).map(({ id, name, replicaOf }, i) => ({
      ...{
        id,
        name,
        status: this.#isBusy(id) ? "BACKING UP" : "ACTIVE",
        type: replicaOf === undefined ? "Single" : "Replica",
      },
      ...{
        datastore: { type: "MySQL", version: "8.0", complete_version: "8.0.32" },
        created: "2018-08-20T02:33:49+0800",
        port: 3306,
      },
      ...{
        backup_strategy: { start_time: "19:00-20:00", keep_days: 7 },
        maintenance_window: "02:00-06:00",
        cpu: "4",
        mem: "8",
      },
      related_instance: replicaOf === undefined ? [] : [{ id: replicaOf, type: "replica_of" }],
      ...(i % 2 === 0 ? { tags: null } : {}),
    }));
    return { status: 200, body: { instances: rows, total_count: instances.length } };
  }
}

function fault(status: number, code: string, message: string): Answer {
  return { status, body: { error_code: code, error_msg: message } };
}

function isoSeconds(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

function percent(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
