/**
 * What each OTC error code means for us, as data. The code decides before the HTTP status does: the same code
 * arrives with different statuses (DBS.212033 as 403, DBS.201202 as 400 or 409). `STATUS_CLASSES` is the fallback.
 * Gateway codes are written `APIG.` here; production also says `APIGW.`.
 * @see https://docs.otc.t-systems.com/relational-database-service/api-ref/appendix/error_codes.html
 * @see https://docs.otc.t-systems.com/identity-access-management/api-ref/appendix/error_codes.html
 */
import type { OtcErrorClass } from "./errors.ts";
import type { OtcOperationName } from "./operation.ts";

export interface ErrorRow {
  readonly class: OtcErrorClass;
  readonly codes: readonly string[];
  /** Where one operation's reading differs from the row's class. */
  readonly on?: Partial<Record<OtcOperationName, OtcErrorClass>>;
  /** Where one status turns the code into something else. */
  readonly atStatus?: Readonly<Record<number, OtcErrorClass>>;
}

const dbs = (...numbers: readonly string[]): string[] => numbers.map((number) => `DBS.${number}`);
const iam = (...numbers: readonly string[]): string[] => numbers.map((number) => `IAM.${number}`);
const apig = (...numbers: readonly string[]): string[] => numbers.map((number) => `APIG.${number}`);

export const ERROR_ROWS: readonly ErrorRow[] = [
  // Another operation runs on the instance, or it is faulty.
  { class: "instance-busy", codes: dbs("200011", "200019", "200047", "201202", "212006", "200402", "212033") },
  // A backup is in progress.
  { class: "instance-busy", codes: [...dbs("201205"), "RDS.3004"] },
  // Not allowed in the instance's present status.
  { class: "instance-busy", codes: dbs("200086", "201014") },
  // Texts undocumented; OTC's own clients wait and try again on them.
  { class: "instance-busy", codes: dbs("200018", "200611", "200080", "200463", "201015", "201206", "280011") },
  { class: "instance-busy", codes: dbs("280343", "280816") },
  // Busy codes of the sister services.
  { class: "instance-busy", codes: dbs("200076", "200452", "01010337", "01280030", "280036", "200998") },
  { class: "instance-busy", codes: ["RDS.0011", "RDS.0056"] },
  { class: "storage-full", codes: dbs("200316") },
  { class: "instance-frozen", codes: dbs("280449") },

  // The backup's status forbids the operation, or it is being restored, replicated or deleted.
  { class: "backup-busy", codes: [...dbs("201208", "201319"), "RDS.3016", "RDS.3026"] },
  { class: "backup-gone", codes: dbs("201010", "201203", "280214") },
  { class: "duplicate-name", codes: [...dbs("201201"), "RDS.0031"] },

  // The instance does not exist.
  {
    class: "instance-gone",
    codes: dbs("200002", "200013", "200045", "200408", "200602", "201028", "290005", "290011"),
  },
  { class: "instance-gone", codes: ["RDS.0002"] },
  // "Resource not found": which one depends on what was asked for.
  { class: "instance-gone", codes: dbs("290013"), on: { deleteBackup: "backup-gone" } },

  // Parameter errors.
  {
    class: "configuration",
    codes: dbs("200001", "200004", "200405", "280001", "280204", "290000", "290001", "200006"),
  },
  // Bad description, bad name, unknown database, malformed id, name of an instance taken.
  { class: "configuration", codes: dbs("280127", "280277", "280128", "280404", "200022") },
  // Bad cycle, start time or retention of the automated policy.
  { class: "configuration", codes: dbs("201101", "201103", "201106", "280250", "280253") },
  // Engine or version not supported.
  { class: "instance-not-eligible", codes: dbs("200040", "200041", "200042", "201207", "280235", "280238") },
  // Operation not allowed: a read replica on create, an automated backup on delete.
  { class: "configuration", codes: dbs("212003"), on: { createBackup: "instance-not-eligible" } },
  // The address names another project than the credential.
  { class: "configuration", codes: ["SYS.0400"] },

  { class: "permission", codes: dbs("200010", "200604", "200044", "201003", "280015") },
  { class: "authentication", codes: dbs("280056") },
  { class: "quota", codes: [...dbs("200046", "290003", "216028", "200087"), "RDS.3003"] },

  // Instance query failed.
  { class: "retry-soon", codes: dbs("200203") },
  // Server failures; 111205 is a timeout after which the operation may have succeeded.
  { class: "retry-soon", codes: dbs("108000", "108002", "108005", "200005", "213004", "290006", "290015", "200811") },
  { class: "retry-soon", codes: dbs("111205") },

  // The API gateway.
  { class: "configuration", codes: apig("0101", "0602") },
  { class: "configuration", codes: apig("0201"), atStatus: { 502: "retry-soon", 504: "retry-soon" } },
  { class: "retry-soon", codes: apig("0202", "0203", "0610", "0601", "0613") },
  { class: "authentication", codes: apig("0301", "0303", "0305", "0307") },
  { class: "permission", codes: apig("0302", "0304", "0306", "0802", "0310", "0401", "0402") },
  { class: "throttled", codes: apig("0308") },

  // IAM.
  {
    class: "configuration",
    codes: iam("0007", "0009", "0011", "0072", "0073", "1101", "1102", "1103", "0004", "1109"),
  },
  { class: "authentication", codes: iam("1104", "1105", "1106", "1107", "1108") },
  { class: "authentication", codes: iam("0001", "0062", "0063", "0064", "0066", "0067", "0080", "0081", "0082") },
  { class: "account-locked", codes: iam("0061") },
  { class: "permission", codes: iam("0002", "0003", "0083") },
  { class: "throttled", codes: iam("0012") },
  { class: "retry-soon", codes: iam("0005", "0006", "0020") },
];

/** Classes by HTTP status, for answers without a code we know. */
export const STATUS_CLASSES: Readonly<Record<number, OtcErrorClass>> = {
  400: "configuration",
  401: "authentication",
  403: "permission",
  405: "configuration",
  406: "configuration",
  408: "retry-soon",
  409: "instance-busy",
  413: "quota",
  414: "configuration",
  415: "configuration",
  422: "configuration",
  423: "instance-busy",
  425: "retry-soon",
  429: "throttled",
  494: "configuration",
};
