// AK/SK: published vectors, both dialects over HTTP, and every way to be refused. The signer here is written from the documents alone.

import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalRequest, expectedSignature, parseAuthorization } from "../../../local/simulator/signing.ts";
import { account, admin, aSimulator, call, ids, loginBody, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, bare } = await aSimulator();
const { control } = simulator;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

describe("vectors", () => {
  const sampleKey = ["MFyfvK41ba2giqM7Uio6", "PznpdUKGpownRZlmVmHc"].join("");
  const project = "0483b6b16e954cb88930a360d2c4e663";
  const headers = {
    "content-type": "application/json",
    host: "rds.eu-de.otc.t-systems.com",
    "x-project-id": project,
    "x-sdk-date": "20260115T033655Z",
  };
  const signed = ["content-type", "host", "x-project-id", "x-sdk-date"];
  const id = "d8e6ca5a624745bcb546a227aa3ae1cfin01";
  const create = {
    method: "POST",
    rawPath: `/v3/${project}/backups`,
    rawQuery: "",
    headers,
    rawBody: Buffer.from(
      `{"instance_id":"${id}","name":"otcbk-daily-20260115-0336","description":"orchestrated backup"}`,
    ),
  };
  const list = {
    ...create,
    method: "GET",
    rawBody: Buffer.alloc(0),
    rawQuery: `instance_id=${id}&backup_type=manual&offset=0&limit=100&begin_time=2026-01-01T00%3A00%3A00%2B0000&end_time=2026-01-15T03%3A36%3A55%2B0000`,
  };
  const claim = (scope: { date: string; region: string; service: string } | undefined) => ({
    variant: scope === undefined ? ("A" as const) : ("B" as const),
    accessKey: "",
    scope,
    signedHeaders: signed,
    signature: "",
  });
  const empty = { date: "20260115", region: "", service: "" };

  test.each([
    ["create, A", create, undefined, "a4b3577d4158f0a27ef785821ee5500983244b62cad88e8e94506cf1d2d02545"],
    ["create, B without scope", create, empty, "f92a78b58b84256364977d5d2fcf781d2033a011f74335e3f6d0eff2b50f2199"],
    [
      "create, B in a region",
      create,
      { ...empty, region: "eu-de", service: "rds" },
      "f8aa2d936628382ca20fb85ace9aa85fcbcaed1c5bcc838f952e7120661bca2a",
    ],
    ["list, A", list, undefined, "85fdb8eb66da8fd74eb682f168be4ce1e1fe5466ab4509cbcfc0f1333aa57dbc"],
    ["list, B without scope", list, empty, "b9dffe4be1d4c5003365309f9d6c8ea3b41fdee0ac54ef7b351a3c3d79377241"],
  ])("%s", (_what, request, scope, signature) => {
    const canonical = canonicalRequest(request, signed);
    const keyed = { sdkDate: headers["x-sdk-date"], secretKey: sampleKey };
    expect(expectedSignature(canonical, claim(scope), keyed)).toBe(signature);
  });

  test("a vector of the Huawei SDK's own tests", () => {
    const request = {
      method: "POST",
      rawPath: "/resources",
      rawQuery: "size=1",
      headers: { host: "service.endpoint.myhuaweicloud.com", "x-sdk-date": "20200608T023900Z" },
      rawBody: Buffer.from('{"name":"test","id":1}'),
    };
    const canonical = canonicalRequest(request, ["host", "x-sdk-date"]);
    expect(sha256(canonical)).toBe("2b1b2515e48cb55e043ff2ec5b93d3f13ec287e1da1d7a2e4e14b0611a341969");
    const keyed = { sdkDate: "20200608T023900Z", secretKey: "SecretKey" };
    const signature = "436b1ac0a1ae03705934bb70ef2f2e09f7bfed2117d731a38235053199323a1f";
    expect(expectedSignature(canonical, claim(undefined), keyed)).toBe(signature);
  });

  test.each([
    "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=short",
    "SDK-HMAC-SHA256, Access=AK, SignedHeaders=host, Signature=".concat("0".repeat(64)),
    "SDK-HMAC-SHA256 Credential=AK/20260115/eu-de/rds/other, SignedHeaders=host, Signature=".concat("0".repeat(64)),
    "AWS4-HMAC-SHA256 Credential=AK",
  ])("%s is no claim", (header) => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});

interface Signing {
  variant?: "A" | "B";
  at?: number;
  accessKey?: string;
  secretKey?: string;
  extra?: Record<string, string>;
  projectId?: string | undefined;
}

function sdkDate(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** Signs a GET of a path below the project and sends it. */
function signedGet(path: string, signing: Signing = {}) {
  const { variant = "A", at = startAt, accessKey = admin.accessKey, secretKey = admin.secretKey, extra = {} } = signing;
  const { host } = new URL(simulator.url);
  const projectId = "projectId" in signing ? signing.projectId : account.projectId;
  const date = sdkDate(at);
  const target = `/v3/${account.projectId}${path}`;
  const [rawPath = "", query = ""] = target.split("?");
  const canonical = `GET\n${rawPath}/\n${query}\nhost:${host}\nx-sdk-date:${date}\n\nhost;x-sdk-date\n${sha256("")}`;
  const day = date.slice(0, 8);
  const key = variant === "A" ? secretKey : ["", "", "sdk_request"].reduce(hmac as never, hmac(`SDK${secretKey}`, day));
  const scope = variant === "A" ? "" : `${day}///sdk_request\n`;
  const signature = hmac(key as never, `SDK-HMAC-SHA256\n${date}\n${scope}${sha256(canonical)}`).toString("hex");
  const who = variant === "A" ? `Access=${accessKey}` : `Credential=${accessKey}/${day}///sdk_request`;
  const headers = {
    "X-Sdk-Date": date,
    Authorization: `SDK-HMAC-SHA256 ${who}, SignedHeaders=host;x-sdk-date, Signature=${signature}`,
    ...(projectId === undefined ? {} : { "X-Project-Id": projectId }),
    ...extra,
  };
  return call(`${simulator.url}${target}`, "GET", { headers });
}

describe("over HTTP", () => {
  test.each(["A", "B"] as const)("variant %s is accepted, unless a knob says otherwise", async (variant) => {
    const path = `/backups?backup_type=manual&instance_id=${ids.shop}`;
    expect((await signedGet(path, { variant })).status).toBe(200);
    control.setKnobs({ signatureVariants: [variant === "A" ? "B" : "A"] });
    expect((await signedGet(path, { variant })).status).toBe(401);
  });

  test("a wrong secret is answered with the server's canonical request, pipes for newlines", async () => {
    const answer = await signedGet("/instances", { secretKey: "wrong" });
    expect(answer).toMatchObject({ status: 401, body: { error_code: "APIGW.0301" } });
    const { host } = new URL(simulator.url);
    expect(answer.body.error_msg).toContain(
      `verify aksk signature fail, canonicalRequest:GET|/v3/${account.projectId}/instances/||host:${host}|x-sdk-date:20261124T120000Z||host;x-sdk-date|`,
    );
  });

  test("fifteen minutes of skew are accepted, a second more is not, either way", async () => {
    const status = async (ms: number) => (await signedGet("/instances", { at: startAt + ms })).status;
    expect([await status(15 * minuteMs), await status(-15 * minuteMs)]).toEqual([200, 200]);
    expect([await status(15 * minuteMs + 1000), await status(-15 * minuteMs - 1000)]).toEqual([401, 401]);
    const stale = await signedGet("/instances", { at: startAt - 20 * minuteMs });
    expect(stale.body.error_msg).toContain(
      "signature expired, signature time:20261124T114000Z,server time:20261124T120000Z",
    );
  });

  test("the knobs: another tolerance, a server whose clock is wrong, the machine's clock", async () => {
    control.setKnobs({ signatureSkewMinutes: 1 });
    expect((await signedGet("/instances", { at: startAt - 2 * minuteMs })).status).toBe(401);
    control.setKnobs({ clockSkewSeconds: -120 });
    const behind = await signedGet("/instances", { at: startAt - 2 * minuteMs });
    expect([behind.status, behind.headers.get("date")]).toEqual([200, "Tue, 24 Nov 2026 11:58:00 GMT"]);
    control.setKnobs({ clockSkewSeconds: 0, signatureClock: "real", signatureSkewMinutes: 15 });
    expect((await signedGet("/instances", { at: Date.now() })).status).toBe(200);
  });

  test("more than five failures in a row lock the key for five minutes, also for the right secret", async () => {
    for (let i = 0; i < 5; i += 1) await signedGet("/instances", { secretKey: "wrong" });
    expect((await signedGet("/instances")).status).toBe(200);
    for (let i = 0; i < 6; i += 1) await signedGet("/instances", { secretKey: "wrong" });
    expect((await signedGet("/instances")).body.error_msg).toContain("AK access failed to reach the limit");
    control.advanceClock(5 * minuteMs);
    expect((await signedGet("/instances", { at: startAt + 5 * minuteMs })).status).toBe(200);
  });

  test("an unknown key, a project that is not the path's, and none at all", async () => {
    expect((await signedGet("/instances", { accessKey: "UNKNOWN" })).body.error_msg).toContain("ak not exist");
    expect((await signedGet("/instances", { projectId: "other" })).body.error_code).toBe("SYS.0400");
    const without = await signedGet("/instances", { projectId: undefined });
    expect([without.status, without.body.error_code]).toEqual([401, "APIGW.0301"]);
    control.setKnobs({ projectHeader: "optional" });
    expect((await signedGet("/instances", { projectId: undefined })).status).toBe(200);
  });

  test("temporary credentials need their security token and end", async () => {
    const login = await bare.post("/v3/auth/tokens", loginBody());
    const headers = { "X-Auth-Token": login.headers.get("x-subject-token") ?? "" };
    const ask = (duration: number) =>
      bare.post(
        "/v3.0/OS-CREDENTIAL/securitytokens",
        { auth: { identity: { methods: ["token"], token: { duration_seconds: duration } } } },
        headers,
      );
    expect((await ask(899)).status).toBe(400);
    const { credential } = (await ask(900)).body;
    expect(credential.expires_at).toBe("2026-11-24T12:15:00.000000Z");
    const keys = { accessKey: credential.access, secretKey: credential.secret };
    const extra = { "X-Security-Token": credential.securitytoken };
    expect((await signedGet("/instances", { ...keys, extra })).status).toBe(200);
    expect((await signedGet("/instances", keys)).status).toBe(401);
    control.advanceClock(15 * minuteMs);
    const ended = await signedGet("/instances", { ...keys, extra, at: startAt + 15 * minuteMs });
    expect(ended).toMatchObject({ status: 400, body: { error_code: "IAM.1108" } });
  });
});
