// IAM: logging in and being refused, tokens and how they die, projects, the catalog that leads back here.

import { describe, expect, test } from "vitest";
import { account, admin, aSimulator, call, dayMs, hourMs, loginBody, minuteMs, startAt } from "./a-simulator.ts";

const { simulator, bare, rds } = await aSimulator();
const { control } = simulator;

const logIn = (changes: Parameters<typeof loginBody>[0] = {}) => bare.post("/v3/auth/tokens", loginBody(changes));
const tokenOf = async (changes: Parameters<typeof loginBody>[0] = {}) =>
  (await logIn(changes)).headers.get("x-subject-token") ?? "";
const withToken = (token: string) => ({ "X-Auth-Token": token });
const instancesPath = `/v3/${account.projectId}/instances`;

describe("a login", () => {
  test("answers with a token of three kilobytes, its end, project, user and a catalog", async () => {
    const answer = await logIn();
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-subject-token")).toMatch(/^MII.{2997}$/);
    expect(answer.body.token).toMatchObject({
      issued_at: "2026-11-24T12:00:00.000000Z",
      expires_at: "2026-11-25T12:00:00.000000Z",
      methods: ["password"],
      project: { id: account.projectId, name: "eu-de", domain: { name: account.domainName } },
      user: { name: "admin", password_expires_at: "", domain: { name: account.domainName } },
    });
  });

  test("the catalog leads to the simulator itself, under the name it was called by", async () => {
    const { catalog } = (await logIn()).body.token;
    const urls = catalog.map((entry: { type: string; endpoints: Array<{ url: string }> }) => [
      entry.type,
      entry.endpoints[0]?.url,
    ]);
    expect(urls).toEqual([
      ["rdsv3", `${simulator.url}/v3/${account.projectId}`],
      ["rds", `${simulator.url}/v3/${account.projectId}`],
      ["identity", `${simulator.url}/v3`],
    ]);
    expect(catalog[0].endpoints[0]).toMatchObject({ interface: "public", region: "eu-de", region_id: "eu-de" });
    const without = await bare.post("/v3/auth/tokens?nocatalog=true", loginBody());
    expect(without.body.token).not.toHaveProperty("catalog");
  });

  test("the project may be given by name; without one the token is good for no project", async () => {
    expect((await logIn({ scope: { project: { name: "eu-de" } } })).body.token.project.id).toBe(account.projectId);
    const unscoped = await tokenOf({ scope: undefined });
    expect(await bare.get(instancesPath, withToken(unscoped))).toMatchObject({
      status: 400,
      body: { error_code: "SYS.0400" },
    });
    expect((await bare.get("/v3/auth/projects", withToken(unscoped))).body.projects).toHaveLength(2);
  });

  test("a token can be turned into one with another scope", async () => {
    const token = await tokenOf({ scope: undefined });
    const auth = { identity: { methods: ["token"], token: { id: token } }, scope: { project: { name: "eu-de" } } };
    const answer = await bare.post("/v3/auth/tokens", { auth });
    expect(answer.body.token.project.id).toBe(account.projectId);
    auth.identity.token.id = "nonsense";
    expect((await bare.post("/v3/auth/tokens", { auth })).status).toBe(401);
  });

  const wrong: Array<[string, unknown, number, string]> = [
    ["no body", undefined, 400, "IAM.0011"],
    ["no JSON", "{", 400, "IAM.0011"],
    ["no identity", { auth: {} }, 400, "IAM.0011"],
    ["a method that is not known", { auth: { identity: { methods: ["totp"] } } }, 400, "IAM.0011"],
    ["an unknown user", loginBody({ user: "nobody" }), 401, "IAM.0062"],
    ["an unknown domain", loginBody({ domain: "OTC-OTHER" }), 401, "IAM.0062"],
    ["a wrong password", loginBody({ password: "wrong" }), 401, "IAM.0062"],
    ["an unknown project", loginBody({ scope: { project: { id: "none" } } }), 404, "IAM.0004"],
  ];
  test.each(wrong)("%s is refused", async (_what, body, status, code) => {
    const answer = await bare.post("/v3/auth/tokens", body);
    expect([answer.status, answer.body.error_code]).toEqual([status, code]);
  });

  test("errors may come in Keystone's form", async () => {
    control.setKnobs({ iamErrorForm: "keystone" });
    expect((await logIn({ password: "wrong" })).body.error).toMatchObject({ code: 401, title: "Unauthorized" });
  });
});

describe("five wrong passwords", () => {
  test("lock the account for fifteen minutes, also for the right one", async () => {
    for (let i = 0; i < 5; i += 1) expect((await logIn({ password: "wrong" })).body.error_code).toBe("IAM.0062");
    expect((await logIn()).body.error_code).toBe("IAM.0061");
    control.advanceClock(15 * minuteMs);
    expect((await logIn()).status).toBe(201);
    expect(control.logins().find(({ user }) => user.endsWith("/admin"))).toMatchObject({ failed: 6 });
  });

  test("do not, when they are spread over more than the window, or a right one comes between", async () => {
    for (let i = 0; i < 6; i += 1) {
      await logIn({ password: "wrong" });
      control.advanceClock(4 * minuteMs);
    }
    expect((await logIn()).status).toBe(201);
    for (let i = 0; i < 4; i += 1) await logIn({ password: "wrong" });
    await logIn();
    await logIn({ password: "wrong" });
    expect((await logIn()).status).toBe(201);
  });

  test("the knobs for count and time", async () => {
    control.setKnobs({ maxFailedLogins: 2, lockMinutes: 30 });
    for (let i = 0; i < 2; i += 1) await logIn({ password: "wrong" });
    control.advanceClock(29 * minuteMs);
    expect((await logIn()).body.error_code).toBe("IAM.0061");
    control.advanceClock(minuteMs);
    expect((await logIn()).status).toBe(201);
  });
});

