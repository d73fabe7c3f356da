// Every row of the table of error codes, as OTC's documents and clients describe it, written down a second time by hand:
// an entry that is lost or moved shows here. The code decides; the status is asked only without a known code.

import { expect, test } from "vitest";
import { classifyRefusal, effectOfStatus } from "../../../shared/otc/classify.ts";
import { ERROR_ROWS } from "../../../shared/otc/error-table.ts";
import type { OtcErrorClass } from "../../../shared/otc/errors.ts";
import type { OtcOperationName } from "../../../shared/otc/operation.ts";

type Row = readonly [codes: string, status: number, expected: OtcErrorClass, operation?: OtcOperationName];

const rows: readonly Row[] = [
  ["DBS.200011 DBS.200019 DBS.200047 DBS.201202 DBS.212006", 409, "instance-busy"],
  ["DBS.201205", 409, "instance-busy"],
  ["DBS.200402", 409, "instance-busy"],
  ["DBS.200086 DBS.201014", 400, "instance-busy"],
  ["DBS.201014", 403, "instance-busy"],
  [
    "DBS.200018 DBS.200611 DBS.200080 DBS.200463 DBS.201015 DBS.201206 DBS.280011 DBS.280343 DBS.280816",
    409,
    "instance-busy",
  ],
  ["DBS.212033", 403, "instance-busy"],
  ["DBS.200076 DBS.200452 DBS.01010337 DBS.01280030 DBS.280036 DBS.200998", 400, "instance-busy"],
  ["DBS.200316", 409, "storage-full"],
  ["DBS.201208 DBS.201319", 400, "backup-busy", "deleteBackup"],
  ["DBS.201201", 409, "duplicate-name"],
  ["DBS.201201", 400, "duplicate-name"],
  ["DBS.200022", 409, "configuration"],
  ["DBS.200001 DBS.200004 DBS.200405 DBS.280001 DBS.280204 DBS.290000 DBS.290001 DBS.200006", 400, "configuration"],
  ["DBS.280127 DBS.280277 DBS.280128 DBS.280404", 400, "configuration"],
  ["DBS.200040 DBS.200041 DBS.200042 DBS.201207 DBS.280235 DBS.280238", 400, "instance-not-eligible"],
  ["DBS.212003", 400, "instance-not-eligible"],
  ["DBS.212003", 400, "configuration", "deleteBackup"],
  ["DBS.280449", 400, "instance-frozen"],
  ["DBS.201101 DBS.201103 DBS.201106 DBS.280250 DBS.280253", 400, "configuration"],
  ["DBS.200002 DBS.200013 DBS.200045 DBS.200408 DBS.200602 DBS.201028 DBS.290005 DBS.290011", 404, "instance-gone"],
  ["DBS.200203", 400, "retry-soon", "listInstances"],
  ["DBS.201010", 404, "backup-gone", "deleteBackup"],
  ["DBS.201203 DBS.280214", 400, "backup-gone", "deleteBackup"],
  ["DBS.290013", 404, "instance-gone", "listBackups"],
  ["DBS.290013", 404, "backup-gone", "deleteBackup"],
  ["DBS.200010 DBS.200604 DBS.200044 DBS.201003 DBS.280015", 403, "permission"],
  ["DBS.280056", 403, "authentication"],
  ["DBS.200046 DBS.290003 RDS.3003", 413, "quota"],
  ["DBS.216028 DBS.200087", 400, "quota"],
  [
    "DBS.108000 DBS.108002 DBS.108005 DBS.200005 DBS.213004 DBS.290006 DBS.290015 DBS.200811 DBS.111205",
    500,
    "retry-soon",
  ],
  ["APIGW.0101", 404, "configuration"],
  ["APIGW.0201", 400, "configuration"],
  ["APIGW.0201", 413, "configuration"],
  ["APIGW.0201", 494, "configuration"],
  ["APIGW.0201", 502, "retry-soon"],
  ["APIGW.0201", 504, "retry-soon"],
  ["APIGW.0202 APIGW.0203 APIGW.0610", 502, "retry-soon"],
  ["APIGW.0301 APIGW.0305 APIGW.0307", 401, "authentication"],
  ["APIGW.0302 APIGW.0304 APIGW.0306 APIGW.0802 APIGW.0310 APIGW.0401 APIGW.0402", 403, "permission"],
  ["APIGW.0308", 429, "throttled"],
  ["APIGW.0601", 500, "retry-soon"],
  ["APIGW.0613", 503, "retry-soon"],
  ["APIGW.0602", 400, "configuration"],
  ["SYS.0400", 400, "configuration"],
  ["RDS.3004", 409, "instance-busy"],
  ["RDS.3016 RDS.3026", 409, "backup-busy", "deleteBackup"],
  ["IAM.0007 IAM.0009 IAM.0011 IAM.0072 IAM.0073 IAM.1101 IAM.1102 IAM.1103", 400, "configuration", "login"],
  ["IAM.1104 IAM.1105 IAM.1106 IAM.1107 IAM.1108", 400, "authentication"],
  ["IAM.1109", 400, "configuration", "login"],
  ["IAM.0001 IAM.0062 IAM.0063 IAM.0064 IAM.0066 IAM.0067", 401, "authentication", "login"],
  ["IAM.0061", 401, "account-locked", "login"],
  ["IAM.0002 IAM.0003 IAM.0083", 403, "permission", "login"],
  ["IAM.0080 IAM.0081 IAM.0082", 403, "authentication", "login"],
  ["IAM.0004", 404, "configuration", "login"],
  ["IAM.0012", 429, "throttled", "login"],
  ["IAM.0005", 409, "retry-soon", "login"],
  ["IAM.0006", 503, "retry-soon", "login"],
  ["IAM.0020", 410, "retry-soon", "login"],
];

