/**
 * Where OTC is: each region's hosts, and the parser for the override that adds or replaces regions.
 * IAM and RDS of a region stand in one entry, so a token obtained at one can never travel to a stranger.
 * @see https://docs.otc.t-systems.com/regions-and-endpoints/
 */
import * as z from "zod";

/** Base URLs (scheme, host and port only) of one region. */
export interface OtcEndpoints {
  readonly iam: string;
  readonly rds: string;
}

export type OtcRegions = ReadonlyMap<string, OtcEndpoints>;

const PUBLISHED: OtcRegions = new Map([
  ["eu-de", { iam: "https://iam.eu-de.otc.t-systems.com", rds: "https://rds.eu-de.otc.t-systems.com" }],
  ["eu-nl", { iam: "https://iam.eu-nl.otc.t-systems.com", rds: "https://rds.eu-nl.otc.t-systems.com" }],
  // A separate cloud with accounts of its own. Its RDS host is not published; it follows the pattern of its siblings.
  ["eu-ch2", { iam: "https://iam-pub.eu-ch2.sc.otc.t-systems.com", rds: "https://rds.eu-ch2.sc.otc.t-systems.com" }],
]);

const overrideSchema = z.record(
  z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  z.strictObject({ iam: z.string(), rds: z.string() }),
);

/**
 * All known regions: the published ones, with those of `override` added or put in their place.
 * @param override JSON of the form `{"eu-de": {"iam": "https://…", "rds": "https://…"}}`; absent or blank means none
 * @throws Error that names each wrong value and what to write instead
 */
export function parseOtcRegions(override: string | undefined): OtcRegions {
  if (override === undefined || override.trim() === "") return PUBLISHED;
  const parsed = overrideSchema.safeParse(parseJson(override));
  if (!parsed.success) throw new Error(`OTC endpoints are not as expected: ${describeIssues(parsed.error)}`);
  const problems: string[] = [];
  const regions = new Map(PUBLISHED);
  for (const [region, hosts] of Object.entries(parsed.data)) {
    const iam = parseBaseUrl(hosts.iam);
    const rds = parseBaseUrl(hosts.rds);
    if ("problem" in iam) problems.push(`${region}.iam ${iam.problem}`);
    if ("problem" in rds) problems.push(`${region}.rds ${rds.problem}`);
    if ("url" in iam && "url" in rds) regions.set(region, { iam: iam.url, rds: rds.url });
  }
  if (problems.length > 0) throw new Error(`OTC endpoints are not usable: ${problems.join("; ")}`);
  return regions;
}

/**
 * The endpoints of one region.
 * @throws Error that names the region and the known ones
 */
export function endpointsOfRegion(regions: OtcRegions, region: string): OtcEndpoints {
  const endpoints = regions.get(region);
  if (endpoints !== undefined) return endpoints;
  throw new Error(
    `region "${region}" is not known: use one of ${[...regions.keys()].join(", ")}, or add its endpoints`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      'OTC endpoints are not JSON: write {"<region>": {"iam": "https://<host>", "rds": "https://<host>"}}',
    );
  }
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "value"}: ${issue.message.toLowerCase()}`).join("; ");
}

/** Reduces a URL to scheme, host and port, or says what is wrong with it and how to write it. */
function parseBaseUrl(text: string): { url: string } | { problem: string } {
  // Whatever stands before an @ may be a password, however the rest is mistyped.
  const shown = JSON.stringify(text.replace(/^(https?:\/\/)?.*@/is, "$1***@"));
  const url = URL.parse(text);
  // The comparison with the text as typed catches what a lenient parser would repair: blanks, tabs, backslashes.
  if (url === null || !/^https?:\/\/[^\\\s]+$/i.test(text))
    return { problem: `${shown} is not a URL: write https://<host>` };
  if (text.includes("@"))
    return { problem: `${shown} holds a user name: write https://<host> and put credentials in the account's secret` };
  if (/[?#]/.test(text)) return { problem: `${shown} holds a query or fragment: write https://<host>` };
  const path = text.replace(/^https?:\/\/[^/]*/i, "");
  if (!/^\/?$|^\/v3\/?$/.test(path))
    return { problem: `${shown} holds a path: write https://<host>, at most followed by /v3` };
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return {
      problem: `${shown} is not encrypted: write https://${url.host} (http is accepted for loopback addresses only)`,
    };
  }
  return { url: url.origin };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}
