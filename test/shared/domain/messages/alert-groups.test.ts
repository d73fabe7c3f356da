// Many alerts of one cause are few messages, and nothing is lost between them.

import { expect, test } from "vitest";
import { failure } from "../../../../shared/domain/failure.ts";
import { groupAlerts, runNotice } from "../../../../shared/domain/messages/alert-text.ts";
import type { Run } from "../../../../shared/domain/runs/run.ts";
import { missAtBirth } from "../../../../shared/domain/runs/run-machine.ts";
import { minute, slotAt, theTerms } from "../../../support/run-builder.ts";

function aStorm(count: number, changes: Partial<Run> = {}): Run[] {
  return Array.from({ length: count }, (_, i) => {
    const instanceId = `${i.toString(16).padStart(32, "0")}in01`;
    const key = { policyId: "a-policy-with-a-name-of-32-chars", instanceId, slotAt, account: "prod" };
    return { ...missAtBirth(key, theTerms({ owner: "team-with-a-rather-long-name" }), minute(1)), ...changes };
  });
}

test("a storm of 1,000 is one cause in two parts that name every database and fit into SNS", () => {
  const why = failure("provider-unavailable", `OTC answered ${"at length ".repeat(200)}`);
  const storm = aStorm(1000, { lastFailure: why });
  const notices = groupAlerts(storm).map(runNotice);
  expect(notices.map((notice) => notice.subject)).toEqual([
    "PAGE backup-missed: 500 databases of account prod (part 1 of 2, 1000 in all)",
    "PAGE backup-missed: 500 databases of account prod (part 2 of 2, 1000 in all)",
  ]);
  expect(new Set(notices.map((notice) => notice.dedupeKey)).size).toBe(2);
  const all = notices.map((notice) => notice.body).join("\n");
  expect(storm.filter((run) => !all.includes(run.instanceId))).toEqual([]);
  for (const notice of notices) expect(Buffer.byteLength(notice.body)).toBeLessThan(256 * 1024);
});

test("another cause, another account and another level are messages of their own", () => {
  const storm = [
    ...aStorm(400, { lastFailure: failure("credentials-refused", "no") }),
    ...aStorm(1, { lastFailure: failure("storage-full", "full") }),
    ...aStorm(2, { account: "other", lastFailure: failure("credentials-refused", "no") }),
  ];
  expect(groupAlerts(storm).map((group) => group.items.length)).toEqual([400, 1, 2]);
});
