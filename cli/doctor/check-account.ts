// One OTC account, from the secret to the databases: what a tick needs, tried in the order in which a tick needs it. Reads
// only, and within the account's login guard, so that a wrong password is not tried again and again.

import { type Failure, hintOf } from "../../shared/domain/failure.ts";
import type { Policy } from "../../shared/domain/policy.ts";
import type { Instance } from "../../shared/domain/remote.ts";
import { toleratedSkewMs } from "../../shared/domain/retention/retention-refusals.ts";
import type { AccountProvider } from "../../shared/ports-for-otc.ts";
import type { Tables } from "../tables-access.ts";
import { doubtful, type Finding, failing, fine } from "./finding.ts";

/** `policies`: the valid ones of this account. */
export async function checkAccount(tables: Tables, account: string, policies: readonly Policy[]): Promise<Finding[]> {
  const check = `account ${account}`;
  const secret = await tables.secrets.read(account);
  if (!secret.ok) return [refused(check, "the secret", secret.failure)];
  const { region, projectId, auth } = secret.value;
  const found = [fine(check, `secret readable: ${region}, project ${projectId}, ${auth.method}`)];
  const provider = await tables.provider.account(account);
  if (!provider.ok) return [...found, refused(check, "the region", provider.failure)];
  const listing = await provider.value.listInstances();
  if (!listing.ok) return [...found, refused(check, "login or listing databases", listing.failure)];
  found.push(fine(check, `login works, ${listing.value.length} databases listed`));
  found.push(...(await checkBackupList(check, provider.value, listing.value)));
  found.push(...judgeSkew(check, provider.value.clockSkewMs()));
  return [...found, ...policies.flatMap((policy) => judgeInstances(policy, listing.value))];
}

async function checkBackupList(
  check: string,
  provider: AccountProvider,
  instances: readonly Instance[],
): Promise<Finding[]> {
  const [first] = instances.filter((instance) => !instance.isReplica);
  if (first === undefined)
    return [doubtful(check, "holds no database that could be backed up", "is the project the right one?")];
  const backups = await provider.listBackups(first.id);
  return [
    backups.ok
      ? fine(check, `may list backups (${first.name} has ${backups.value.length} manual ones)`)
      : refused(check, "listing backups", backups.failure),
  ];
}

function refused(check: string, what: string, why: Failure): Finding {
  const id = why.evidence?.requestId === undefined ? "" : `, request id ${why.evidence.requestId}`;
  return failing(check, `${what}: ${why.message} (${why.code}${id})`, hintOf(why.code));
}

export function judgeSkew(check: string, skewMs: number | undefined): Finding[] {
  if (skewMs === undefined)
    return [doubtful(check, "OTC's answers carry no date, so the clocks cannot be compared", "nothing to do")];
  const seconds = Math.round(skewMs / 1000);
  return [
    Math.abs(skewMs) <= toleratedSkewMs
      ? fine(check, `clocks agree within ${Math.abs(seconds)} s`)
      : failing(
          check,
          `our clock and OTC's differ by ${seconds} s; nothing is deleted while they do`,
          "set this machine's clock (NTP)",
        ),
  ];
}

/** What a policy names must be there and be able to have backups. */
export function judgeInstances(policy: Policy, listing: readonly Instance[]): Finding[] {
  const check = `policy ${policy.policyId}`;
  if (policy.target.kind !== "instances") return [];
  const byId = new Map(listing.map((instance) => [instance.id, instance]));
  return policy.target.instanceIds.flatMap((id) => {
    const instance = byId.get(id);
    if (instance === undefined)
      return [failing(check, `database ${id} is not in account ${policy.account}`, hintOf("instance-gone"))];
    if (instance.isReplica) return [failing(check, `${instance.name} is a read replica`, hintOf("instance-replica"))];
    if (policy.databases !== undefined && !/sql ?server/i.test(instance.engine))
      return [
        failing(
          check,
          `names databases, and ${instance.name} is ${instance.engine}`,
          "databases is for SQL Server only: remove it",
        ),
      ];
    return [];
  });
}
