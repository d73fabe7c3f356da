// Where a token may travel is decided here: hostile or careless endpoint tables are refused with the value and the remedy.

import { expect, test } from "vitest";
import { endpointsOfRegion, parseOtcRegions } from "../../../shared/otc/endpoints.ts";

const table = (iam: string, rds = "https://rds.example.org") => JSON.stringify({ "eu-xx": { iam, rds } });

test("the published regions are there without any setting, and blank means none", () => {
  for (const nothing of [undefined, "", "  ", "{}"]) {
    expect([...parseOtcRegions(nothing).keys()]).toEqual(["eu-de", "eu-nl", "eu-ch2"]);
  }
  expect(endpointsOfRegion(parseOtcRegions(undefined), "eu-de")).toEqual({
    iam: "https://iam.eu-de.otc.t-systems.com",
    rds: "https://rds.eu-de.otc.t-systems.com",
  });
});

test("port 443 and /v3 are the same place, spelled otherwise", () => {
  const regions = parseOtcRegions(table("https://iam.example.org:443/v3", "https://rds.example.org:8443/"));
  expect(endpointsOfRegion(regions, "eu-xx")).toEqual({
    iam: "https://iam.example.org",
    rds: "https://rds.example.org:8443",
  });
});

test.each(["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"])(
  "%s may be plain, it stays at home",
  (url) => {
    expect(parseOtcRegions(table(url)).get("eu-xx")?.iam).toBe(url);
  },
);

test.each([
  ["http://iam.example.org", "is not encrypted"],
  ["http://127.0.0.1.evil.org", "is not encrypted"],
  ["http://169.254.169.254/latest", "holds a path"],
  ["http://169.254.169.254", "is not encrypted"],
  ["http://localhost.evil.org", "is not encrypted"],
  ["https://user:pass@iam.example.org", "holds a user name"],
  ["https://iam.example.org@evil.org", "holds a user name"],
  ["https://iam.example.org/v3/../../x", "holds a path"],
  ["https://iam.example.org?x=1", "holds a query"],
  ["https://iam.example.org#x", "holds a query"],
  ["https:\\\\evil.org", "is not a URL"],
  ["https://iam.exa mple.org", "is not a URL"],
  ["\thttps://iam.example.org", "is not a URL"],
  ["file:///etc/passwd", "is not a URL"],
  ["ftp://iam.example.org", "is not a URL"],
  ["//evil.org", "is not a URL"],
  ["", "is not a URL"],
])("%j is refused: it %s", (url, problem) => {
  expect(() => parseOtcRegions(table(url))).toThrow(`eu-xx.iam`);
  expect(() => parseOtcRegions(table(url))).toThrow(problem);
});

test.each([
  "[]",
  "nonsense",
  '{"eu-xx":{"iam":"https://a.org"}}',
  '{"eu-xx":{"iam":"https://a.org","rds":"https://b.org","x":1}}',
  '{"../x":{"iam":"https://a.org","rds":"https://b.org"}}',
])("the table %s is refused whole", (text) => {
  expect(() => parseOtcRegions(text)).toThrow(/OTC endpoints are not/);
});

test("credentials in a refused URL are not repeated", () => {
  expect(() => parseOtcRegions(table("https://svc:MARKER@iam.example.org"))).toThrow(/^((?!MARKER).)*$/s);
});

test("an unknown region names the known ones", () => {
  expect(() => endpointsOfRegion(parseOtcRegions(undefined), "eu-fr")).toThrow(
    'region "eu-fr" is not known: use one of eu-de, eu-nl, eu-ch2, or add its endpoints',
  );
});
