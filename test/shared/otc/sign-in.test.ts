// Getting and keeping the right to call: tokens, signatures, rotation, and never a second wrong password.

import { expect, test } from "vitest";
import type { OtcCredentials } from "../../../shared/otc/credentials.ts";
import { createProcessLoginGuard, type LoginGuard } from "../../../shared/otc/login-guard.ts";
import {
  type Answer,
  aClient,
  errorOf,
  json,
  keys,
  oddServer,
  password,
  projectId,
  quickClock,
  startAt,
  withLogin,
} from "../../support/odd-server.ts";

const hour = 3_600_000;
const fine: Answer = (_asked, response) => json(response, 200, { quotas: { resources: [] } });
const loginsOf = (asked: readonly { url: string }[]) => asked.filter((one) => one.url.startsWith("/v3/auth/tokens"));

/** Refuses tokens until `wanted` comes, in one of OTC's ways. */
const wantsToken =
  (wanted: string, refuse: (response: Parameters<Answer>[1]) => void): Answer =>
  (asked, response) =>
    asked.headers["x-auth-token"] === wanted ? fine(asked, response) : refuse(response);

test("the login says who, with what, and for which project, without asking for the catalogue", async () => {
  const server = await oddServer(withLogin(fine));
  await aClient(server.url, { auth: password }).getQuotas();
  const [login, call] = server.asked;
  expect(login).toMatchObject({ method: "POST", url: "/v3/auth/tokens?nocatalog=true" });
  expect(JSON.parse(login?.body ?? "")).toEqual({
    auth: {
      identity: {
        methods: ["password"],
        password: {
          user: {
            name: "svc-backup",
            password: "PW-MARKER-äö&<REKRAM",
            domain: { name: "OTC-EU-DE-00000000001000012345" },
          },
        },
      },
      scope: { project: { id: projectId } },
    },
  });
  expect(call).toMatchObject({
    url: `/v3/${projectId}/quotas`,
    headers: { "x-auth-token": "MII-TOKEN-MARKER-1", "x-language": "en-us", accept: "application/json" },
  });
});

test("many calls at once share one login, and the token serves until most of its day is over", async () => {
  const server = await oddServer(withLogin(fine));
  const clock = quickClock();
  const client = aClient(server.url, { auth: password, clock });
  await Promise.all(Array.from({ length: 10 }, () => client.getQuotas()));
  await clock.sleep(19 * hour);
  await client.getQuotas();
  expect(loginsOf(server.asked)).toHaveLength(1);
  await clock.sleep(1 * hour);
  await Promise.all(Array.from({ length: 10 }, () => client.getQuotas()));
  expect(loginsOf(server.asked)).toHaveLength(2);
});

test.each<[string, (response: Parameters<Answer>[1]) => void]>([
  ["401 APIGW.0307", (r) => json(r, 401, { error_code: "APIGW.0307", error_msg: "The token must be updated." })],
  ["401 APIGW.0301", (r) => json(r, 401, { error_code: "APIGW.0301", error_msg: "token expires, expires_at: x" })],
  ["401 APIG.0305", (r) => json(r, 401, { error_code: "APIG.0305", error_msg: "incorrect" })],
  ["403 DBS.280056", (r) => json(r, 403, { error_code: "DBS.280056", error_msg: "Invalid token." })],
  [
    "Keystone's 401",
    (r) => json(r, 401, { error: { code: 401, message: "The X-Auth-Token is invalid!", title: "Unauthorized" } }),
  ],
  ["a bare 401", (r) => void r.writeHead(401).end()],
])("a token refused with %s is replaced once, and the call repeated", async (_name, refuse) => {
  const server = await oddServer(withLogin(wantsToken("MII-TOKEN-MARKER-2", refuse)));
  const client = aClient(server.url, { auth: password });
  await Promise.all(Array.from({ length: 5 }, () => client.getQuotas()));
  expect(loginsOf(server.asked)).toHaveLength(2);
});

test("when new tokens are refused as well, the call fails after one repetition", async () => {
  const server = await oddServer(withLogin((_asked, r) => json(r, 401, { error_code: "APIGW.0301", error_msg: "no" })));
  const client = aClient(server.url, { auth: password });
  expect(await errorOf(client.getQuotas())).toMatchObject({ class: "authentication", code: "APIGW.0301" });
  expect(loginsOf(server.asked)).toHaveLength(2);
  for (let i = 0; i < 10; i += 1) await errorOf(client.getQuotas());
  expect(loginsOf(server.asked).length).toBeLessThanOrEqual(3);
});

test("missing rights are no reason for a new token", async () => {
  const server = await oddServer(withLogin((_asked, r) => json(r, 403, { error_code: "DBS.200010", error_msg: "no" })));
  expect(await errorOf(aClient(server.url, { auth: password }).getQuotas())).toMatchObject({ class: "permission" });
  expect(loginsOf(server.asked)).toHaveLength(1);
});

const refusesLogin: Answer = (_asked, r) => json(r, 401, { error_code: "IAM.0062", error_msg: "Incorrect password." });

test("a wrong password is tried once, however many calls want it", async () => {
  const server = await oddServer(refusesLogin);
  const client = aClient(server.url, { auth: password });
  const errors = await Promise.all(Array.from({ length: 6 }, () => errorOf(client.getQuotas())));
  expect(errors).toEqual(Array(6).fill(expect.objectContaining({ name: "OtcError" })));
  expect(await errorOf(client.getQuotas())).toMatchObject({ class: "login-withheld", effect: "none" });
  expect(server.asked).toHaveLength(1);
});

