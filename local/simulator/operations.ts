/** Every operation the simulator imitates, in the order in which requests are matched. */
import type { Operation } from "./operation.ts";
import { checkToken, getToken, revokeToken } from "./operations/check-token.ts";
import { createBackup } from "./operations/create-backup.ts";
import { createTemporaryCredentials } from "./operations/create-temporary-credentials.ts";
import { createToken } from "./operations/create-token.ts";
import { deleteBackup } from "./operations/delete-backup.ts";
import { listBackups } from "./operations/list-backups.ts";
import { listInstances } from "./operations/list-instances.ts";
import { listAuthProjects, listProjects } from "./operations/list-projects.ts";

export const OPERATIONS: readonly Operation[] = [
  createToken,
  getToken,
  checkToken,
  revokeToken,
  listProjects,
  listAuthProjects,
  createTemporaryCredentials,
  createBackup,
  listBackups,
  deleteBackup,
  listInstances,
];
