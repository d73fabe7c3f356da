/**
 * GET /v3/projects and GET /v3/auth/projects: project ids by name. The built-in project `MOS` is listed too, as OTC does.
 * Source: IAM API, "Querying Project Information".
 */
import { baseUrlOf } from "../catalog.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import type { ProjectRecord } from "../records.ts";
import type { World } from "../world.ts";

function row(project: ProjectRecord, baseUrl: string): Record<string, unknown> {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domainId,
    parent_id: project.domainId,
    is_domain: false,
    enabled: true,
    description: "",
    links: { self: `${baseUrl}/v3/projects/${project.id}` },
  };
}

/** Rows of the page asked for; `page` and `per_page` go together. */
function onPage<T>(rows: readonly T[], query: URLSearchParams, world: World): T[] {
  const [page, perPage] = [query.get("page"), query.get("per_page")];
  if (page === null && perPage === null) return [...rows];
  const whole = /^[1-9]\d{0,3}$/;
  if (!whole.test(page ?? "") || !whole.test(perPage ?? "") || Number(perPage) > 5000) {
    throw world.refusal("iamBadRequest", "page and per_page go together: page from 1, per_page from 1 to 5000.");
  }
  const from = (Number(page) - 1) * Number(perPage);
  return rows.slice(from, from + Number(perPage));
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { caller, query, rawPath } = request;
  const own = [...world.store.projects.values()].filter((project) => caller?.user.projectIds.includes(project.id));
  const [first] = own;
  const mos = first === undefined ? [] : [{ ...first, id: `${first.id.slice(0, -3)}105`, name: "MOS" }];
  const wanted = { name: query.get("name"), domainId: query.get("domain_id"), enabled: query.get("enabled") };
  const listed = [...own, ...mos]
    .filter((project) => wanted.name === null || project.name === wanted.name)
    .filter((project) => wanted.domainId === null || project.domainId === wanted.domainId)
    .filter(() => wanted.enabled !== "false" && query.get("is_domain") !== "true");
  const baseUrl = baseUrlOf(request);
  const rows = onPage(listed, query, world).map((project) => row(project, baseUrl));
  return { status: 200, body: { projects: rows, links: { self: `${baseUrl}${rawPath}`, previous: null, next: null } } };
}

const common = { method: "GET", service: "iam", access: "caller", answer } as const;

export const listProjects: Operation = { ...common, name: "list-projects", path: "/v3/projects" };
export const listAuthProjects: Operation = { ...common, name: "list-auth-projects", path: "/v3/auth/projects" };
