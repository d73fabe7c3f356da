/**
 * POST /v3/auth/tokens: password login, project-scoped or not. Source: IAM API, "Obtaining a User Token Through Password Authentication".
 */
import * as z from "zod";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import { logIn } from "../logins.ts";
import type { Operation } from "../operation.ts";
import type { ProjectRecord, UserRecord } from "../records.ts";
import { readBody } from "../request-fields.ts";
import { describeToken } from "../token-body.ts";
import { issueToken } from "../tokens.ts";
import type { World } from "../world.ts";

const domain = z.object({ id: z.string().optional(), name: z.string().optional() });
const bodySchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).min(1),
      password: z.object({
        user: z.object({
          id: z.string().optional(),
          name: z.string().optional(),
          password: z.string(),
          domain: domain.optional(),
        }),
      }),
    }),
    scope: z
      .object({
        project: z.object({ id: z.string().optional(), name: z.string().optional() }).optional(),
        domain: domain.optional(),
      })
      .optional(),
  }),
});

type Auth = z.output<typeof bodySchema>["auth"];

function findUser(auth: Auth, world: World): UserRecord | undefined {
  const { id, name, domain: of } = auth.identity.password.user;
  if (id !== undefined) return [...world.store.users.values()].find((user) => user.id === id);
  if (of?.name !== undefined) return world.store.users.get(`${of.name}/${name}`);
  return [...world.store.users.values()].find((user) => user.name === name && user.domainId === of?.id);
}

function findProject(auth: Auth, user: UserRecord, world: World): ProjectRecord | undefined {
  const wanted = auth.scope?.project;
  if (wanted === undefined) return undefined;
  const ofDomain = [...world.store.projects.values()].filter((project) => project.domainName === user.domainName);
  const project = ofDomain.find((one) => (wanted.id === undefined ? one.name === wanted.name : one.id === wanted.id));
  if (project === undefined) throw world.refusal("projectMissing");
  if (!user.projectIds.includes(project.id)) throw world.refusal("iamForbidden");
  return project;
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  if (request.body === undefined) throw world.refusal("iamBadRequest");
  const { auth } = readBody(request, bodySchema, world);
  if (!auth.identity.methods.includes("password")) throw world.refusal("iamBadRequest");
  const user = findUser(auth, world);
  if (user === undefined) throw world.refusal("wrongPassword");
  logIn(world, user, { password: auth.identity.password.user.password, at: request.at });
  const project = findProject(auth, user, world);
  const token = issueToken(world, user, { projectId: project?.id ?? null, at: request.at });
  const withCatalog = (request.query.get("nocatalog") ?? "") === "";
  const body = describeToken(
    token,
    { user, project },
    withCatalog ? `http://${request.headers.host ?? "localhost"}` : undefined,
  );
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
