// Whatever stands in an endpoint table or in a Location header, a token travels to a host in that table and to no other, and
// unencrypted only to this machine. The oracle asks node:net which addresses are this machine, not our own pattern.

import { BlockList } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseOtcRegions } from "../../../shared/otc/endpoints.ts";
import { aClient, errorOf, instanceId, json, oddServer, withLogin } from "../../support/odd-server.ts";

const thisMachine = new BlockList();
thisMachine.addSubnet("127.0.0.0", 8, "ipv4");
thisMachine.addAddress("::1", "ipv6");

function isThisMachine(hostname: string): boolean {
  if (hostname === "localhost") return true;
  const bare = hostname.replace(/^\[|\]$/g, "");
  return thisMachine.check(bare, bare.includes(":") ? "ipv6" : "ipv4");
}

const host = fc.oneof(
  fc.constantFrom(
    ...[
      "rds.eu-de.otc.t-systems.com",
      "RDS.EU-DE.OTC.T-SYSTEMS.COM",
      "rds.eu-de.otc.t-systems.com.",
      "rds.eu-de.otc.t-systems.com.evil.example",
    ],
    ...[
      "localhost",
      "LOCALHOST",
      "localhost.",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "127.0.0.1",
      "127.1",
      "127.255.255.254",
    ],
    ...[
      "2130706433",
      "0x7f000001",
      "017700000001",
      "0",
      "0.0.0.0",
      "10.0.0.1",
      "169.254.169.254",
      "2852039166",
      "128.0.0.1",
      "126.255.255.255",
    ],
    ...[
      "[::1]",
      "[::]",
      "[0:0:0:0:0:0:0:1]",
      "[::ffff:127.0.0.1]",
      "[::ffff:a9fe:a9fe]",
      "[fe80::1%25eth0]",
      "[2001:db8::1]",
      "[::1",
      "::1",
    ],
    ...[
      "ｌocalhost",
      "①②⑦.0.0.1",
      "127。0。0。1",
      "rds.eu-de.otc.t-systems.cöm",
      "xn--rds-5ja.example",
      "a\u202eb.example",
      "",
      " ",
      "a b",
      "a\tb",
    ],
  ),
  fc.domain(),
  fc.ipV4Extended(),
  fc.ipV6().map((address) => `[${address}]`),
);

const url = fc
  .record({
    scheme: fc.constantFrom(
      "https://",
      "http://",
      "https://",
      "http://",
      "HTTP://",
      "hTtPs://",
      "https:",
      "https:/",
      "https:\\\\",
      "//",
      "",
      "ftp://",
      "file://",
      "javascript:",
      "ws://",
    ),
    user: fc.constantFrom("", "", "", "user@", "user:pass@", "rds.eu-de.otc.t-systems.com@", "%40@", ":@"),
    host,
    port: fc.constantFrom("", "", ":443", ":80", ":8080", ":0", ":65535", ":65536", ":-1", ":x", ":"),
    path: fc.constantFrom(
      "",
      "",
      "/",
      "/v3",
      "/v3/",
      "/v3/..",
      "/../",
      "/%2e%2e/",
      "//evil.example",
      "/\\evil.example",
      "/v3/x",
      "?x=1",
      "#x",
      "/v3?x",
      "\\..\\",
      "/\n",
    ),
  })
  .map((parts) => Object.values(parts).join(""));

test("an endpoint that is accepted is the origin of what was written, encrypted or this machine", () => {
  let accepted = 0;
  fc.assert(
    fc.property(url, fc.boolean(), (written, isIam) => {
      const good = "https://good.example";
      let used: string | undefined;
      try {
        const hosts = { iam: isIam ? written : good, rds: isIam ? good : written };
        used = parseOtcRegions(JSON.stringify({ "eu-xx": hosts })).get("eu-xx")?.[isIam ? "iam" : "rds"];
      } catch (error) {
        expect(String(error)).toMatch(/OTC endpoints are not usable: eu-xx\./);
        expect(String(error)).not.toContain("pass@");
        return;
      }
      const asUsed = new URL(used ?? "");
      expect(used).toBe(new URL(written).origin);
      expect(`${asUsed.username}${asUsed.password}${asUsed.search}${asUsed.hash}`).toBe("");
      expect(asUsed.pathname).toBe("/");
      expect(asUsed.protocol === "https:" || isThisMachine(asUsed.hostname)).toBe(true);
      expect(written.toLowerCase()).toMatch(/^https?:\/\/[^@\\\s?#]+$/);
      accepted += 1;
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(50);
});

test("no form of redirect takes a request anywhere", async () => {
  const stranger = await oddServer((_asked, response) => json(response, 200, {}));
  const port = new URL(stranger.url).port;
  const own: { location: string } = { location: "" };
  const server = await oddServer(
    withLogin((_asked, response) => void response.writeHead(307, { location: own.location }).end()),
  );
  const client = aClient(server.url);
  await errorOf(client.listInstances());
  const locations = [
    ...[
      stranger.url,
      `//127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://2130706433:${port}/v3`,
      `http://[::1]:${port}/`,
    ],
    ...[
      `http://user:pw@127.0.0.1:${port}/`,
      `\\\\127.0.0.1:${port}\\`,
      `HTTP://127.0.0.1:${port}`,
      "/v3/elsewhere",
      "?again",
      "",
      "file:///etc/passwd",
    ],
    ...[`${server.url}/v3/itself`, "https://127.0.0.1:1/", "data:application/json,{}"],
  ];
  for (const location of locations) {
    own.location = location;
    const before = server.asked.length;
    expect(await errorOf(client.listBackups({ instanceId })), location).toBeInstanceOf(Error);
    expect(
      server.asked.slice(before).map(({ url: path }) => path),
      location,
    ).toHaveLength(1);
  }
  expect(stranger.asked).toEqual([]);
});
