// Lambda entry: every minute, follows requested and building backups to their end and delivers alerts.

import { functionEntry } from "../shared/function-entry.ts";
import { pollBackups } from "../shared/workflows/poll-backups.ts";

export const entry = functionEntry("poll-backups", pollBackups);
export const { handler } = entry;
