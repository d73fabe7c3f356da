// What each function makes Lambda read: a dependency that slips into a bundle, or code that should wait until it is needed
// and does not, shows here and not in cold starts.

import { expect, test } from "vitest";
import { bytesOfFunction, functionNames } from "../../bench/bundles.ts";

/** Kilobytes, minified, two per cent above what they have: at every cold start, and with what is read when needed. */
const mostKb: Readonly<Record<string, { readonly atStart: number; readonly all: number }>> = {
  "audit-backups": { atStart: 571, all: 925 },
  "create-backups": { atStart: 548, all: 903 },
  "poll-backups": { atStart: 523, all: 878 },
  "prune-backups": { atStart: 543, all: 898 },
  "status-widget": { atStart: 545, all: 899 },
};

test.each(functionNames)("%s reads no more than it needs", (name) => {
  const { atStart, all } = bytesOfFunction(name);
  expect(atStart / 1000).toBeLessThanOrEqual(mostKb[name]?.atStart ?? 0);
  expect(all / 1000).toBeLessThanOrEqual(mostKb[name]?.all ?? 0);
});
