// The rows, and whether ticks get through them.

import { shellWord } from "../../shared/domain/messages/terminal-text.ts";
import { slotText } from "../../shared/domain/runs/naming.ts";
import { durationText } from "../../shared/status/duration-text.ts";
import type { PolicyNow } from "../policy-in-force.ts";
import { doubtful, type Finding, failing, fine } from "./finding.ts";

/** A tick comes every minute and may take two. */
const lateMs = 10 * 60_000;

export function judgePolicies(policies: readonly PolicyNow[]): Finding[] {
  if (policies.length === 0)
    return [failing("policies", "there are none, so nothing is backed up", "otc-backup policies apply <file>")];
  const invalid = policies.filter((one) => one.problems.length > 0);
  return [
    fine("policies", `${policies.length - invalid.length} of ${policies.length} valid`),
    ...invalid.map(({ policyId, policy, problems }) => {
      const detail = `invalid: ${problems[0]}`;
      const show = `correct the row; otc-backup policies show ${shellWord(policyId)} lists all`;
      return policy === undefined
        ? failing(`policy ${policyId}`, `${detail}; NO backups are made`, show)
        : doubtful(`policy ${policyId}`, `${detail}; the last valid version is in force`, show);
    }),
  ];
}

/** `stopped`: a local site that does not run now, whose last tick may be old. */
export function judgeTicks(accountedThroughAt: number | undefined, now: number, stopped: boolean): Finding[] {
  if (stopped) return [doubtful("ticks", "the local site does not run: nothing is started or watched", "npm start")];
  if (accountedThroughAt === undefined)
    return [
      failing("ticks", "create-backups has never finished a tick", "are its schedule enabled and its log clean?"),
    ];
  const age = now - accountedThroughAt;
  return age <= lateMs
    ? [fine("ticks", `create-backups accounted for every slot up to ${durationText(Math.max(0, age))} ago`)]
    : [
        failing(
          "ticks",
          `no whole tick of create-backups since ${slotText(accountedThroughAt)} (${durationText(age)})`,
          "see docs/operations.md#heartbeat-missing",
        ),
      ];
}
