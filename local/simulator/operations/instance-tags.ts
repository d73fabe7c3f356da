/**
 * Tags: GET /v3/{project_id}/instances/{instance_id}/tags, POST …/tags/action, GET /v3/{project_id}/tags.
 * Sources: RDS API, "Querying Instance Tags", "Batch Adding or Deleting Tags", "Querying Project Tags".
 */
import * as z from "zod";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";
import type { InstanceRecord } from "../records.ts";
import { projectIdOf, readBody } from "../request-fields.ts";
import type { World } from "../world.ts";

const MOST_TAGS = 20;
const KEY = /^[A-Za-z0-9_@\-\u4e00-\u9fff]{1,36}$/;
const VALUE = /^[A-Za-z0-9_@.\-\u4e00-\u9fff]{0,43}$/;

const actionSchema = z.object({
  action: z.enum(["create", "delete"]),
  tags: z
    .array(z.object({ key: z.string(), value: z.string().optional() }))
    .min(1)
    .max(MOST_TAGS),
});

function instanceOf(request: AdmittedRequest, world: World): InstanceRecord {
  return world.instance(projectIdOf(request), request.params.instanceId ?? "");
}

function answerInstance(request: AdmittedRequest, world: World): ApiReply {
  const tags = instanceOf(request, world).tags.map((tag) => ({ ...tag, tag_type: "user" }));
  return { status: 200, body: { tags } };
}

function answerProject(request: AdmittedRequest, world: World): ApiReply {
  const values = new Map<string, Set<string>>();
  for (const id of world.store.instanceIds(projectIdOf(request))) {
    for (const { key, value } of world.store.instances.get(id)?.tags ?? []) {
      values.set(key, (values.get(key) ?? new Set<string>()).add(value));
    }
  }
  return { status: 200, body: { tags: [...values].map(([key, of]) => ({ key, values: [...of] })) } };
}

/** Creating a key that is there replaces its value; deleting looks at the key only. Nothing changes when one tag is wrong. */
function answerAction(request: AdmittedRequest, world: World): ApiReply {
  const instance = instanceOf(request, world);
  const { action, tags } = readBody(request, actionSchema, world);
  const wrong = tags.find(({ key, value = "" }) => !KEY.test(key) || !VALUE.test(value));
  if (wrong !== undefined) throw world.refusal("badParameter", `Parameter error: tag ${wrong.key} is invalid.`);
  const named = new Set(tags.map((tag) => tag.key));
  const others = instance.tags.filter((tag) => !named.has(tag.key));
  const added = action === "create" ? tags.map(({ key, value = "" }) => ({ key, value })) : [];
  if (others.length + added.length > MOST_TAGS) throw world.refusal("tagQuota");
  world.store.putInstance({ ...instance, tags: [...others, ...added] });
  return { status: 200 };
}

const common = { service: "rds", access: "project" } as const;

export const listInstanceTags: Operation = {
  ...common,
  name: "list-instance-tags",
  method: "GET",
  path: "/v3/{projectId}/instances/{instanceId}/tags",
  action: "rds:instance:list",
  answer: answerInstance,
};
export const changeInstanceTags: Operation = {
  ...common,
  name: "change-instance-tags",
  method: "POST",
  path: "/v3/{projectId}/instances/{instanceId}/tags/action",
  action: "rds:instance:modify",
  answer: answerAction,
};
export const listProjectTags: Operation = {
  ...common,
  name: "list-project-tags",
  method: "GET",
  path: "/v3/{projectId}/tags",
  action: "rds:instance:list",
  answer: answerProject,
};
