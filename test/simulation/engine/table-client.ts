// The tables as one process reaches them: each command is an effect, and may be throttled, refused in an outage, or
// applied and then answered with an error. What the stores get is a DynamoDBClient as far as they use one.

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ConditionalCheckFailedException, type MemoryTables } from "../tables/memory-tables.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { asNewerCode } from "./newer-code.ts";
import type { Effects } from "./sim-process.ts";

class ServiceError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const writes = new Set(["PutItemCommand", "UpdateItemCommand", "DeleteItemCommand"]);

export function tableClient(parts: {
  tables: MemoryTables;
  faults: FaultPlan;
  process: Effects;
  tell: (text: string) => void;
  /** Whether newer code uses it. */
  isNewer: boolean;
}): DynamoDBClient {
  const { tables, faults, process, tell, isNewer } = parts;
  const execute = (command: object) => tables.execute(command);
  const act = (command: object, label: string): object => {
    if (faults.lasting("table-outage") !== undefined) throw new ServiceError("InternalServerError", "simulated outage");
    if (faults.take("table-refuses") !== undefined) {
      tell(`${label} throttled`);
      throw new ServiceError("ProvisionedThroughputExceededException", "simulated throttle");
    }
    const hidden = writes.has(command.constructor.name) ? faults.take("table-hides-write") : undefined;
    const answer = isNewer ? asNewerCode(command, execute) : execute(command);
    if (hidden === undefined) return answer;
    tell(`${label} applied, answered with an error (${hidden.as})`);
    // The SDK repeats a write whose answer was lost; the repeated one then fails its own condition.
    if (hidden.as === "condition") throw new ConditionalCheckFailedException("the conditional request failed");
    throw new ServiceError("TimeoutError", "simulated lost answer");
  };
  const send = (command: object) => {
    const label = command.constructor.name.replace("Command", "");
    return process.effect(label, () => act(command, label));
  };
  return { send } as unknown as DynamoDBClient;
}
