/**
 * Three accounts side by side: the demo fleet in eu-de, a small one in eu-nl and one in the Swiss cloud, each in its own domain. What
 * a client mixes up between accounts shows here.
 */
import { DEMO_ACCOUNT, DEMO_FLEET, fleetInstanceId } from "./fleet.ts";
import type { AccountSeed, FleetSeed } from "./fleet-seed.ts";
import type { InstanceSeed } from "./records.ts";

function accountIn(name: string, region: string, number: number): AccountSeed {
  const label = region.toUpperCase();
  const users = DEMO_ACCOUNT.users.map((user) => ({
    ...user,
    accessKey: `${user.accessKey.slice(0, -1)}${number}`,
    secretKey: `${user.secretKey.slice(0, -1)}${number}`,
  }));
  const domainName = `OTC-${label}-0000000000100000${number}DEMO`;
  return {
    name,
    region,
    projectId: `de30000000000000000000000000000${number}`,
    projectName: region,
    domainName,
    users,
  };
}

const NL_ACCOUNT = accountIn("demo-nl", "eu-nl", 2);
const CH_ACCOUNT = accountIn("demo-ch", "eu-ch2", 3);

const INSTANCES: InstanceSeed[] = [
  {
    id: fleetInstanceId(21, "MySQL"),
    name: "shop-prod",
    projectId: NL_ACCOUNT.projectId,
    zones: ["eu-nl-01"],
    tags: [{ key: "env", value: "prod" }],
  },
  {
    id: fleetInstanceId(22, "PostgreSQL"),
    name: "warehouse-prod",
    projectId: NL_ACCOUNT.projectId,
    engine: "PostgreSQL",
    version: "16",
    zones: ["eu-nl-02"],
    tags: [{ key: "env", value: "prod" }],
  },
  {
    id: fleetInstanceId(31, "SQLServer"),
    name: "billing-prod",
    projectId: CH_ACCOUNT.projectId,
    engine: "SQLServer",
    version: "2022_SE",
    zones: ["eu-ch2a"],
    databases: ["billing"],
    tags: [{ key: "env", value: "prod" }],
  },
];

export const REGIONS_FLEET: FleetSeed = {
  accounts: [DEMO_ACCOUNT, NL_ACCOUNT, CH_ACCOUNT],
  instances: [...DEMO_FLEET.instances, ...INSTANCES],
};
