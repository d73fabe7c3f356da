/** Every operation the simulator imitates, in the order in which requests are matched. */
import type { Operation } from "./operation.ts";
import { getBackupPolicy, putBackupPolicy } from "./operations/backup-policy.ts";
import { batchDeleteBackups } from "./operations/batch-delete-backups.ts";
import { checkToken, getToken, revokeToken } from "./operations/check-token.ts";
import { createBackup } from "./operations/create-backup.ts";
import { createTemporaryCredentials } from "./operations/create-temporary-credentials.ts";
import { createToken } from "./operations/create-token.ts";
import { deleteBackup } from "./operations/delete-backup.ts";
import { changeInstanceTags, listInstanceTags, listProjectTags } from "./operations/instance-tags.ts";
import { listBackupFiles } from "./operations/list-backup-files.ts";
import { listBackups } from "./operations/list-backups.ts";
import { listCatalog, listDomains } from "./operations/list-catalog.ts";
import { listInstances } from "./operations/list-instances.ts";
import { listAuthProjects, listProjects } from "./operations/list-projects.ts";
import { listQuotas } from "./operations/list-quotas.ts";
import { listRecycledInstances } from "./operations/list-recycled-instances.ts";
import { listRestoreTimes } from "./operations/list-restore-times.ts";
import { listTaskDetails, listTasks } from "./operations/list-tasks.ts";
import { listVersions, showVersion } from "./operations/list-versions.ts";
import { restoreInPlace } from "./operations/restore-in-place.ts";
import { restoreToNew } from "./operations/restore-to-new.ts";
import { showJob } from "./operations/show-job.ts";

export const OPERATIONS: readonly Operation[] = [
  createBackup,
  listBackups,
  listInstances,
  deleteBackup,
  createToken,
  getToken,
  checkToken,
  revokeToken,
  listVersions,
  showVersion,
  listProjects,
  listAuthProjects,
  listCatalog,
  listDomains,
  createTemporaryCredentials,
  batchDeleteBackups,
  listBackupFiles,
  listInstanceTags,
  changeInstanceTags,
  listProjectTags,
  getBackupPolicy,
  putBackupPolicy,
  listRestoreTimes,
  restoreToNew,
  restoreInPlace,
  showJob,
  listTasks,
  listTaskDetails,
  listQuotas,
  listRecycledInstances,
];
