/**
 * The calls this client makes, described as data: each resource file declares its own operations with
 * this shape. Pacing, observation and errors speak of an operation by its name and its path template,
 * never by a filled-in path.
 */

export type OtcService = "iam" | "rds";

export type OtcOperationName =
  | "login"
  | "listInstances"
  | "createBackup"
  | "listBackups"
  | "deleteBackup"
  | "listProjects"
  | "getQuotas"
  | "getAutomatedPolicy"
  | "getRestoreTimes";

/** `poll` calls have a share of the permitted rate reserved, so that a storm of creates cannot blind the watching. */
export type OtcPriority = "create" | "poll";

export interface OtcOperation {
  readonly name: OtcOperationName;
  readonly service: OtcService;
  readonly method: "GET" | "POST" | "DELETE";
  /** Relative to the service's base URL, with `{placeholders}`: `v3/{projectId}/backups`. */
  readonly pathTemplate: string;
  readonly priority: OtcPriority;
}
