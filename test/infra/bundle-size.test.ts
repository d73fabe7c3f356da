// What each function makes Lambda load: a dependency that slips into a bundle shows here and not in cold starts.

import { expect, test } from "vitest";
import { bundledBytes, functionNames } from "../../bench/bundles.ts";

/** Kilobytes, minified, three per cent above what they have. */
const mostKb: Readonly<Record<string, number>> = {
  "audit-backups": 885,
  "create-backups": 865,
  "poll-backups": 845,
  "prune-backups": 865,
  "status-widget": 870,
};

test.each(functionNames)("%s loads no more than it needs", (name) => {
  expect(bundledBytes(name) / 1000).toBeLessThanOrEqual(mostKb[name] ?? 0);
});
