// The table of faults names tests. A name that no test has is a promise nobody keeps.

import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Row {
  readonly number: number;
  readonly shownBy: readonly string[];
}

const rows: readonly Row[] = readFileSync("docs/faults.md", "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = line.split(" | ");
    const number = Number(/^\| (\d+)$/.exec(cells[0] ?? "")?.[1]);
    if (Number.isNaN(number)) return [];
    expect(cells, `row ${number} has four cells`).toHaveLength(4);
    return [{ number, shownBy: (cells[3] ?? "").replace(/ \|$/, "").split("<br>") }];
  });

test("every known fault has its row", () => {
  expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 82 }, (_, index) => index + 1));
});

test("every test that the table names exists", () => {
  const wrong = rows.flatMap(({ number, shownBy }) =>
    shownBy.flatMap((name) => {
      if (/^open: .{10,}/.test(name)) return [];
      const [, file = "", title = ""] = /^(test\/\S+\.test\.ts): (.+)$/.exec(name) ?? [];
      const isThere = existsSync(file) && titlesOf(file).includes(title);
      return isThere ? [] : [`${number}: ${name}`];
    }),
  );
  expect(wrong).toEqual([]);
});

/** Titles as they stand in the file; a test of a table counts by its template. */
function titlesOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:\btest|\bit|\)|\bskipIf\([^)]*\))\(\s*(["`])((?:(?!\1).)*)\1/g)].map(
    ([, , title = ""]) => title,
  );
}

test("no fault that we know is left without a test", () => {
  const open = rows.filter(({ shownBy }) => shownBy.some((name) => name.startsWith("open: ")));
  expect(open).toEqual([]);
});
