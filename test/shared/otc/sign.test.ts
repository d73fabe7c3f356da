// Signatures against published vectors and against ones computed with OTC's own Go signer and Huawei's Python signer. The
// keys are the ones of Huawei's published sample and open nothing.

import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalRequest, deriveKey, type SignableRequest, signRequest, toSdkDate } from "../../../shared/otc/sign.ts";
import type { Query } from "../../../shared/otc/target.ts";

const key = { accessKey: "QTWAOYTTINDUT2QVKYUC", secretKey: ["MFyfvK41ba2giqM7Uio6", "PznpdUKGpownRZlmVmHc"].join("") };
const sdkSample = { accessKey: "AccessKey", secretKey: "SecretKey" };
const project = "0483b6b16e954cb88930a360d2c4e663";
const rdsHeaders = {
  "Content-Type": "application/json",
  Host: "rds.eu-de.otc.t-systems.com",
  "X-Project-Id": project,
  "X-Sdk-Date": "20260115T033655Z",
};
const sdkHeaders = { Host: "service.endpoint.myhuaweicloud.com", "X-Sdk-Date": "20200608T023900Z" };
const create: SignableRequest = {
  method: "POST",
  path: `v3/${project}/backups`,
  query: [],
  headers: rdsHeaders,
  body: '{"instance_id":"d8e6ca5a624745bcb546a227aa3ae1cfin01","name":"otcbk-daily-20260115-0336","description":"orchestrated backup"}',
};
const listQuery: Query = [
  ["instance_id", "d8e6ca5a624745bcb546a227aa3ae1cfin01"],
  ["backup_type", "manual"],
  ["offset", "0"],
  ["limit", "100"],
  ["begin_time", "2026-01-01T00:00:00+0000"],
  ["end_time", "2026-01-15T03:36:55+0000"],
];
const list: SignableRequest = { ...create, method: "GET", query: listQuery, body: "" };
const vpcs: SignableRequest = {
  method: "GET",
  path: "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
  query: [
    ["limit", "2"],
    ["marker", "13551d6b-755d-4757-b956-536f674975c0"],
  ],
  headers: {
    "content-type": "application/json",
    host: "service.region.example.com",
    "x-sdk-date": "20191115T033655Z",
  },
  body: "",
};
const resources: SignableRequest = {
  method: "GET",
  path: "/resources",
  query: [["size", "1"]],
  headers: sdkHeaders,
  body: "",
};
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const signatureOf = (header: string) => header.slice(-64);

test("the worked example: canonical request, both headers, and the key chain of variant B", () => {
  expect(canonicalRequest(create)).toBe(
    [
      "POST",
      `/v3/${project}/backups/`,
      "",
      "content-type:application/json",
      "host:rds.eu-de.otc.t-systems.com",
      `x-project-id:${project}`,
      "x-sdk-date:20260115T033655Z",
      "",
      "content-type;host;x-project-id;x-sdk-date",
      "72fdf6a8682015932d785003d16112a4ae949482670b2075a4517958d0f5eb1d",
    ].join("\n"),
  );
  const signed = "SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=";
  expect(signRequest(create, key, { variant: "A" })).toBe(
    `SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, ${signed}a4b3577d4158f0a27ef785821ee5500983244b62cad88e8e94506cf1d2d02545`,
  );
  expect(signRequest(create, key, { variant: "B" })).toBe(
    `SDK-HMAC-SHA256 Credential=QTWAOYTTINDUT2QVKYUC/20260115///sdk_request, ${signed}f92a78b58b84256364977d5d2fcf781d2033a011f74335e3f6d0eff2b50f2199`,
  );
  expect(deriveKey(key.secretKey, "20260115", { region: "", service: "" }).toString("hex")).toBe(
    "13cf45334b630107a06adfbcb13efe7d67870987499facb91c24c20c00f950d7",
  );
});