test("after a refusal the secret is read again once; a changed one is used, an unchanged one is not tried", async () => {
  const versions: OtcCredentials[] = [
    { version: "v2", auth: { ...password, password: "rotated" } as OtcCredentials["auth"] },
  ];
  const server = await oddServer((asked, response) =>
    asked.body.includes("rotated") || !asked.url.startsWith("/v3/auth")
      ? withLogin(fine)(asked, response)
      : refusesLogin(asked, response),
  );
  let reads = 0;
  const reloadCredentials = async () => {
    reads += 1;
    return versions[0] ?? { version: "v1", auth: password };
  };
  await aClient(server.url, { auth: password, reloadCredentials }).getQuotas();
  expect([reads, loginsOf(server.asked).length]).toEqual([1, 2]);
  versions.length = 0;
  const stubborn = aClient(server.url, { auth: password, reloadCredentials });
  expect(await errorOf(stubborn.getQuotas())).toMatchObject({ class: "authentication" });
  expect(await errorOf(stubborn.getQuotas())).toMatchObject({ class: "login-withheld" });
  expect([reads, loginsOf(server.asked).length]).toEqual([2, 3]);
});

test("a login without a verdict on the password frees the way for the next one", async () => {
  let up = false;
  const server = await oddServer((asked, response) => {
    if (up) withLogin(fine)(asked, response);
    else json(response, 503, { error_code: "IAM.0006", error_msg: "later" });
  });
  const client = aClient(server.url, { auth: password });
  expect(await errorOf(client.getQuotas())).toMatchObject({ class: "retry-soon", operation: "login" });
  up = true;
  await client.getQuotas();
});

test("when the password ends is told with the login", async () => {
  const seen: unknown[] = [];
  const known: unknown[] = [];
  const guard: LoginGuard = {
    ...createProcessLoginGuard(),
    succeeded: async (_version, facts) => void seen.push(facts),
  };
  const ends = ["2026-01-25T03:36:55.000000", "", null, undefined];
  const server = await oddServer((asked, response) => {
    if (!asked.url.startsWith("/v3/auth")) return fine(asked, response);
    const user = { password_expires_at: ends[seen.length] };
    json(response, 201, { token: { expires_at: "2026-01-16T03:36:55.000000Z", user } }, { "x-subject-token": "MII1" });
  });
  for (let i = 0; i < ends.length; i += 1) {
    const client = aClient(server.url, { auth: password, loginGuard: guard });
    await client.getQuotas();
    known.push(client.passwordExpiresAt());
  }
  expect(known).toEqual([Date.UTC(2026, 0, 25, 3, 36, 55), undefined, undefined, undefined]);
  expect(seen).toEqual([{ passwordExpiresAt: Date.UTC(2026, 0, 25, 3, 36, 55) }, {}, {}, {}]);
});

test.each(["A", "B"] as const)(
  "variant %s: every attempt is signed afresh, with the project and the security token",
  async (signing) => {
    const clock = quickClock();
    const statuses = [503, 503, 200];
    const server = await oddServer((_asked, response) =>
      json(response, statuses.shift() ?? 200, { quotas: { resources: [] } }),
    );
    const auth = { ...keys, securityToken: "ST-MARKER" };
    await aClient(server.url, { auth, clock, signing, random: () => 0.999 }).getQuotas();
    const headers = server.asked.map((one) => one.headers);
    expect(new Set(headers.map((h) => h["x-sdk-date"])).size).toBeGreaterThan(1);
    expect(new Set(headers.map((h) => h.authorization)).size).toBeGreaterThan(1);
    for (const header of headers) {
      expect(header).toMatchObject({ "x-project-id": projectId, "x-security-token": "ST-MARKER" });
      expect(header.authorization).toMatch(
        signing === "A" ? / Access=AK-/ : /Credential=AK-[^/]+\/20260115\/\/\/sdk_request/,
      );
      expect(header.authorization).toContain("content-type;host;x-project-id;x-sdk-date;x-security-token");
    }
  },
);

test("a signature that OTC finds too old is made once more, by OTC's clock", async () => {
  const server = await oddServer((asked, response) => {
    response.sendDate = false;
    const late = { date: "Thu, 15 Jan 2026 04:00:00 GMT" };
    if (asked.headers["x-sdk-date"] === "20260115T040000Z") json(response, 200, { quotas: { resources: [] } }, late);
    else
      json(response, 401, { error_code: "APIGW.0301", error_msg: "calc aksk signature fail:signature expired" }, late);
  });
  await aClient(server.url, { clock: quickClock(startAt) }).getQuotas();
  expect(server.asked).toHaveLength(2);
});

test("a wrong access key is not tried until OTC locks it", async () => {
  const server = await oddServer((_asked, r) =>
    json(r, 401, { error_code: "APIGW.0301", error_msg: "verify aksk signature fail, canonicalRequest:GET|/v3/x/|" }),
  );
  const clock = quickClock();
  const client = aClient(server.url, { clock });
  for (let i = 0; i < 10; i += 1) await errorOf(client.getQuotas());
  // OTC locks a key for five minutes after more than five refusals in a row.
  expect(server.asked).toHaveLength(3);
  expect(await errorOf(client.getQuotas())).toMatchObject({ class: "login-withheld" });
  await clock.sleep(5 * 60_000);
  await errorOf(client.getQuotas());
  expect(server.asked).toHaveLength(4);
});
