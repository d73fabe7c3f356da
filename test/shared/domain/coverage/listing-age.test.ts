// When an account's databases are listed anew before backups are requested.

import { expect, test } from "vitest";
import { listingGoodForMs } from "../../../../shared/domain/coverage/listing-age.ts";

test.each([
  ["an empty account", 0, 0],
  ["one page", 100, 0],
  ["two pages: less than the minute between two ticks", 101, 6_000],
  ["a thousand databases: still anew at every tick", 1000, 54_000],
  ["ten thousand: a call every six seconds, as for every other size", 10_000, 594_000],
  ["however many: never older than half an hour", 100_000, 1_800_000],
])("%s", (_name, instances, ms) => {
  expect(listingGoodForMs(instances)).toBe(ms);
});
