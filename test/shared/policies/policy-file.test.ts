import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { parsePolicyFile } from "../../../shared/policies/policy-file.ts";
import { aRow, hashOf, now, policyOf } from "./a-row.ts";

const rest = "account: production, instanceIds: [a1], schedule: 30 2 * * *";
const read = (text: string) => parsePolicyFile(text, now);
const ids = (text: string) => read(text).policies.map((p) => p.policy.policyId);
/** `line level field` of everything that is said. */
const said = (text: string) => read(text).problems.map((p) => `${p.line} ${p.level} ${p.field}`);

describe("the forms of a file", () => {
  test("a list of rows, as the table would have them", () => {
    const { policies, problems } = read(
      `# ours\n- {policyId: orders-nightly, ${rest}}\n- {policyId: stock, ${rest}}\n`,
    );
    const same = parsePolicy(aRow(), now);
    expect(policies[0]).toEqual({
      policy: policyOf(same),
      contentHash: hashOf(same),
      line: 2,
      row: aRow(),
      fromTemplate: [],
    });
    expect(policies[1]).toMatchObject({ line: 3, policy: { policyId: "stock" } });
    expect(problems).toEqual([]);
  });

  test("a map of policies", () => {
    expect(ids(`policies:\n  - {policyId: orders, ${rest}}\n`)).toEqual(["orders"]);
  });

  test("several documents, each a list or a map", () => {
    expect(ids(`- {policyId: orders, ${rest}}\n---\npolicies:\n- {policyId: stock, ${rest}}\n---\n`)).toEqual([
      "orders",
      "stock",
    ]);
  });

  test("JSON, and YAML as Windows editors save it", () => {
    expect(ids(JSON.stringify([aRow()]))).toEqual(["orders-nightly"]);
    expect(
      ids(`\uFEFF- policyId: orders\r\n  account: p\r\n  instanceIds: [a1]\r\n  schedule: "30 2 * * *"\r\n`),
    ).toEqual(["orders"]);
  });

  test("aliases for lists and maps that stand in the same document", () => {
    const text = `- {policyId: orders, retention: &two-weeks {keepDaily: 14}, ${rest}}\n- {policyId: stock, retention: *two-weeks, ${rest}}\n`;
    expect(read(text).policies.map((p) => p.policy.retention?.keepDaily)).toEqual([14, 14]);
  });
});

describe("a file without policies is a problem, since it might be the wrong one", () => {
  test.each(["", "  \n", "# nothing yet\n", "---\n---\n", "[]", "policies:\n", "policies: []", "templates: {}"])(
    "%j",
    (text) => {
      expect(read(text).policies).toEqual([]);
      expect(read(text).problems).toMatchObject([{ level: "problem", line: 1, message: "has no policies" }]);
    },
  );
});

test("a file of which YAML understands only that it is odd is a problem too, not a remark", () => {
  const { policies, problems } = read("%- policyId: a-b\n---\n");
  expect(policies).toEqual([]);
  expect(problems.map((problem) => problem.level)).toContain("problem");
});

describe("what stands in the wrong place is told with its line", () => {
  test.each<[string, string[]]>([
    ["just text", ["1 problem row"]],
    ["policyId: orders\naccount: p", ["1 problem policyId", "2 problem account"]],
    ["- 3\n- [a]\n-\n", ["1 problem row", "2 problem row", "3 problem row"]],
    ["policies: orders", ["1 problem policies"]],
    [`\npolicies:\n- {policyId: orders, ${rest}}\nnotes: x`, ["4 problem notes"]],
    ["policies:\n- [unclosed\n", ["3 problem file"]],
    ["- policyId: orders\n\taccount: p\n", ["2 problem file"]],
    ["- {policyId: a-b-c}\n- *nobody\n", ["2 problem file"]],
  ])("%j", (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  test("a misspelt policies with a guess", () => {
    expect(read("polices: []").problems[0]?.remedy).toBe("did you mean policies?");
  });
});

describe("lines of problems in rows", () => {
  const text = `
- policyId: orders
  account: production
  instanceIds:
    - a1
    - b/2
  schedule: 30 2 * * *
  "retention":
    keepDaily: 14
    keepWeekly: 0
  owenr: me
- policyId: stock
  selector:
    tags:
      cost.centre: 7
  schedule: 30 2 * * *
`;

  test("are those of the field, the list entry, the tag, or the row where a field is missing", () => {
    expect(read(text).problems.map((p) => [p.line, p.level, p.policyId, p.field])).toEqual([
      [6, "problem", "orders", "instanceIds[1]"],
      [10, "problem", "orders", "retention.keepWeekly"],
      [11, "warning", "orders", "owenr"],
      [12, "problem", "stock", "account"],
      [15, "problem", "stock", "selector.tags.cost.centre"],
    ]);
  });

  test("do not keep the valid rows of the file from being read", () => {
    expect(ids(`${text}- {policyId: good, ${rest}}\n`)).toEqual(["good"]);
  });
});

describe("what stands twice", () => {
  test("a policyId: none of the two counts, also over documents", () => {
    const row = `- {policyId: orders, ${rest}}\n`;
    const { policies, problems } = read(`${row}- {policyId: stock, ${rest}}\n---\n${row}`);
    expect(policies.map((p) => p.policy.policyId)).toEqual(["stock"]);
    expect(problems).toMatchObject([
      { line: 1, field: "policyId", policyId: "orders", message: expect.stringContaining("line 4") },
      { line: 4, field: "policyId", policyId: "orders", message: expect.stringContaining("line 1") },
    ]);
  });

  test("a field: its row does not count, the others do", () => {
    const text = `- policyId: orders\n  account: p\n  account: q\n- {policyId: stock, ${rest}}\n`;
    expect(ids(text)).toEqual(["stock"]);
    expect(said(text)).toEqual(["3 problem account"]);
  });

  test("a keep rule inside retention", () => {
    const text = `- policyId: orders\n  retention:\n    keepLast: 30\n    keepLast: 3\n  account: p\n`;
    expect(said(text)).toEqual(["4 problem keepLast"]);
  });

  test("policies itself: nothing counts", () => {
    const list = `policies:\n- {policyId: orders, ${rest}}\n`;
    expect(read(list + list.replace("orders", "stock"))).toMatchObject({
      policies: [],
      problems: [{ line: 3, level: "problem" }],
    });
  });
});
