// What the functions of a stage are told, for verbs that judge as the functions do: the prefix says which backups are ours, the
// endpoints where OTC is. It stands in infra/settings.ts, from which the stage was deployed.

import { functionEnvironment } from "../infra/function-environment.ts";
import { resourceNames } from "../infra/resource-names.ts";
import { stages } from "../infra/settings.ts";
import { remark } from "./output.ts";

export interface StageEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The stage's AWS region; absent: as the AWS variables say. */
  readonly region?: string;
}

/** Variables of `over` win. A stage that the file does not have gets a remark and the defaults. */
export function stageEnvironment(stage: string, over: StageEnvironment["variables"]): StageEnvironment {
  const names = resourceNames(stage);
  const settings = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  const region = over.AWS_REGION ?? settings?.region;
  if (settings === undefined) remark(`stage ${stage} is not in infra/settings.ts: default settings are assumed`);
  const own =
    settings === undefined
      ? {
          POLICIES_TABLE: names.policiesTable,
          LEDGER_TABLE: names.ledgerTable,
          ACCOUNT_SECRET_PREFIX: names.accountSecretPrefix,
          PAGE_TOPIC_ARN: names.pageTopic,
          TICKET_TOPIC_ARN: names.ticketTopic,
        }
      : functionEnvironment(stage, settings, {
          ...names,
          pageTopicArn: names.pageTopic,
          ticketTopicArn: names.ticketTopic,
        });
  return { variables: { ...own, ...over, STAGE: stage }, ...(region === undefined ? {} : { region }) };
}
