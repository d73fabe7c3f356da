// Three places describe the fields: the parser's schema, the JSON Schema for editors and docs/policies.md. They agree.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as yaml from "yaml";
import * as z from "zod";
import { fieldGuide } from "../../../shared/policies/field-guide.ts";
import { leniencies } from "../../../shared/policies/field-names.ts";
import { parsePolicyFile } from "../../../shared/policies/policy-file.ts";
import { parsePolicyItem } from "../../../shared/policies/policy-item.ts";
import { policyJsonSchema } from "../../../shared/policies/policy-json-schema.ts";
import { policyRowSchema } from "../../../shared/policies/policy-row-schema.ts";
import { aRow, hashOf, now } from "./a-row.ts";

const fields = Object.keys(leniencies);
const doc = readFileSync(new URL("../../../docs/policies.md", import.meta.url), "utf8");
const fences = (language: string) =>
  [...doc.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))].map((m) => m[1] ?? "");

const jsonSchema = policyJsonSchema();
// What the validator at hand does not know is looked at as text below, and it reads patterns without Unicode classes.
const forValidator = (key: string, value: unknown) => {
  if (key === "pattern") return String(value).replaceAll(/(\\p\{\w+\})+/g, "\\u0000-\\u001f");
  const presence =
    key === "anyOf" && Array.isArray(value) && value.every((option) => Object.keys(option).join() === "required");
  return key === "not" || key === "dependentRequired" || presence ? undefined : value;
};
const editor = z.fromJSONSchema(JSON.parse(JSON.stringify(jsonSchema, forValidator)));
const accepts = (text: string) => editor.safeParse(yaml.parse(text)).success;

test("the schema knows exactly the fields that are read", () => {
  expect(Object.keys(policyRowSchema.shape)).toEqual(fields);
  expect(Object.keys(fieldGuide)).toEqual(fields);
});

describe("docs/policies.md", () => {
  test("has a line for every field, in the order of the schema, with its default", () => {
    const lines = [...doc.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| .*\|$/gm)].map((m) => [m[1], m[3]]);
    expect(lines.map(([field]) => field)).toEqual(fields);
    const parsed = policyRowSchema.parse(aRow());
    for (const [field, shown] of lines) {
      const value = Object.entries(parsed).find(([name]) => name === field)?.[1];
      if (shown?.startsWith("`")) expect(shown).toBe(`\`${value}\``);
      else expect([...Object.keys(aRow()), undefined]).toContain(value === undefined ? undefined : field);
    }
  });

  test("has examples that are valid without a remark, for the parser and for editors", () => {
    // The line that tells an editor where the schema lies is no policy.
    const examples = fences("yaml").filter((example) => example.includes("policyId"));
    expect(examples).toHaveLength(3);
    for (const example of examples) {
      expect(parsePolicyFile(example, now).problems).toEqual([]);
      expect(accepts(example)).toBe(true);
    }
  });

  test("shows the same policy as YAML and as DynamoDB JSON", () => {
    const [, full = ""] = fences("yaml");
    const [item = "{}"] = fences("json");
    expect(hashOf(parsePolicyItem(JSON.parse(item), now))).toBe(parsePolicyFile(full, now).policies[0]?.contentHash);
  });
});

describe("the JSON Schema", () => {
  test("says what every field means", () => {
    const text = JSON.stringify(jsonSchema);
    for (const { meaning } of Object.values(fieldGuide)) expect(text).toContain(JSON.stringify(meaning));
  });

  test.each<[string, Record<string, unknown>]>([
    ["a field nobody knows", { retenton: { keepLast: 3 } }],
    ["a wrong id", { policyId: "Orders" }],
    ["a number out of bounds", { maxAttempts: 6 }],
    ["an unknown keep rule", { retention: { keepWeakly: 3 } }],
    ["a sign that OTC refuses", { description: "a & b" }],
    ["a pause without offset", { pausedUntil: "2026-12-24T18:00:00", pauseReason: "x" }],
  ])("marks %s", (_what, changes) => {
    expect(accepts(JSON.stringify([aRow(changes)]))).toBe(false);
    expect(accepts(JSON.stringify([aRow()]))).toBe(true);
  });

  test("demands one target, not two, and a reason for a pause", () => {
    const text = JSON.stringify(jsonSchema);
    expect(text).toContain('"not":{"required":["instanceIds","selector"]}');
    expect(text).toContain('"anyOf":[{"required":["instanceIds"]},{"required":["selector"]}]');
    expect(text).toContain('"dependentRequired":{"pausedUntil":["pauseReason"],"pauseReason":["pausedUntil"]}');
  });
});
