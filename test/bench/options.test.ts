// What `npm run bench` takes and refuses.

import { CommanderError } from "commander";
import { beforeEach, expect, test, vi } from "vitest";
import { parseOptions } from "../../bench/options.ts";

let told: string[];
beforeEach(() => {
  told = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0);
});

test("without options: the defaults of the docs", () => {
  expect(parseOptions([])).toEqual({
    ...{ json: false, fleets: [10, 100, 1000], policies: [1000, 10_000, 100_000], rate: 10, ceilings: [200, 10] },
    ...{ latency: 250, pollBound: 120, speed: 6, failEvery: 20, beside: true, bundles: true },
    ...{ virtual: [1000], shards: [], accounts: 50, perAccount: 400 },
  });
});

test("a latency of nothing, a fleet of one, and parts left out", () => {
  const options = parseOptions(["--latency", "0", "--fleets", "1", "--policies", "", "--no-bundles", "--json"]);
  expect(options).toMatchObject({ latency: 0, fleets: [1], policies: [], bundles: false, json: true });
});

test.each([
  [1, [20, 1], 10],
  [0.5, [10, 1], 10],
  [1000, [1000], 1],
])("OTC admits %d calls a second: ceilings %j, speed %d", (rate, ceilings, speed) => {
  expect(parseOptions(["--rate", String(rate)])).toMatchObject({ ceilings, speed });
});

test.each([
  ["--latency", "-1", "give a number from 0 to 14000"],
  ["--latency", "", "give a number from 0 to 14000"],
  ["--rate", "abc", "give a number from 0.1 to 10000"],
  ["--rate", "0", "give a number from 0.1 to 10000"],
  ["--ceilings", "2000", "give whole numbers from 1 to 1000, as 10,100"],
  ["--fleets", "10,x", "give whole numbers from 1 to 100000, as 10,100"],
  ["--shards", "21", "give whole numbers from 1 to 20, as 10,100"],
  ["--accounts", "2.5", "give a whole number from 1 to 1000"],
  ["--fleets", "0", "give whole numbers from 1 to 100000, as 10,100"],
  ["--poll-bound", "5", "give a number from 30 to 3600"],
  ["--fail-every", "1", "give a number from 2 to 1000000"],
])("%s %s is refused with what would be right", (option, value, remedy) => {
  expect(() => parseOptions([option, value])).toThrow(CommanderError);
  expect(told.join("")).toContain(option);
  expect(told.join("")).toContain(`argument '${value}' is invalid. ${remedy}`);
});

test.each([[["--fleet", "10"]], [["10"]]])("%j is refused", (args) => {
  expect(() => parseOptions(args)).toThrow(CommanderError);
});
