// Lambda entry: every hour, marks what retention no longer keeps and deletes what has been marked long enough.

import { functionEntry } from "../shared/function-entry.ts";
import { pruneBackups } from "../shared/workflows/prune-backups.ts";

export const entry = functionEntry("prune-backups", pruneBackups);
export const { handler } = entry;
