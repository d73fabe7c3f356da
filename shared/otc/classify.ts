/**
 * Decides what a refusal by OTC means: by its code first, by its HTTP status second. The table is data
 * (`error-table.ts`); here are only the readings that depend on what was asked for.
 */
import { ERROR_ROWS, type ErrorRow, STATUS_CLASSES } from "./error-table.ts";
import type { OtcEffect, OtcErrorClass } from "./errors.ts";
import type { OtcOperationName } from "./operation.ts";

const ROW_OF_CODE: ReadonlyMap<string, ErrorRow> = new Map(
  ERROR_ROWS.flatMap((row) => row.codes.map((code) => [code, row] as const)),
);

export interface Refusal {
  readonly status: number;
  readonly code?: string | undefined;
  readonly operation: OtcOperationName;
  /** The body was HTML or other text that no OTC service sends: something in between answered. */
  readonly foreign: boolean;
}

/** The class of an unsuccessful answer. Unknown codes fall back to the status, unknown statuses to their family. */
export function classifyRefusal(refusal: Refusal): OtcErrorClass {
  const row = refusal.code === undefined ? undefined : ROW_OF_CODE.get(refusal.code.replace(/^APIGW\./, "APIG."));
  if (row !== undefined) return row.atStatus?.[refusal.status] ?? row.on?.[refusal.operation] ?? row.class;
  if (refusal.status === 404 || refusal.status === 410) return classifyNotFound(refusal);
  if (refusal.status === 409 && refusal.operation === "deleteBackup") return "backup-busy";
  const known = STATUS_CLASSES[refusal.status];
  if (known !== undefined) return known;
  return refusal.status >= 500 ? "retry-soon" : "configuration";
}

/** A bare "not found" names the thing in the path, unless a foreign server says it: then the address is wrong. */
function classifyNotFound(refusal: Refusal): OtcErrorClass {
  if (refusal.foreign) return "configuration";
  switch (refusal.operation) {
    case "deleteBackup":
      return "backup-gone";
    case "listBackups":
    case "getAutomatedPolicy":
    case "getRestoreTimes":
      return "instance-gone";
    case "createBackup":
    case "listInstances":
    case "listProjects":
    case "getQuotas":
    case "login":
      return "configuration";
  }
}

/**
 * Whether a call with this status may have been performed. Only a refusal of the 4xx family proves that it was not;
 * 408 does not, since it may be the gateway's word on a request it had already passed on.
 */
export function effectOfStatus(status: number): OtcEffect {
  return status >= 400 && status < 500 && status !== 408 ? "none" : "unknown";
}