test("variant B with a region and a service", () => {
  const scope = { region: "eu-de", service: "rds" };
  expect(deriveKey(key.secretKey, "20260115", scope).toString("hex")).toBe(
    "ff6c6f85f75dc54f52565c94c7b259767552b7f33da12a5c3ebeb1a9936924ab",
  );
  expect(signatureOf(signRequest(create, key, { variant: "B", scope }))).toBe(
    "f8aa2d936628382ca20fb85ace9aa85fcbcaed1c5bcc838f952e7120661bca2a",
  );
});

test.each([
  {
    name: "a list with a query that must be sorted and encoded",
    request: list,
    keys: key,
    hash: "73ae43d440d561302e5f9456b0ccb3bcd5fced6627cf72212f4ce3b94ed00b68",
    A: "85fdb8eb66da8fd74eb682f168be4ce1e1fe5466ab4509cbcfc0f1333aa57dbc",
    B: "b9dffe4be1d4c5003365309f9d6c8ea3b41fdee0ac54ef7b351a3c3d79377241",
  },
  {
    name: "the sample of Huawei's signing guide",
    request: vpcs,
    keys: key,
    hash: "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
    A: "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
  },
  {
    name: "GET of Huawei's SDK test",
    request: resources,
    keys: sdkSample,
    hash: "de94dd1e1ccdb730b403ce35d7e14f7c7b04337f6def1c3a3a2ba936852b133f",
    A: "cfb4171acec81de07d50e53d57eb77edd537414d66ddb1d7d780f128e12cd842",
  },
  {
    name: "POST of Huawei's SDK test",
    request: { ...resources, method: "POST", body: '{"name":"test","id":1}' },
    keys: sdkSample,
    hash: "2b1b2515e48cb55e043ff2ec5b93d3f13ec287e1da1d7a2e4e14b0611a341969",
    A: "436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f",
  },
])("vector: $name", ({ request, keys, hash, A, B }) => {
  expect(sha256(canonicalRequest(request))).toBe(hash);
  expect(signatureOf(signRequest(request, keys, { variant: "A" }))).toBe(A);
  if (B !== undefined) expect(signatureOf(signRequest(request, keys, { variant: "B" }))).toBe(B);
});

test("the canonical query is sorted and encodes everything but the unreserved characters", () => {
  expect(canonicalRequest(list).split("\n")[2]).toBe(
    "backup_type=manual&begin_time=2026-01-01T00%3A00%3A00%2B0000&end_time=2026-01-15T03%3A36%3A55%2B0000&instance_id=d8e6ca5a624745bcb546a227aa3ae1cfin01&limit=100&offset=0",
  );
  const odd = {
    ...list,
    query: [
      ["b", ""],
      ["a", "x y"],
      ["a", "*'()!~"],
      ["ä", "+"],
    ],
  } as const;
  expect(canonicalRequest(odd).split("\n")[2]).toBe("%C3%A4=%2B&a=%2A%27%28%29%21~&a=x%20y&b=");
});

test("blanks around the keys do not matter, and a content hash in a header is taken as it is", () => {
  const padded = { accessKey: ` ${key.accessKey}\n`, secretKey: `\t${key.secretKey} ` };
  for (const variant of ["A", "B"] as const) {
    expect(signRequest(create, padded, { variant })).toBe(signRequest(create, key, { variant }));
  }
  const unsigned = { ...create, headers: { ...rdsHeaders, "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD" } };
  expect(canonicalRequest(unsigned).split("\n").at(-1)).toBe("UNSIGNED-PAYLOAD");
});

test("the order in which headers and query are given never changes a signature", () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,8}$/), fc.string({ maxLength: 12 })), {
    selector: ([name]) => name,
    maxLength: 6,
  });
  fc.assert(
    fc.property(pairs, fc.constantFrom("A" as const, "B" as const), (query, variant) => {
      const forward = { ...list, query };
      const headers = Object.fromEntries(Object.entries(rdsHeaders).toReversed());
      const backward = { ...list, query: query.toReversed(), headers };
      expect(signRequest(forward, key, { variant })).toBe(signRequest(backward, key, { variant }));
    }),
    { numRuns: 100 },
  );
});

test("the date is UTC, without fractions", () => {
  expect(toSdkDate(Date.UTC(2026, 0, 15, 3, 36, 55, 987))).toBe("20260115T033655Z");
});
