// The list of planted bugs stays true to the code: each names text that stands in its file exactly once.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plantedBugs } from "./planted-bugs.ts";

test.each(plantedBugs)("it can be planted: $name", ({ file, find, replace }) => {
  expect(readFileSync(file, "utf8").split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});
