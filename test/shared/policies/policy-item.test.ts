import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { parsePolicyFile } from "../../../shared/policies/policy-file.ts";
import { parsePolicyItem, rawPolicyId } from "../../../shared/policies/policy-item.ts";
import { aRow, hashOf, now, policyOf, remarksOf } from "./a-row.ts";

const item = (changes: Record<string, AttributeValue> = {}): Record<string, AttributeValue> => ({
  policyId: { S: "orders-nightly" },
  account: { S: "production" },
  instanceIds: { L: [{ S: "b2" }, { S: "a1" }] },
  schedule: { S: "30 2 * * *" },
  ...changes,
});

describe("one policy, however it is stored", () => {
  const yaml = `
- schedule: 30 2 * * *
  timezone: Europe/Berlin
  retention: {keepWeekly: 8, keepDaily: 14}
  instanceIds: [b2, a1]
  databases: [stock, orders]
  enabled: true
  maxAttempts: 3
  pausedUntil: 2026-12-24
  pauseReason: migration
  account: production
  policyId: orders-nightly
`;
  const lists = item({
    timezone: { S: "Europe/Berlin" },
    retention: { M: { keepDaily: { N: "14" }, keepWeekly: { N: "8" } } },
    databases: { L: [{ S: "orders" }, { S: "stock" }] },
    enabled: { BOOL: true },
    maxAttempts: { N: "3" },
    pausedUntil: { S: "2026-12-24" },
    pauseReason: { S: "migration" },
  });
  const sets = { ...lists, instanceIds: { SS: ["a1", "b2"] }, databases: { SS: ["stock", "orders"] } };
  const fromFile = parsePolicyFile(yaml, now).policies[0];

  test.each([
    ["with lists", parsePolicyItem(lists, now)],
    ["with sets", parsePolicyItem(sets, now)],
    ["unmarshalled by the SDK", parsePolicy(unmarshall(sets), now)],
    ["written back from the file's row", parsePolicyItem(marshall(fromFile?.row), now)],
    ["with NULL for what is absent", parsePolicyItem({ ...sets, owner: { NULL: true } }, now)],
    ["with numbers as DynamoDB writes them", parsePolicyItem({ ...sets, maxAttempts: { N: "3.0" } }, now)],
  ])("%s, it is the policy of the file and has its hash", (_how, parse) => {
    expect(policyOf(parse)).toEqual(fromFile?.policy);
    expect(hashOf(parse)).toBe(fromFile?.contentHash);
  });
});

describe("a value with the wrong type letter", () => {
  test.each<[string, AttributeValue, field: string, message: string]>([
    ["a number for the account", { N: "7" }, "account", "is a number"],
    ["binary for the account", { B: new Uint8Array([1, 2]) }, "account", "is binary"],
    ["a binary set for instanceIds", { BS: [new Uint8Array([1])] }, "instanceIds", "is binary"],
    ["a number set for instanceIds", { NS: ["1", "2"] }, "instanceIds[0]", "is a number"],
    ["a map for instanceIds", { M: { id: { S: "a1" } } }, "instanceIds", "is a map"],
    ["text for retention", { S: '{"keepLast": 7}' }, "retention", "is text"],
    ["text for a keep rule", { M: { keepLast: { S: "7" } } }, "retention.keepLast", "is text"],
    ["NULL for retention", { NULL: true }, "retention", "is null"],
    ["an unknown type letter", { $unknown: ["X", "y"] }, "account", "not a DynamoDB value"],
  ])("%s is a problem of the field", (_what, value, field, message) => {
    const name = field.split(/[.[]/)[0] ?? "";
    const problems = remarksOf(parsePolicyItem(item({ [name]: value }), now));
    expect(problems.map((p) => [p.level, p.field])).toContainEqual(["problem", field]);
    expect(problems.find((p) => p.field === field)?.message).toContain(message);
  });
});

describe("a number that JavaScript cannot hold", () => {
  test.each(["9007199254740993", "1e400", "5.00000000000000000001", "12345678901234567890123456789012345678", "-1e30"])(
    "%s is refused as it stands and never becomes another number",
    (n) => {
      const problems = remarksOf(parsePolicyItem(item({ sizeFloorKb: { N: n } }), now));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ field: "sizeFloorKb", value: n, level: "problem" });
    },
  );

  test("does no harm in a field nobody reads", () => {
    const parse = parsePolicyItem(item({ ticket: { N: "12345678901234567890" } }), now);
    expect(parse.ok).toBe(true);
    expect(remarksOf(parse)).toMatchObject([{ field: "ticket", level: "warning" }]);
  });
});

describe("the raw key", () => {
  test("is the id as stored, valid or not", () => {
    expect(rawPolicyId(item())).toBe("orders-nightly");
    expect(rawPolicyId(item({ policyId: { S: " Not An Id " } }))).toBe(" Not An Id ");
  });

  test("is nothing when there is none", () => {
    expect(rawPolicyId({})).toBeUndefined();
    expect(rawPolicyId(item({ policyId: { N: "7" } }))).toBeUndefined();
    expect(rawPolicyId(JSON.parse("null"))).toBeUndefined();
  });
});

test("a row that is refused as a whole still has its id", () => {
  const parse = parsePolicyItem(item({ notes: { S: "x".repeat(20_000) } }), now);
  expect(parse).toMatchObject({ ok: false, policyId: "orders-nightly" });
  expect(parsePolicy(aRow({ notes: "x".repeat(20_000) }), now)).toEqual(parse);
});
