// Lambda entry: every five minutes, asks from outside whether every backup that should exist does, and alerts.

import { functionEntry } from "../shared/function-entry.ts";
import { auditBackups } from "../shared/workflows/audit-backups.ts";

export const entry = functionEntry("audit-backups", auditBackups);
export const { handler } = entry;
