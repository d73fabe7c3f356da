/**
 * The service catalog: where clients that discover their endpoints find RDS and IAM, which is always the simulator itself, under the
 * name by which it was called. Source: IAM API, "Obtaining a User Token", response field catalog.
 */
import type { ApiRequest, Caller } from "./exchange.ts";

export interface CatalogEntry {
  type: string;
  id: string;
  name: string;
  endpoints: Array<{ id: string; url: string; region: string; region_id: string; interface: string }>;
}

/** Scheme, host and port as the client wrote them. */
export function baseUrlOf(request: ApiRequest): string {
  return `http://${request.headers.host ?? "localhost"}`;
}

function entry(type: string, url: string, region: string): CatalogEntry {
  const endpoint = { id: `${type}-public`, url, region, region_id: region, interface: "public" };
  return { type, id: `catalog-${type}`, name: type === "identity" ? "iam" : type, endpoints: [endpoint] };
}

/** Empty without a project, as for a token that has no scope. */
export function catalogFor(caller: Caller, baseUrl: string): CatalogEntry[] {
  const { project } = caller;
  if (project === undefined) return [];
  const rds = `${baseUrl}/v3/${project.id}`;
  return [
    entry("rdsv3", rds, project.region),
    // OTC lists RDS under both types. There, `rds` is the older version of the API, which is not imitated.
    entry("rds", rds, project.region),
    entry("identity", `${baseUrl}/v3`, project.region),
  ];
}
