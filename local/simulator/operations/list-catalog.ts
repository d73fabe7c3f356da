/**
 * GET /v3/auth/catalog and GET /v3/auth/domains: what clients with an AK/SK ask instead of reading a token's body.
 * Sources: IAM API, "Querying a Service Catalog" and "Querying Accounts Accessible to a User".
 */
import { baseUrlOf, catalogFor } from "../catalog.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";

function selfLink(request: AdmittedRequest): Record<string, unknown> {
  return { self: `${baseUrlOf(request)}${request.rawPath}`, previous: null, next: null };
}

function answerCatalog(request: AdmittedRequest): ApiReply {
  const catalog = request.caller === undefined ? [] : catalogFor(request.caller, baseUrlOf(request));
  return { status: 200, body: { catalog, links: selfLink(request) } };
}

function answerDomains(request: AdmittedRequest): ApiReply {
  const user = request.caller?.user;
  const name = request.query.get("name");
  const known = user === undefined || (name !== null && name !== user.domainName) ? [] : [user];
  const domains = known.map(({ domainId, domainName }) => ({
    id: domainId,
    name: domainName,
    enabled: true,
    description: "",
    links: { self: `${baseUrlOf(request)}/v3/domains/${domainId}` },
  }));
  return { status: 200, body: { domains, links: selfLink(request) } };
}

const common = { method: "GET", service: "iam", access: "caller" } as const;

export const listCatalog: Operation = {
  ...common,
  name: "list-catalog",
  path: "/v3/auth/catalog",
  answer: answerCatalog,
};
export const listDomains: Operation = {
  ...common,
  name: "list-domains",
  path: "/v3/auth/domains",
  answer: answerDomains,
};
