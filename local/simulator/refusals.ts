/**
 * Every way in which the simulated API says no, as one table: HTTP status, code and text. A knob can change any of them, and
 * can switch off those that are rules rather than facts. Codes: OTC RDS "Error Codes", IAM "Error Codes", API Gateway "Error Codes".
 */
import * as z from "zod";

export const BODY_FORMS = ["v3", "v1", "keystone", "nova", "plain", "html", "empty"] as const;
export type BodyForm = (typeof BODY_FORMS)[number];

export interface RefusalSpec {
  status: number;
  code: string;
  message: string;
  form?: BodyForm | undefined;
}

export const REFUSALS = {
  // Parameters
  badParameter: { status: 400, code: "DBS.280001", message: "Parameter error." },
  emptyRequest: { status: 400, code: "DBS.200006", message: "The request is empty." },
  badName: { status: 400, code: "DBS.280277", message: "Invalid object name." },
  badDescription: { status: 400, code: "DBS.280127", message: "Invalid backup description." },
  badInstanceId: { status: 400, code: "DBS.280404", message: "Invalid instance ID or node ID format." },
  unknownDatabase: { status: 400, code: "DBS.280128", message: "The database name does not exist." },
  badPolicyStartTime: { status: 400, code: "DBS.201103", message: "Invalid backup start time." },
  badPolicyPeriod: { status: 400, code: "DBS.201101", message: "Invalid backup cycle." },
  badPolicyRetention: { status: 400, code: "DBS.201106", message: "Invalid backup retention period." },
  badPassword: { status: 400, code: "DBS.280001", message: "Parameter error: the password does not meet the rules." },
  tagQuota: { status: 400, code: "DBS.200087", message: "The number of tags exceeds the quota." },
  // Things that are not there
  instanceMissing: { status: 404, code: "DBS.200002", message: "The DB instance does not exist." },
  backupMissing: { status: 404, code: "DBS.201010", message: "The backup information does not exist." },
  backupFileMissing: { status: 400, code: "DBS.201203", message: "The backup file does not exist." },
  resourceMissing: { status: 404, code: "DBS.290013", message: "Resource not found." },
  // State of the instance
  busy: {
    status: 409,
    code: "DBS.200019",
    message: "Another operation is being performed on the DB instance or the DB instance is faulty.",
  },
  replica: { status: 400, code: "DBS.212003", message: "This operation is not allowed on a read replica." },
  wrongStatus: { status: 400, code: "DBS.200086", message: "The DB instance status does not allow this operation." },
  storageFull: { status: 409, code: "DBS.200316", message: "The storage of the DB instance is full." },
  frozen: { status: 400, code: "DBS.280449", message: "The object is frozen." },
  // Backups
  duplicateName: { status: 409, code: "DBS.201201", message: "The object already exists." },
  backupQuota: { status: 413, code: "DBS.200046", message: "The number of manual backups has reached the quota." },
  deleteBuilding: { status: 400, code: "DBS.201208", message: "The backup status does not allow this operation." },
  deleteFailed: { status: 400, code: "DBS.201208", message: "The backup status does not allow this operation." },
  deleteDeleting: { status: 409, code: "DBS.200011", message: "The backup is being deleted." },
  deleteGone: { status: 404, code: "DBS.201010", message: "The backup information does not exist." },
  deleteAuto: { status: 400, code: "DBS.212003", message: "Automated backups cannot be deleted." },
  deleteRestoring: { status: 400, code: "DBS.201319", message: "The backup is in use: a restoration is in progress." },
  batchNotSupported: { status: 400, code: "DBS.200041", message: "The DB engine is not supported." },
  restoreEngine: {
    status: 400,
    code: "DBS.200042",
    message: "The DB engine or its version does not match the source.",
  },
  instanceQuota: { status: 413, code: "DBS.290003", message: "The number of DB instances has reached the quota." },
  instanceNameTaken: { status: 409, code: "DBS.200022", message: "The DB instance name already exists." },
  // Gateway and identity
  unknownPath: { status: 404, code: "APIGW.0101", message: "The API does not exist or has not been published." },
  badContentType: { status: 415, code: "DBS.280001", message: "Unsupported content type." },
  headerTooLarge: { status: 494, code: "APIGW.0201", message: "Request header or cookie too large." },
  noToken: {
    status: 401,
    code: "APIGW.0301",
    message: "Incorrect IAM authentication information: x-auth-token not found",
  },
  badToken: {
    status: 401,
    code: "APIGW.0301",
    message: "Incorrect IAM authentication information: decrypt token fail",
  },
  expiredToken: { status: 401, code: "APIGW.0307", message: "The token must be updated." },
  badSignature: {
    status: 401,
    code: "APIGW.0301",
    message: "Incorrect IAM authentication information: verify aksk signature fail",
  },
  akMissing: {
    status: 401,
    code: "APIGW.0301",
    message: "Incorrect IAM authentication information: Get secretKey failed,ak:***,err:ak not exist",
  },
  akLocked: {
    status: 401,
    code: "APIGW.0301",
    message: "Incorrect IAM authentication information: AK access failed to reach the limit,forbidden",
  },
  securityTokenExpired: { status: 400, code: "IAM.1108", message: "The security token has expired." },
  noProjectHeader: {
    status: 401,
    code: "APIGW.0301",
    message: "Incorrect IAM authentication information: Context's project_id 'null' does not match the URL",
  },
  projectMismatch: { status: 400, code: "SYS.0400", message: "URL's projectId is not equal token's projectId" },
  notPermitted: { status: 403, code: "DBS.201003", message: "The object does not exist or you have no permission." },
  throttled: { status: 429, code: "APIGW.0308", message: "The throttling threshold has been reached." },
  iamThrottled: {
    status: 429,
    code: "IAM.0012",
    message: "The throttling threshold has been reached: 60 times per 60 seconds.",
  },
  iamBadRequest: { status: 400, code: "IAM.0011", message: "Request body is invalid." },
  iamUnauthenticated: { status: 401, code: "IAM.0001", message: "The request you have made requires authentication." },
  wrongPassword: { status: 401, code: "IAM.0062", message: "The username or password is wrong." },
  accountLocked: { status: 401, code: "IAM.0061", message: "The account is locked." },
  userDisabled: { status: 403, code: "IAM.0080", message: "The user is disabled." },
  consoleOnly: { status: 403, code: "IAM.0081", message: "The user supports console access only." },
  iamForbidden: { status: 403, code: "IAM.0003", message: "You are not authorized to perform the requested action." },
  iamBadToken: { status: 401, code: "IAM.0067", message: "The X-Auth-Token is invalid!" },
  iamTokenExpired: { status: 401, code: "IAM.0066", message: "The token has expired." },
  projectMissing: { status: 404, code: "IAM.0004", message: "Could not find project." },
  internal: { status: 500, code: "DBS.200005", message: "Server failure." },
} satisfies Record<string, RefusalSpec>;

export type RefusalName = keyof typeof REFUSALS;

function isRefusalName(name: string): name is RefusalName {
  return Object.hasOwn(REFUSALS, name);
}

/** The names of the table, for parsers. */
export const REFUSAL_NAMES: readonly RefusalName[] = Object.keys(REFUSALS).filter(isRefusalName);

/** A change to one row of the table; null means that the simulator does not refuse at all where that is possible. */
export const refusalChangeSchema = z
  .strictObject({
    status: z.int().min(400).max(599).optional(),
    code: z.string().optional(),
    message: z.string().optional(),
    form: z.enum(BODY_FORMS).optional(),
  })
  .nullable();

export type RefusalChange = z.output<typeof refusalChangeSchema>;

/** Thrown by an operation to answer with an error; caught once, where replies are made. */
export class Refusal extends Error {
  readonly spec: RefusalSpec;
  readonly headers: Record<string, string>;

  constructor(spec: RefusalSpec, headers: Record<string, string> = {}) {
    super(`${spec.code}: ${spec.message}`);
    this.name = "Refusal";
    this.spec = spec;
    this.headers = headers;
  }
}
