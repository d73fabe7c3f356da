// `otc-backup policies schema`: what an editor needs to complete and check policy files.

import { Command } from "commander";
import { policyJsonSchema } from "../../../shared/policies/policy-json-schema.ts";
import { print } from "../../output.ts";

export function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of policy files, for editors (docs/policies.md says how)")
    .action(() => print(JSON.stringify(policyJsonSchema(), null, 2)));
}
