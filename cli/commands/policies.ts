// `otc-backup policies`: what is to be backed up, as a file and as rows.

import { Command } from "commander";
import { applyCommand, diffCommand } from "./policies/apply.ts";
import { historyCommand, rollbackCommand } from "./policies/history.ts";
import { listCommand } from "./policies/list.ts";
import { pauseCommand, resumeCommand } from "./policies/pause.ts";
import { removeCommand } from "./policies/remove.ts";
import { schemaCommand } from "./policies/schema.ts";
import { showCommand } from "./policies/show.ts";
import { validateCommand } from "./policies/validate.ts";

export function policiesCommand(): Command {
  return new Command("policies")
    .description("what is to be backed up")
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(validateCommand())
    .addCommand(diffCommand())
    .addCommand(applyCommand())
    .addCommand(pauseCommand())
    .addCommand(resumeCommand())
    .addCommand(removeCommand())
    .addCommand(historyCommand())
    .addCommand(rollbackCommand())
    .addCommand(schemaCommand());
}
