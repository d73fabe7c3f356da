// The accounts of a site that drives the simulator: those of its fleet, whose passwords are no secrets. The first user of an
// account makes backups, the second, where there is one, deletes them.

import type { AccountSecrets } from "../shared/adapters/secrets-manager-accounts.ts";
import { failed, failure } from "../shared/domain/failure.ts";
import type { FleetSeed } from "./simulator/fleet-seed.ts";

const pruneSuffix = "/prune";

export function fleetAccounts({ accounts }: FleetSeed): AccountSecrets {
  return {
    read: async (account) => {
      const prunes = account.endsWith(pruneSuffix);
      const name = prunes ? account.slice(0, -pruneSuffix.length) : account;
      const seed = accounts.find((one) => one.name === name);
      const user = seed?.users[prunes ? 1 : 0];
      if (seed === undefined || user === undefined)
        return failed(failure("secret-absent", `the simulated fleet has no account "${account}"`));
      const { region, projectId, domainName } = seed;
      const auth = { method: "token", domainName, userName: user.name, password: user.password } as const;
      return { ok: true, value: { version: "demo", region, projectId, auth } };
    },
  };
}
