// Lambda entry: every minute, turns due slots into runs and requests their backups.

import { functionEntry } from "../shared/function-entry.ts";
import { createBackups } from "../shared/workflows/create-backups.ts";

export const entry = functionEntry("create-backups", createBackups);
export const { handler } = entry;
