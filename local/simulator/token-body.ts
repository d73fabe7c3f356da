/**
 * The description of a token as IAM writes it. Deliberately without the token itself, which travels in a header.
 */
import { catalogFor } from "./catalog.ts";
import type { Caller } from "./exchange.ts";
import type { TokenRecord } from "./records.ts";
import { formatMicros } from "./time-format.ts";

/** `baseUrl` undefined leaves the catalog out. */
export function describeToken(
  token: TokenRecord,
  caller: Caller,
  baseUrl: string | undefined,
): Record<string, unknown> {
  const { user, project } = caller;
  const domain = {
    id: user.domainId,
    name: user.domainName,
    xdomain_type: "TSI",
    xdomain_id: user.domainName.slice(-20),
  };
  const passwordExpires = user.passwordExpiresAt === null ? "" : formatMicros(user.passwordExpiresAt).replace("Z", "");
  return {
    token: {
      expires_at: formatMicros(token.expiresAt),
      issued_at: formatMicros(token.issuedAt),
      methods: ["password"],
      user: { id: user.id, name: user.name, domain, password_expires_at: passwordExpires },
      roles: [{ id: "0", name: "te_agency" }],
      ...(project === undefined ? {} : { project: { id: project.id, name: project.name, domain } }),
      ...(baseUrl === undefined ? {} : { catalog: catalogFor(caller, baseUrl) }),
    },
  };
}
