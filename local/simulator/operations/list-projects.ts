/**
 * GET /v3/projects and GET /v3/auth/projects: project ids by name. The built-in project `MOS` is listed too, as OTC does.
 * Source: IAM API, "Querying Project Information".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import type { ProjectRecord } from "../records.ts";
import type { World } from "../world.ts";

function row(project: ProjectRecord, host: string): Record<string, unknown> {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domainId,
    parent_id: project.domainId,
    is_domain: false,
    enabled: true,
    description: "",
    links: { self: `http://${host}/v3/projects/${project.id}` },
  };
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const user = request.caller?.user;
  const own = [...world.store.projects.values()].filter((project) => user?.projectIds.includes(project.id));
  const first = own[0];
  const mos = first === undefined ? [] : [{ ...first, id: `${first.id.slice(0, -3)}105`, name: "MOS" }];
  const name = request.query.get("name");
  const listed = [...own, ...mos].filter((project) => name === null || project.name === name);
  const host = request.headers.host ?? "localhost";
  const links = { self: `http://${host}${request.rawPath}`, previous: null, next: null };
  return { status: 200, body: { projects: listed.map((project) => row(project, host)), links } };
}

const common = { method: "GET", service: "iam", access: "caller", answer } as const;

export const listProjects: Operation = { ...common, name: "list-projects", path: "/v3/projects" };
export const listAuthProjects: Operation = { ...common, name: "list-auth-projects", path: "/v3/auth/projects" };
