// The accounts' secrets as the real reader meets them in Secrets Manager: late, away, garbled, and in errors that quote them.

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AccountSecrets, SecretsManagerAccounts } from "../../../shared/adapters/secrets-manager-accounts.ts";
import type { Container } from "../engine/container.ts";
import type { FaultPlan } from "../engine/fault-plan.ts";
import type { Identity } from "./identity.ts";

const prefix = "simulated";

export function simulatedSecrets(parts: {
  container: Container;
  faults: FaultPlan;
  identity: Identity;
}): AccountSecrets {
  const { container, faults, identity } = parts;
  const answer = (secretId: string): object => {
    const { text, version } = identity.stored(secretId.slice(prefix.length + 1));
    const refusal = faults.take("otc-refuses", (fault) => fault.operation === "account");
    if (refusal?.code === "secret-invalid")
      return { SecretString: `${text.slice(0, -1)}, not JSON`, VersionId: version };
    if (refusal !== undefined) throw new Error(`simulated failure while handling ${text}`);
    return { SecretString: text, VersionId: version };
  };
  const send = ({ input }: { input: { SecretId: string } }) =>
    container.effect("GetSecretValue", () => answer(input.SecretId));
  const clock = {
    now: () => container.process.now(),
    sleep: (ms: number) => container.effect("sleep", () => undefined, ms),
  };
  return new SecretsManagerAccounts({ send } as unknown as SecretsManagerClient, prefix, clock);
}
