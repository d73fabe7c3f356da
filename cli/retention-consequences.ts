// What an edit of a policy means for the backups that exist, in sentences: which would go that stay today, and when the first
// of them could be gone.

import type { Policy } from "../shared/domain/policy.ts";
import { previewRetention, type RetentionPreview } from "../shared/domain/retention/retention-preview.ts";
import { slotText } from "../shared/domain/runs/naming.ts";
import { databaseHistories, policyInForce } from "../shared/workflows/policy-history.ts";
import { plural } from "./output.ts";
import type { Tables } from "./tables-access.ts";
import { whenText } from "./time-text.ts";

/** So many slots are named; `prune --dry-run --policy-file` has them all. */
const named = 3;

/** From the runs in the ledger alone; everything is judged anew before a DELETE. */
export async function retentionConsequences(tables: Tables, after: Policy): Promise<string[]> {
  const { policyId } = after;
  const now = tables.clock.now();
  const row = await tables.policies.read(policyId);
  const policy = { policyId, ...(await policyInForce(row, tables.versions, now)) };
  const histories = await databaseHistories(tables, policy, { now, namePrefix: tables.settings.namePrefix });
  return histories
    .map((history) => previewRetention(history, after, tables.settings.graceMs))
    .flatMap((preview) => sentences(preview, now));
}

function sentences({ instanceId, wouldGo, wouldStay, notBeforeAt }: RetentionPreview, now: number): string[] {
  const slots = wouldGo.slice(0, named).map(({ run }) => slotText(run.slotAt));
  const more = wouldGo.length > named ? ", …" : "";
  const count = (n: number) => plural(n, "backup");
  return [
    ...(wouldGo.length === 0
      ? []
      : [
          `${count(wouldGo.length)} of ${instanceId} would be REMOVED that stay today (slots ${slots.join(", ")}${more}), not before ${whenText(notBeforeAt, now)}`,
        ]),
    ...(wouldStay.length === 0 ? [] : [`${count(wouldStay.length)} of ${instanceId} would stay that go today`]),
  ];
}
