// The variables every function gets. Their names and meaning belong to shared/config.ts; a variable forgotten here does not
// compile.

import type { FunctionEnvironment } from "../shared/config.ts";
import type { StageSettings } from "./settings.ts";

/** What a function needs to know of the resources around it. */
export interface ResourceAddresses {
  readonly policiesTable: string;
  readonly ledgerTable: string;
  readonly accountSecretPrefix: string;
  readonly pageTopicArn: string;
  readonly ticketTopicArn: string;
}

export function functionEnvironment(
  stage: string,
  settings: StageSettings,
  addresses: ResourceAddresses,
): FunctionEnvironment {
  return {
    STAGE: stage,
    POLICIES_TABLE: addresses.policiesTable,
    LEDGER_TABLE: addresses.ledgerTable,
    ACCOUNT_SECRET_PREFIX: addresses.accountSecretPrefix,
    PAGE_TOPIC_ARN: addresses.pageTopicArn,
    TICKET_TOPIC_ARN: addresses.ticketTopicArn,
    OTC_ENDPOINTS: JSON.stringify(settings.otcEndpoints),
    BACKUP_NAME_PREFIX: settings.backupNamePrefix,
    POLL_BOUND_SECONDS: String(settings.pollBoundSeconds),
    POLL_BY_INSTANCE_STATUS: settings.pollByInstanceStatus ? "on" : "off",
    PRUNE_GRACE_HOURS: String(settings.pruneGraceHours),
    OTC_RATE_PER_SECOND: String(settings.otcRatePerSecond),
    SELECTOR_DROP_PERCENT: String(settings.selectorDropPercent),
    MANUAL_BACKUP_LIMIT: String(settings.manualBackupLimit),
    SHARDS: String(settings.shards),
    OTC_SIGNING: settings.otcSigning,
    DIGEST_HOUR: String(settings.digest.hour),
    DIGEST_TIME_ZONE: settings.digest.timeZone,
    DEAD_MAN_URL: settings.deadManUrl ?? "",
  };
}
