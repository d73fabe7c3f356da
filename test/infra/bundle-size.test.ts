// What each function makes Lambda read: a dependency that slips into a bundle, or code that should wait until it is needed
// and does not, shows here and not in cold starts.

import { expect, test } from "vitest";
import { bytesOfFunction, functionNames } from "../../bench/bundles.ts";

/** Kilobytes, minified, two per cent above what they have: at every cold start, and with what is read when needed. */
const mostKb: Readonly<Record<string, { readonly atStart: number; readonly all: number }>> = {
  "audit-backups": { atStart: 557, all: 911 },
  "create-backups": { atStart: 536, all: 890 },
  "poll-backups": { atStart: 513, all: 867 },
  "prune-backups": { atStart: 530, all: 884 },
  "status-widget": { atStart: 535, all: 889 },
};

test.each(functionNames)("%s reads no more than it needs", (name) => {
  const { atStart, all } = bytesOfFunction(name);
  expect(atStart / 1000).toBeLessThanOrEqual(mostKb[name]?.atStart ?? 0);
  expect(all / 1000).toBeLessThanOrEqual(mostKb[name]?.all ?? 0);
});