describe("a token", () => {
  test("is refused when it is missing, made up, or over", async () => {
    const token = await tokenOf();
    const codeWith = async (headers: Record<string, string>) => {
      const { status, body } = await bare.get(instancesPath, headers);
      return [status, body.error_code];
    };
    expect(await codeWith({})).toEqual([401, "APIGW.0301"]);
    expect(await codeWith(withToken("MIImadeup"))).toEqual([401, "APIGW.0301"]);
    control.advanceClock(dayMs);
    expect(await codeWith(withToken(token))).toEqual([401, "APIGW.0307"]);
    control.setKnobs({ refusals: { expiredToken: { status: 403, code: "DBS.280056" } } });
    expect(await codeWith(withToken(token))).toEqual([403, "DBS.280056"]);
  });

  test("belongs to one project", async () => {
    const answer = await bare.get("/v3/00000000000000000000000000000000/instances", withToken(await tokenOf()));
    expect(answer).toMatchObject({ status: 400, body: { error_code: "SYS.0400" } });
  });

  test("lives on when another is issued, and dies with the password after some minutes", async () => {
    const first = await tokenOf();
    await tokenOf();
    const status = async () => (await bare.get(instancesPath, withToken(first))).status;
    expect(await status()).toBe(200);
    control.changePassword("admin", "another");
    expect([await status(), (await logIn()).status]).toEqual([200, 401]);
    control.advanceClock(30 * minuteMs);
    expect(await status()).toBe(401);
    expect((await logIn({ password: "another" })).status).toBe(201);
  });

  test("is described by GET, checked by HEAD, and revoked by DELETE", async () => {
    const token = await tokenOf();
    const headers = { ...withToken(await tokenOf()), "X-Subject-Token": token };
    const on = (method: string) => call(`${simulator.url}/v3/auth/tokens`, method, { headers });
    expect((await on("GET")).body.token.project.id).toBe(account.projectId);
    expect((await on("HEAD")).status).toBe(200);
    expect((await on("DELETE")).status).toBe(204);
    expect((await on("HEAD")).status).toBe(404);
    expect((await bare.get(instancesPath, withToken(token))).status).toBe(401);
  });

  test("of 12 kilobytes is accepted, a header above 32 is refused with 494", async () => {
    control.setKnobs({ tokenLength: 12_000, tokenLifetimeHours: 1 });
    const token = await tokenOf();
    expect((await bare.get(instancesPath, withToken(token))).status).toBe(200);
    expect((await bare.get(instancesPath, withToken("x".repeat(33_000)))).status).toBe(494);
    control.advanceClock(hourMs);
    expect((await bare.get(instancesPath, withToken(token))).status).toBe(401);
  });

  test("all tokens can be ended at once", async () => {
    expect(control.expireTokens()).toBe(1);
    expect((await rds.get("/instances")).status).toBe(401);
  });
});

test("users: disabled, for the console only, with a password that ends, with fewer rights", async () => {
  const user = { password: "pw-1" };
  control.addAccount({
    name: "other",
    region: "eu-de",
    projectId: "other",
    domainName: "OTC-OTHER",
    users: [
      { ...user, name: "disabled", enabled: false },
      { ...user, name: "console", consoleOnly: true },
      { ...user, name: "ending", passwordExpiresAt: startAt + dayMs },
      { ...user, name: "reader", actions: ["rds:backup:list"] },
    ],
  });
  const as = (name: string) =>
    bare.post(
      "/v3/auth/tokens",
      loginBody({ ...user, user: name, domain: "OTC-OTHER", scope: { project: { id: "other" } } }),
    );
  expect((await as("disabled")).body.error_code).toBe("IAM.0080");
  expect((await as("console")).body.error_code).toBe("IAM.0081");
  expect((await as("ending")).body.token.user.password_expires_at).toBe("2026-11-25T12:00:00.000000");
  const token = (await as("reader")).headers.get("x-subject-token") ?? "";
  expect(await bare.get("/v3/other/instances", withToken(token))).toMatchObject({ status: 403 });
});

test("projects by name and by page, with the built-in one; domains, catalog and versions", async () => {
  const headers = withToken(await tokenOf());
  const projects = async (query: string) =>
    (await bare.get(`/v3/projects${query}`, headers)).body.projects.map((project: { name: string }) => project.name);
  expect(await projects("")).toEqual(["eu-de", "MOS"]);
  expect(await projects("?name=eu-de")).toEqual(["eu-de"]);
  expect(await projects("?page=2&per_page=1")).toEqual(["MOS"]);
  expect((await bare.get("/v3/projects?page=1", headers)).status).toBe(400);
  expect((await bare.get("/v3/auth/domains", headers)).body.domains).toMatchObject([{ name: account.domainName }]);
  expect((await bare.get("/v3/auth/catalog", headers)).body.catalog).toHaveLength(3);
  expect((await bare.get("/v3")).body.version.links[0].href).toBe(`${simulator.url}/v3/`);
  expect((await bare.get("/")).status).toBe(300);
});

test("the path and the method must exist", async () => {
  const answer = await rds.get("/nothing");
  expect([answer.status, answer.body.error_code]).toEqual([404, "APIGW.0101"]);
  expect((await rds.put("/backups", {})).status).toBe(404);
});

test("no credential is in the log of calls", async () => {
  const token = await tokenOf();
  await bare.get(instancesPath, withToken(token));
  const text = JSON.stringify(control.callLog());
  for (const secret of [token, admin.password, admin.secretKey]) expect(text).not.toContain(secret);
});
