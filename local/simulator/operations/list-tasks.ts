/**
 * GET /v3/{project_id}/tasklist and, for SQL Server, GET …/instances/{instance_id}/tasklist/detail: what ran, and why it failed.
 * Sources: RDS API, "Querying the Task List" and "Querying Task Details" (SQL Server).
 */
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import { pageOf, projectIdOf, readPage, totalCount } from "../request-fields.ts";
import { type Task, tasksOf } from "../tasks.ts";
import { formatTime } from "../time-format.ts";
import type { World } from "../world.ts";

const PAGE = { fallback: 10, max: 50 };
const STATUSES = ["Running", "Completed", "Failed"];

/** A parameter in ms UTC; undefined when it is absent. */
function readInstant(query: URLSearchParams, name: string, world: World): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw world.refusal("badParameter", `Parameter error: ${name} is not a number of milliseconds.`);
  return Number(text);
}

/** Whether a task began in the period asked for; the query is read once, so that a wrong one is refused also where there is no task. */
function beganIn(query: URLSearchParams, world: World): (task: Task) => boolean {
  const fromAt = readInstant(query, "start_time", world) ?? 0;
  const toAt = readInstant(query, "end_time", world) ?? Number.POSITIVE_INFINITY;
  return (task) => task.beganAt >= fromAt && task.beganAt <= toAt;
}

function taskRow(task: Task, at: number, world: World): Record<string, unknown> {
  const instance = world.store.instances.get(task.instanceId);
  return {
    id: task.id,
    name: task.name,
    instance_id: task.instanceId,
    instance_name: task.instanceName,
    instance_status: instance === undefined || instance.removedAt !== null ? "" : world.statusOf(instance, at),
    process: task.status === "Running" ? "50%" : "100%",
    fail_reason: task.failReason ?? "",
    create_time: task.beganAt,
    end_time: task.endedAt ?? null,
    status: task.status,
  };
}

function answerList(request: AdmittedRequest, world: World): ApiReply {
  const { query, at } = request;
  const page = readPage(query, world, PAGE);
  const [status, name, instanceId] = [query.get("status"), query.get("name"), query.get("instance_id")];
  if (status !== null && !STATUSES.includes(status))
    throw world.refusal("badParameter", `Parameter error: status is not one of ${STATUSES.join(", ")}.`);
  const tasks = tasksOf(world, { projectId: projectIdOf(request), instanceId: instanceId ?? undefined, at });
  const matching = tasks
    .filter((task) => (status === null || task.status === status) && (name === null || task.name === name))
    .filter(beganIn(query, world));
  const rows = pageOf(matching, page, world).map((task) => taskRow(task, at, world));
  const actions = [...new Set(tasks.map((task) => task.name))];
  return { status: 200, body: { tasks: rows, actions, total_count: totalCount(matching.length, rows.length, world) } };
}

/** `task_detail` is a text that holds JSON, as in the documented sample. */
function detailRow(task: Task, world: World): Record<string, unknown> {
  const when = (at: number) => formatTime(at, world.knobs.listTimeFormat);
  const { backup, instanceId } = task;
  const about = {
    instanceId,
    name: backup?.name,
    description: backup?.description,
    dbNames: backup?.databases.join(","),
  };
  return {
    id: task.id,
    name: task.name,
    status: task.status,
    created: when(task.beganAt),
    ...(task.endedAt === undefined ? {} : { ended: when(task.endedAt) }),
    process: task.status === "Running" ? "50%" : "100%",
    fail_reason: task.failReason ?? "",
    instance: { id: instanceId, name: task.instanceName },
    task_detail: JSON.stringify(about),
  };
}

function answerDetail(request: AdmittedRequest, world: World): ApiReply {
  const { query, at } = request;
  const projectId = projectIdOf(request);
  const instance = world.instance(projectId, request.params.instanceId ?? "");
  if (instance.engine !== "SQLServer") throw world.refusal("batchNotSupported");
  if (query.get("start_time") === null) throw world.refusal("badParameter", "Parameter error: start_time is missing.");
  const jobs = tasksOf(world, { projectId, instanceId: instance.id, at })
    .filter(beganIn(query, world))
    .map((task) => detailRow(task, world));
  return { status: 200, body: { jobs, count: jobs.length } };
}

const common = { method: "GET", service: "rds", access: "project", action: "rds:instance:list" } as const;

export const listTasks: Operation = {
  ...common,
  name: "list-tasks",
  path: "/v3/{projectId}/tasklist",
  answer: answerList,
};
export const listTaskDetails: Operation = {
  ...common,
  name: "list-task-details",
  path: "/v3/{projectId}/instances/{instanceId}/tasklist/detail",
  answer: answerDetail,
};
