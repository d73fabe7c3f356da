// A site on which nothing is due, for measuring what a tick costs then: everything is accounted for, nobody is told anything.

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { localTableNames } from "../local/embedded-tables.ts";
import { demoAccount, localConfig } from "../local/local-site.ts";
import { systemChance } from "../shared/adapters/system-chance.ts";
import type { Clock, Site } from "../shared/ports.ts";
import { buildSite } from "../shared/services.ts";
import { idleAt } from "./idle-rows.ts";

const silent = () => {};

/** Says that every slot up to `idleAt` has its run. */
export function allAccounted(): PutItemCommand {
  const accounted = { pk: "site", sk: "accounted-through", at: new Date(idleAt).toISOString() };
  return new PutItemCommand({ TableName: localTableNames.ledger, Item: marshall(accounted) });
}

/** Its OTC answers nowhere: whoever calls it has something to do. */
export function idleSite(dynamoDb: DynamoDBClient, clock: Clock): Site {
  return buildSite(localConfig("http://127.0.0.1:1"), {
    dynamoDb,
    secrets: demoAccount,
    notifier: { publish: async () => ({ ok: true, value: undefined }) },
    telemetry: { emit: silent },
    log: { info: silent, warn: silent, error: silent },
    clock,
    chance: systemChance,
    functionName: "create-backups",
  });
}
