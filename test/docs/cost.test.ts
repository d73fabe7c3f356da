// The cost page is what the script makes of counts and prices: nobody edits a figure by hand.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { costPage } from "../../bench/cost.ts";

test("docs/cost.md is what `npm run cost` writes", () => {
  expect(readFileSync("docs/cost.md", "utf8")).toBe(costPage());
});