const refusal = { operation: "createBackup", foreign: false } as const;

const cases = rows.map(([codes, status, expected, operation = "createBackup"]) => ({
  codes,
  status,
  expected,
  operation,
}));

test.each(cases)("$codes with HTTP $status on $operation: $expected", ({ codes, status, expected, operation }) => {
  for (const code of codes.split(" ")) {
    expect([code, classifyRefusal({ ...refusal, status, code, operation })]).toEqual([code, expected]);
    const documented = code.replace("APIGW.", "APIG.");
    expect(classifyRefusal({ ...refusal, status, code: documented, operation })).toBe(expected);
  }
});

test("no code stands in the table without a row here, and none twice", () => {
  const here = new Set(rows.flatMap(([codes]) => codes.split(" ").map((code) => code.replace("APIGW.", "APIG."))));
  const table = ERROR_ROWS.flatMap((row) => row.codes);
  expect(table.filter((code) => !here.has(code))).toEqual([
    // Codes of the first API version, seen at OTC's older clients only.
    "RDS.0011",
    "RDS.0056",
    "RDS.0031",
    "RDS.0002",
    "APIG.0303",
  ]);
  expect(table.length).toBe(new Set(table).size);
});

test.each([
  [400, "configuration"],
  [401, "authentication"],
  [403, "permission"],
  [404, "configuration"],
  [405, "configuration"],
  [406, "configuration"],
  [408, "retry-soon"],
  [409, "instance-busy"],
  [413, "quota"],
  [414, "configuration"],
  [415, "configuration"],
  [422, "configuration"],
  [425, "retry-soon"],
  [429, "throttled"],
  [494, "configuration"],
  [500, "retry-soon"],
  [502, "retry-soon"],
  [503, "retry-soon"],
  [504, "retry-soon"],
  [599, "retry-soon"],
  [302, "configuration"],
  [418, "configuration"],
  [499, "configuration"],
] as const)("HTTP %i without a code we know: %s", (status, expected) => {
  expect(classifyRefusal({ ...refusal, status })).toBe(expected);
  expect(classifyRefusal({ ...refusal, status, code: "DBS.999999" })).toBe(expected);
  const ofDelete = new Map<number, OtcErrorClass>([
    [404, "backup-gone"],
    [409, "backup-busy"],
  ]);
  const deleted = classifyRefusal({ ...refusal, status, operation: "deleteBackup" });
  expect(deleted).toBe(ofDelete.get(status) ?? expected);
});

test.each<[OtcOperationName, OtcErrorClass]>([
  ["deleteBackup", "backup-gone"],
  ["listBackups", "instance-gone"],
  ["getAutomatedPolicy", "instance-gone"],
  ["getRestoreTimes", "instance-gone"],
  ["createBackup", "configuration"],
  ["listInstances", "configuration"],
  ["listProjects", "configuration"],
  ["getQuotas", "configuration"],
  ["login", "configuration"],
])(
  "a bare 404 or 410 of %s names the thing in the path: %s; nothing when a stranger says it",
  (operation, expected) => {
    for (const status of [404, 410]) {
      expect(classifyRefusal({ status, operation, foreign: false })).toBe(expected);
      expect(classifyRefusal({ status, operation, foreign: true })).toBe("configuration");
    }
  },
);

test("only a refusal of the 4xx family proves that nothing was done, and not 408", () => {
  expect([400, 401, 403, 404, 409, 413, 429].map(effectOfStatus)).toEqual(Array(7).fill("none"));
  expect([302, 408, 500, 502, 503, 504].map(effectOfStatus)).toEqual(Array(6).fill("unknown"));
});
