// DynamoDB's update language, as far as our stores speak it: SET with values, sums and if_not_exists, REMOVE, ADD.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { attributeAt, nameOf, resolveOperand } from "./evaluate.ts";
import {
  type Operand,
  type Path,
  type Placeholders,
  type StoredItem,
  Tokens,
  ValidationException,
} from "./expression.ts";

type Term = Operand | { readonly fallbackOf: Path; readonly otherwise: Operand };
interface Change {
  readonly verb: "SET" | "REMOVE" | "ADD";
  readonly path: Path;
  readonly terms: readonly Term[];
  readonly sign: 1 | -1;
}

const parsed = new Map<string, readonly Change[]>();

/** The item as the update leaves it; the one given is not touched. */
export function updated(item: StoredItem, text: string, given: Placeholders): StoredItem {
  let changes = parsed.get(text);
  if (changes === undefined) {
    changes = parseUpdate(new Tokens(text));
    parsed.set(text, changes);
  }
  return changes.reduce((next, change) => withAttribute(next, change.path, newValue(item, change, given), given), item);
}

function parseUpdate(tokens: Tokens): Change[] {
  const changes: Change[] = [];
  while (tokens.peek() !== undefined) {
    const verb = tokens.take().toUpperCase();
    if (verb !== "SET" && verb !== "REMOVE" && verb !== "ADD") throw new ValidationException(`unknown clause ${verb}`);
    do changes.push(parseChange(tokens, verb));
    while (tokens.skip(","));
  }
  return changes;
}

function parseChange(tokens: Tokens, verb: Change["verb"]): Change {
  const path = tokens.path();
  if (verb === "REMOVE") return { verb, path, terms: [], sign: 1 };
  if (verb === "ADD") return { verb, path, terms: [tokens.operand()], sign: 1 };
  tokens.expect("=");
  const first = parseTerm(tokens);
  if (tokens.skip("+")) return { verb, path, terms: [first, parseTerm(tokens)], sign: 1 };
  if (tokens.skip("-")) return { verb, path, terms: [first, parseTerm(tokens)], sign: -1 };
  return { verb, path, terms: [first], sign: 1 };
}

function parseTerm(tokens: Tokens): Term {
  if (!tokens.skip("IF_NOT_EXISTS")) return tokens.operand();
  tokens.expect("(");
  const fallbackOf = tokens.path();
  tokens.expect(",");
  const otherwise = tokens.operand();
  tokens.expect(")");
  return { fallbackOf, otherwise };
}

function newValue(item: StoredItem, change: Change, given: Placeholders): AttributeValue | undefined {
  if (change.verb === "REMOVE") return undefined;
  const values = change.terms.map((term) =>
    "fallbackOf" in term
      ? (attributeAt(item, term.fallbackOf, given) ?? resolveOperand(term.otherwise, item, given))
      : resolveOperand(term, item, given),
  );
  const [first, second] = values;
  if (change.verb === "ADD") return added(attributeAt(item, change.path, given), first);
  if (first === undefined) throw new ValidationException("an attribute used by the update does not exist");
  return change.terms.length === 1 ? first : { N: String(numberOf(first) + change.sign * numberOf(second)) };
}

function added(before: AttributeValue | undefined, more: AttributeValue | undefined): AttributeValue | undefined {
  if (more?.SS !== undefined) return { SS: [...new Set([...(before?.SS ?? []), ...more.SS])] };
  return { N: String((before === undefined ? 0 : numberOf(before)) + numberOf(more)) };
}

function numberOf(value: AttributeValue | undefined): number {
  if (value?.N === undefined) throw new ValidationException("an operand of the update is not a number");
  return Number(value.N);
}

function withAttribute(
  item: StoredItem,
  path: Path,
  value: AttributeValue | undefined,
  given: Placeholders,
): StoredItem {
  const [step, ...rest] = path;
  if (step === undefined) return item;
  const name = nameOf(step, given);
  if (rest.length === 0) {
    const { [name]: _before, ...others } = item;
    return value === undefined ? others : { ...others, [name]: value };
  }
  const inner = item[name]?.M;
  if (inner === undefined) throw new ValidationException("the document path of the update is invalid");
  return { ...item, [name]: { M: withAttribute(inner, rest, value, given) } };
}
