/**
 * GET / and GET /v3: which versions of the identity service there are. Clients built on OpenStack libraries ask before they log in.
 * Source: IAM API, "Querying Keystone API Version Information".
 */
import { baseUrlOf } from "../catalog.ts";
import type { AdmittedRequest, ApiReply } from "../exchange.ts";
import type { Operation } from "../operation.ts";

function version3(request: AdmittedRequest): Record<string, unknown> {
  return {
    id: "v3.6",
    status: "stable",
    updated: "2016-04-04T00:00:00Z",
    "media-types": [{ base: "application/json", type: "application/vnd.openstack.identity-v3+json" }],
    links: [{ rel: "self", href: `${baseUrlOf(request)}/v3/` }],
  };
}

const common = { method: "GET", service: "iam", access: "open" } as const;

export const listVersions: Operation = {
  ...common,
  name: "list-versions",
  path: "/",
  answer: (request): ApiReply => ({ status: 300, body: { versions: { values: [version3(request)] } } }),
};
export const showVersion: Operation = {
  ...common,
  name: "show-version",
  path: "/v3",
  answer: (request): ApiReply => ({ status: 200, body: { version: version3(request) } }),
};
