// `otc-backup next`: when what is due, clock changes and pauses included.

import { Command } from "commander";
import type { Policy } from "../../shared/domain/policy.ts";
import { slotsBetween } from "../../shared/domain/slots/slots.ts";
import { addWhereOptions, plural, print, printJson, printTable } from "../output.ts";
import { onePolicyNow, type PolicyNow, policiesNow } from "../policy-in-force.ts";
import { openTables, type WhereOptions } from "../tables-access.ts";
import { relativeText, wallText } from "../time-text.ts";
import { toUpcoming, type Upcoming } from "../upcoming.ts";
import { wholeNumber } from "../whole-number.ts";

interface Options extends WhereOptions {
  readonly days: string;
  readonly json?: boolean;
}

const dayMs = 86_400_000;

export function nextCommand(): Command {
  return addWhereOptions(new Command("next"))
    .description("the slots to come, in each policy's own zone")
    .argument("[policy]", "id of a policy; without it all")
    .option("--days <n>", "how far ahead", "2")
    .action(next);
}

interface Slot extends Upcoming {
  readonly policy: Policy;
  readonly instanceIds: readonly string[];
}

async function next(policyId: string | undefined, options: Options): Promise<void> {
  const days = wholeNumber("--days", options.days, { min: 1, max: 3660 });
  const tables = await openTables(options);
  try {
    const now = tables.clock.now();
    const policies = policyId === undefined ? await policiesNow(tables) : [await onePolicyNow(tables, policyId)];
    const slots = policies.flatMap((one) => slotsOf(one, now, days)).toSorted((a, b) => a.slotAt - b.slotAt);
    if (options.json === true) return printJson({ now: new Date(now).toISOString(), slots: slots.map(toJson) });
    printSlots(slots, now);
    for (const { policyId: id, policy } of policies)
      if (policy === undefined) print(`${id}: never, no valid version is known`);
      else if (!policy.enabled) print(`${id}: never, the policy is switched off`);
  } finally {
    await tables.close();
  }
}

function slotsOf({ policy, instanceIds }: PolicyNow, now: number, days: number): Slot[] {
  if (policy === undefined || !policy.enabled) return [];
  const slots = slotsBetween(policy.schedule, now + 1, now + days * dayMs);
  return [...slots].map((slotAt) => ({ ...toUpcoming(policy, slotAt), policy, instanceIds }));
}

function toJson({ policy, instanceIds, slotAt, paused, note }: Slot) {
  return { slotAt, policyId: policy.policyId, timezone: policy.timeZone, instanceIds, paused, note };
}

function printSlots(slots: readonly Slot[], now: number): void {
  printTable(
    ["slot", "", "policy", "what"],
    slots.map(({ slotAt, policy, instanceIds, paused, note }) => [
      wallText(slotAt, now, policy.timeZone),
      relativeText(slotAt, now),
      policy.policyId,
      [paused ? `skipped, paused: ${policy.pauseReason ?? ""}` : plural(instanceIds.length, "database"), note]
        .filter(Boolean)
        .join("; "),
    ]),
  );
}
