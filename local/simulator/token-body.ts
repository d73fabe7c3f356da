/**
 * The description of a token as IAM writes it. Deliberately without the token itself, which travels in a header.
 */
import type { Caller } from "./exchange.ts";
import type { TokenRecord } from "./records.ts";
import { formatMicros } from "./time-format.ts";

function catalog(baseUrl: string, caller: Caller): Array<Record<string, unknown>> {
  const { project } = caller;
  if (project === undefined) return [];
  const { region } = project;
  const endpoint = { region, region_id: region, interface: "public" };
  return [
    {
      type: "rdsv3",
      id: "c1",
      name: "rdsv3",
      endpoints: [{ ...endpoint, id: "e1", url: `${baseUrl}/v3/${project.id}` }],
    },
    { type: "identity", id: "c2", name: "iam", endpoints: [{ ...endpoint, id: "e2", url: `${baseUrl}/v3` }] },
  ];
}

/** `baseUrl` undefined leaves the catalog out. */
export function describeToken(
  token: TokenRecord,
  caller: Caller,
  baseUrl: string | undefined,
): Record<string, unknown> {
  const { user, project } = caller;
  const domain = { id: user.domainId, name: user.domainName, xdomain_type: "TSI", xdomain_id: "00000000001000000DEMO" };
  const passwordExpires = user.passwordExpiresAt === null ? "" : formatMicros(user.passwordExpiresAt).replace("Z", "");
  return {
    token: {
      expires_at: formatMicros(token.expiresAt),
      issued_at: formatMicros(token.issuedAt),
      methods: ["password"],
      user: { id: user.id, name: user.name, domain, password_expires_at: passwordExpires },
      roles: [{ id: "0", name: "te_agency" }],
      ...(project === undefined ? {} : { project: { id: project.id, name: project.name, domain } }),
      ...(baseUrl === undefined ? {} : { catalog: catalog(baseUrl, caller) }),
    },
  };
}
