/**
 * GET /v3/{project_id}/instances: the project's instances, one page. Source: RDS API, "Querying DB Instances".
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import { instanceRow } from "../instance-row.ts";
import type { Operation } from "../operation.ts";
import { ENGINES, type InstanceRecord } from "../records.ts";
import { pageOf, projectIdOf, readPage, totalCount } from "../request-fields.ts";
import type { World } from "../world.ts";

function checkChoice(name: string, value: string | null, choice: { of: readonly string[]; world: World }): void {
  if (value !== null && !choice.of.includes(value)) {
    throw choice.world.refusal("badParameter", `Parameter error: ${name} is not one of ${choice.of.join(", ")}.`);
  }
}

/** What needs a look at every instance; an id does not, and most listings ask for nothing. */
function hasFilter(query: URLSearchParams): boolean {
  return ["name", "type", "datastore_type"].some((name) => query.has(name));
}

/** Whether an instance passes the query; names match exactly, or anywhere after a leading `*`. */
function passes(instance: InstanceRecord | undefined, query: URLSearchParams): boolean {
  if (instance === undefined) return false;
  const [name, type, engine] = [query.get("name"), query.get("type"), query.get("datastore_type")];
  if (name !== null && !(name.startsWith("*") ? instance.name.includes(name.slice(1)) : instance.name === name))
    return false;
  return (type === null || instance.type === type) && (engine === null || instance.engine === engine);
}

/** The ids that can match, without looking at every instance when one is asked for by id. */
function candidates(projectId: string, query: URLSearchParams, world: World): string[] {
  const all = world.store.instanceIds(projectId);
  const id = query.get("id");
  if (id !== null) return all.has(id) ? [id] : [];
  return [...all];
}

function answer(request: AdmittedRequest, world: World): ApiReply {
  const { query } = request;
  checkChoice("type", query.get("type"), { of: ["Single", "Ha", "Replica"], world });
  checkChoice("datastore_type", query.get("datastore_type"), { of: ENGINES, world });
  if (/^\*+$/.test(query.get("name") ?? ""))
    throw world.refusal("badParameter", "Parameter error: name consists of asterisks only.");
  const page = readPage(query, world);
  const { instances } = world.store;
  const ids = candidates(projectIdOf(request), query, world);
  const matching = hasFilter(query) ? ids.filter((id) => passes(instances.get(id), query)) : ids;
  const rows = pageOf(matching, page, world)
    .flatMap((id) => instances.get(id) ?? [])
    .map((instance) => instanceRow(instance, request.at, world));
  return { status: 200, body: { instances: rows, total_count: totalCount(matching.length, rows.length, world) } };
}

export const listInstances: Operation = {
  name: "list-instances",
  method: "GET",
  path: "/v3/{projectId}/instances",
  service: "rds",
  access: "project",
  action: "rds:instance:list",
  answer,
};
