// Every message names a section of the runbook; a person woken at night must find it.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { alarmTable } from "../../infra/alarms.ts";
import { auditComposite } from "../../infra/audit-alarms.ts";
import { runAlertKinds, standingAlertKinds } from "../../shared/domain/messages/alert.ts";

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

const sections = new Map(
  text.split(/^##+ /m).map((section) => {
    const heading = section.slice(0, section.indexOf("\n"));
    return [heading.toLowerCase().replaceAll(" ", "-"), section];
  }),
);

test.each([...Map.groupBy([...alarmTable("prod"), auditComposite("prod")], (row) => row.anchor)])(
  "%s says whether data is at risk, what the alarm says to run first, and whom to wake",
  (anchor, rows) => {
    const section = sections.get(anchor) ?? "";
    expect(section).toMatch(/\*\*Data at risk\?\*\* \S/);
    expect(section).toMatch(/\*\*Wake\*\*: \S/);
    const commandsOf = (row: (typeof rows)[number]) => {
      const [, name = "no function"] = /^((?:create|poll|audit|prune)-backups)-/.exec(row.key) ?? [];
      return row.first.map((command) => `\`${command.replaceAll(name, "<function>")}\``);
    };
    const stated = rows.filter((row) => commandsOf(row).every((command) => section.includes(command)));
    expect(stated).not.toEqual([]);
  },
);
