/**
 * POST /v3/auth/tokens: log in with a password, or with a token that is to get another scope. Sources: IAM API, "Obtaining a User
 * Token Through Password Authentication".
 */
import { baseUrlOf } from "../catalog.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import { type Login, loginSchema, namedUser, scopedProject } from "../login-request.ts";
import { logIn } from "../logins.ts";
import type { Operation } from "../operation.ts";
import type { ProjectRecord, UserRecord } from "../records.ts";
import { describeToken } from "../token-body.ts";
import { issueToken, readToken } from "../tokens.ts";
import type { World } from "../world.ts";

function parseLogin(request: AdmittedRequest, world: World): Login {
  const parsed = loginSchema.safeParse(request.body);
  if (parsed.success) return parsed.data.auth;
  const field = parsed.error.issues[0]?.path.join(".") ?? "";
  throw world.refusal("iamBadRequest", `Request body is invalid${field === "" ? "" : `: ${field}`}.`);
}

/** Who logs in; throws IAM's refusal when the password or token does not prove it. */
function provenUser(login: Login, at: number, world: World): UserRecord {
  const { methods, password, token } = login.identity;
  if (methods.length === 1 && methods[0] === "token" && token !== undefined) {
    const caller = readToken(world, token.id, at);
    if (caller === "unknown") throw world.refusal("iamBadToken");
    if (caller === "expired") throw world.refusal("iamTokenExpired");
    return caller.user;
  }
  if (methods.length !== 1 || methods[0] !== "password" || password === undefined) throw world.refusal("iamBadRequest");
  const user = namedUser(password.user, world);
  if (user === undefined) throw world.refusal("wrongPassword");
  logIn(world, user, { password: password.user.password, at });
  return user;
}

function grantedProject(login: Login, user: UserRecord, world: World): ProjectRecord | undefined {
  if (login.scope?.project === undefined) return undefined;
  const project = scopedProject(login, user.domainName, world);
  if (project === undefined) throw world.refusal("projectMissing");
  if (!user.projectIds.includes(project.id)) throw world.refusal("iamForbidden");
  return project;
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const login = parseLogin(request, world);
  const user = provenUser(login, request.at, world);
  const project = grantedProject(login, user, world);
  const token = issueToken(world, user, { projectId: project?.id ?? null, at: request.at });
  const withCatalog = (request.query.get("nocatalog") ?? "") === "";
  const body = describeToken(token, { user, project }, withCatalog ? baseUrlOf(request) : undefined);
  return { status: 201, headers: { "X-Subject-Token": token.token }, body };
}

export const createToken: Operation = {
  name: "create-token",
  method: "POST",
  path: "/v3/auth/tokens",
  service: "iam",
  access: "open",
  answer,
};
