import { describe, expect, test } from "vitest";
import { parsePolicyFile } from "../../../shared/policies/policy-file.ts";
import { now } from "./a-row.ts";

const file = (rows: string, templates = "") => `templates:
  nightly:
    account: production
    schedule: 30 2 * * *
    retention: {keepDaily: 14, keepWeekly: 8}
    owner: team
${templates}policies:
${rows}`;
const read = (rows: string, templates?: string) => parsePolicyFile(file(rows, templates), now);
const said = (rows: string, templates?: string) =>
  read(rows, templates).problems.map((p) => `${p.line} ${p.level} ${p.field}: ${p.message}`);

describe("a row with a template", () => {
  test("has the template's fields, and its own in their place", () => {
    const { policies, problems } = read("  - {policyId: orders, template: nightly, instanceIds: [a1], owner: me}\n");
    expect(problems).toEqual([]);
    expect(policies[0]?.policy).toMatchObject({
      account: "production",
      owner: "me",
      retention: { keepDaily: 14, keepWeekly: 8 },
    });
  });

  test("replaces maps as a whole, so that what stands in the row is all there is", () => {
    const { policies } = read(
      "  - {policyId: orders, template: nightly, instanceIds: [a1], retention: {keepLast: 3}}\n",
    );
    expect(policies[0]?.policy.retention).toEqual({ keepLast: 3, minimum: 3 });
  });

  test("is written to the table without its template and without what the system observed", () => {
    const { policies } = read("  - {policyId: orders, template: nightly, instanceIds: [a1], observed: {status: OK}}\n");
    expect(policies[0]?.row).toEqual({
      policyId: "orders",
      account: "production",
      schedule: "30 2 * * *",
      retention: { keepDaily: 14, keepWeekly: 8 },
      owner: "team",
      instanceIds: ["a1"],
    });
  });

  test("takes a field of the template away by null", () => {
    const { policies } = read("  - {policyId: orders, template: nightly, instanceIds: [a1], owner: null}\n");
    expect(policies[0]?.policy.owner).toBeUndefined();
  });

  test("shows the template's line when the template is wrong", () => {
    const row =
      "  - {policyId: orders, template: weekly, instanceIds: [a1]}\n  - {policyId: stock, template: nightly, instanceIds: [a1]}\n";
    const weekly = "  weekly:\n    account: production\n    schedule: every week\n";
    expect(said(row, weekly)).toEqual([expect.stringMatching(/^9 problem schedule: .*2 fields/)]);
  });
});

describe("a template that cannot be used", () => {
  test("one that does not exist is a problem of the row alone", () => {
    const rows =
      "  - policyId: orders\n    template: nigthly\n  - {policyId: stock, template: nightly, instanceIds: [a1]}\n";
    expect(read(rows).policies.map((p) => p.policy.policyId)).toEqual(["stock"]);
    expect(said(rows)).toEqual(["9 problem template: is no template of this document"]);
    expect(read(rows).problems[0]).toMatchObject({
      policyId: "orders",
      value: '"nigthly"',
      remedy: "did you mean nightly?",
    });
  });

  test("one named by something that is no text", () => {
    expect(
      said(
        "  - {policyId: orders, template: [nightly]}\n  - {policyId: stock, template: nightly, instanceIds: [a1]}\n",
      ),
    ).toEqual(["8 problem template: is no template of this document"]);
  });

  test("one that builds on another or has an id", () => {
    const row =
      "  - {policyId: orders, template: nightly, instanceIds: [a1]}\n  - {policyId: stock, template: b, instanceIds: [a1]}\n";
    expect(said(row, "  b: {template: nightly, policyId: x-y-z, account: p, schedule: 0 1 * * *}\n")).toEqual([
      "7 problem templates.b.policyId: may not stand in a template",
      "7 problem templates.b.template: may not stand in a template",
    ]);
  });

  test("one that nobody uses is a warning", () => {
    expect(said("  - {policyId: orders, template: nightly, instanceIds: [a1]}\n", "  spare: {account: p}\n")).toEqual([
      "7 warning templates.spare: is used by no row",
    ]);
  });

  test("templates that are no map", () => {
    const { problems } = parsePolicyFile("templates: [a]\npolicies: []\n", now);
    expect(problems).toMatchObject([{ field: "templates", level: "problem", line: 1 }]);
  });

  test("names of JavaScript's own are no templates", () => {
    const rows =
      "  - {policyId: orders, template: constructor}\n  - {policyId: stock, template: nightly, instanceIds: [a1]}\n";
    expect(said(rows)).toEqual(["8 problem template: is no template of this document"]);
  });

  test("merge keys, which are refused instead of half read", () => {
    const rows = "  - {policyId: orders, template: nightly, instanceIds: [a1], <<: {owner: me}}\n";
    expect(said(rows)).toEqual([expect.stringContaining("8 problem <<: is not read")]);
    expect(read(rows).policies).toEqual([]);
  });
});
