// The JSON Schema of policy files, for editors: completion, meanings and early errors. Made from the parser's own
// schema; stricter than the parser where that reads a slip kindly, and silent on rules that need a calendar.

import * as z from "zod";
import { fieldGuide } from "./field-guide.ts";
import { isFieldName } from "./field-names.ts";
import { policyRowSchema } from "./policy-row-schema.ts";

/** A JSON Schema (draft 2020-12) for a file as `parsePolicyFile` reads it. */
export function policyJsonSchema(): object {
  const { policyId, ...shared } = policyRowSchema.shape;
  const optional = z.strictObject(shared).partial();
  const complete = policyRowSchema.meta({ ...oneTarget, ...pauseTogether, anyOf: hasTarget });
  // Which fields a row gets from its template is not for a schema to know.
  const templated = z.strictObject({ policyId, template: z.string(), ...optional.shape }).meta(oneTarget);
  const rows = z.array(z.union([complete, templated]));
  const templates = z.record(z.string(), optional.meta(oneTarget)).optional();
  const file = z.union([rows, z.strictObject({ policies: rows, templates })]).meta({ title: "Backup policies" });
  return z.toJSONSchema(file, { io: "input", target: "draft-2020-12", override: addMeanings });
}

const oneTarget = { not: { required: ["instanceIds", "selector"] } };
const hasTarget = [{ required: ["instanceIds"] }, { required: ["selector"] }];
const pauseTogether = { dependentRequired: { pausedUntil: ["pauseReason"], pauseReason: ["pausedUntil"] } };

function addMeanings({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  for (const [name, property] of Object.entries(jsonSchema.properties ?? {})) {
    if (isFieldName(name) && typeof property === "object") property.description = fieldGuide[name].meaning;
  }
}
