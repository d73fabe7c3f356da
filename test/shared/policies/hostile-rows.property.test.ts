// Whatever comes in, a row is judged or refused, and nothing else changes: no throw, no prototype, no other row.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { leniencies } from "../../../shared/policies/field-names.ts";
import { type PolicyParse, parsePolicy } from "../../../shared/policies/parse-policy.ts";
import { parsePolicyFile } from "../../../shared/policies/policy-file.ts";
import { parsePolicyItem, rawPolicyId } from "../../../shared/policies/policy-item.ts";
import { aRow, now } from "./a-row.ts";

const treacherous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function expectSound(parse: PolicyParse): void {
  const said = parse.ok ? parse.warnings : parse.problems;
  if (!parse.ok) expect(said.some((p) => p.level === "problem")).toBe(true);
  for (const { field, value, message, remedy } of said) {
    for (const text of [field, value, message, remedy]) expect(text).not.toMatch(treacherous);
    expect(value.length).toBeLessThanOrEqual(80);
    expect(field.length * message.length * remedy.length).toBeGreaterThan(0);
  }
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const before = prototypes.map((p) => Reflect.ownKeys(p).length);

afterEach(() => {
  expect(prototypes.map((p) => Reflect.ownKeys(p).length)).toEqual(before);
  expect(JSON.parse("{}").polluted).toBeUndefined();
});

const trap = fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "polluted");
const fieldName = fc.constantFrom(...Object.keys(leniencies), "observed", "keepLast", "tags", "name");
const name = fc.oneof(fieldName, trap, fc.string({ unit: "binary", maxLength: 12 }));
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("", " ", "7", "true", "30 2 * * *", "UTC", "\uD800"),
);
const scalar = fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined));

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("json"), { maxLength: 5 }),
    fc.array(fc.tuple(name, tie("json")), { maxLength: 6 }).map(recordOf),
  ),
}));

/** As JSON.parse makes it: `__proto__` is a name like any other. */
function recordOf(entries: readonly (readonly [string, unknown])[]): object {
  const record = {};
  for (const [key, value] of entries) {
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return record;
}

const numeric = fc.oneof(fc.integer().map(String), fc.bigInt().map(String), fc.double().map(String), text);
const { attribute } = fc.letrec<{ attribute: unknown }>((tie) => ({
  attribute: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ S: text }),
    fc.record({ N: numeric }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.boolean() }),
    fc.record({ SS: fc.array(text, { maxLength: 4 }) }),
    fc.record({ NS: fc.array(numeric, { maxLength: 4 }) }),
    fc.record({ B: fc.uint8Array({ maxLength: 4 }) }),
    fc.record({ L: fc.array(tie("attribute"), { maxLength: 4 }) }),
    fc.record({ M: fc.array(fc.tuple(name, tie("attribute")), { maxLength: 4 }).map(recordOf) }),
    json,
  ),
}));

const aFieldOfAGoodRow = fc.tuple(fieldName, json).map(([field, value]) => aRow(recordOf([[field, value]]) as never));

describe("never throws and says something sound", () => {
  test("for any value as a row", () => {
    fc.assert(
      fc.property(json, (value) => expectSound(parsePolicy(value, now))),
      { numRuns: 1500 },
    );
  });

  test("for any value in one field of a good row", () => {
    fc.assert(
      fc.property(aFieldOfAGoodRow, (row) => expectSound(parsePolicy(row, now))),
      { numRuns: 3000 },
    );
  });

  test("for any DynamoDB item, whatever its types claim", () => {
    const items = fc.array(fc.tuple(name, attribute), { maxLength: 8 }).map(recordOf);
    fc.assert(
      fc.property(fc.oneof(items, json), (value) => {
        const item = value as Record<string, AttributeValue>;
        expectSound(parsePolicyItem(item, now));
        expect(["string", "undefined"]).toContain(typeof rawPolicyId(item));
      }),
      { numRuns: 3000 },
    );
  });

  test("for any text as a file, with problems wherever there is no policy", () => {
    const yamlLike = fc
      .array(
        fc.oneof(
          fc.constantFrom(..."-:{}[]#&*!|>'\"%@`,? \n\t"),
          fc.constantFrom("- policyId: a-b\n", "<<", "---\n", "\uFEFF"),
          name,
        ),
      )
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(
        fc.oneof(
          yamlLike,
          text,
          json.map((j) => JSON.stringify(j) ?? ""),
        ),
        (source) => {
          const { policies, problems } = parsePolicyFile(source, now);
          if (policies.length === 0) expect(problems.some((p) => p.level === "problem")).toBe(true);
          for (const { line, value, message } of problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(value + message).not.toMatch(treacherous);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe("objects made to hurt", () => {
  const throwing = (): never => {
    throw new Error("gotcha");
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const cyclic: Record<string, unknown> = aRow();
  cyclic.selector = cyclic;
  const endless = {
    *[Symbol.iterator]() {
      for (;;) yield "a1";
    },
  };

  test.each<[string, unknown]>([
    ["a getter that throws", Object.defineProperty(aRow(), "owner", { get: throwing, enumerable: true })],
    [
      "a getter that throws a trap",
      Object.defineProperty(aRow(), "owner", {
        get: () => {
          throw revoked.proxy;
        },
        enumerable: true,
      }),
    ],
    ["a proxy that throws", new Proxy({}, { ownKeys: throwing, get: throwing })],
    ["a revoked proxy", revoked.proxy],
    ["a revoked proxy in a field", aRow({ owner: revoked.proxy })],
    ["a row inside itself", cyclic],
    ["an endless list", aRow({ instanceIds: Object.assign([], endless) })],
    ["a list of a thousand million", aRow({ instanceIds: Object.assign([], { length: 1e9 }) })],
    ["text of ten million characters", aRow({ owner: "x".repeat(10_000_000) })],
    ["ten million characters as a name", aRow({ ["x".repeat(10_000_000)]: 1 })],
    ["a map nested 5,000 deep", JSON.parse(`${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`)],
    ["a symbol, a function, a date", aRow({ owner: Symbol("x"), account: throwing, schedule: new Date(0) })],
    ["__proto__ in the row", JSON.parse('{"policyId": "a-b-c", "__proto__": {"polluted": true}}')],
    ["__proto__ in tags", JSON.parse('{"selector": {"tags": {"__proto__": "x"}}}')],
    ["constructor in retention", aRow({ retention: { keepLast: 3, constructor: { prototype: { polluted: 1 } } } })],
  ])("%s is refused", (_what, row) => {
    const parse = parsePolicy(row, now);
    expect(parse.ok).toBe(false);
    expectSound(parse);
  });

  test("a row whose prototype carries the fields has none of them", () => {
    const parse = parsePolicy(Object.create(aRow()), now);
    expect(parse.ok ? [] : parse.problems.map((p) => p.field)).toContain("account");
  });
});

test("a row larger than 16 KiB is refused, one just below is not", () => {
  const row = (length: number) => parsePolicy(aRow({ note: "x".repeat(length) }), now);
  expect(row(16_000).ok).toBe(true);
  const parse = row(16_384);
  expect(parse.ok ? [] : parse.problems).toMatchObject([
    { field: "row", message: expect.stringContaining("16384 bytes") },
  ]);
  expect(parsePolicy(aRow({ note: "ä".repeat(8192) }), now).ok).toBe(false);
});
