// Every message names a section of the runbook; a person woken at night must find it.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runAlertKinds, standingAlertKinds } from "../../shared/domain/alert.ts";

const text = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replaceAll(" ", "-"));

test.each([...Object.keys(runAlertKinds), ...Object.keys(standingAlertKinds), "morning-digest"])(
  "%s has a section in docs/operations.md",
  (kind) => {
    expect(anchors.filter((anchor) => anchor === kind)).toHaveLength(1);
  },
);

test("a link inside the runbook leads somewhere", () => {
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.filter((anchor) => !anchors.includes(anchor ?? ""))).toEqual([]);
});
