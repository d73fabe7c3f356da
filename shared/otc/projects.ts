/** Projects that the credential reaches: used to check an account's configuration, not in daily operation. */
import * as z from "zod";
import { type Call, readAnswer } from "./call.ts";
import { textField } from "./fields.ts";
import type { OtcOperation } from "./operation.ts";

/**
 * GET /v3/auth/projects
 * @see https://docs.otc.t-systems.com/identity-access-management/api-ref/apis/project_management/
 */
const LIST = {
  name: "listProjects",
  service: "iam",
  method: "GET",
  pathTemplate: "v3/auth/projects",
  priority: "poll",
} as const satisfies OtcOperation;

export interface OtcProject {
  readonly id: string;
  /** The region's name, for sub-projects followed by `_` and their own: `eu-de_payments`. */
  readonly name: string;
  readonly enabled: boolean;
}

const body = z.object({
  projects: z.array(z.object({ id: z.string(), name: textField, enabled: z.boolean().nullish() })),
});

/** The projects, without the built-in one of the object storage. */
export async function listProjects(call: Call, deadlineAt?: number): Promise<OtcProject[]> {
  const { projects } = readAnswer(LIST, await call({ operation: LIST, deadlineAt }), body);
  return projects
    .filter((project) => project.name !== "MOS")
    .map(({ id, name, enabled }) => ({ id, name, enabled: enabled ?? true }));
}
