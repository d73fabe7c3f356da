// DynamoDB's condition language, as far as our stores speak it: parsed once per text, evaluated against stored items.
// What is not in the language is a ValidationException, as in DynamoDB, so that a new expression cannot pass unnoticed.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type StoredItem = Record<string, AttributeValue>;

/** What one request gives beside the text: `#names` and `:values`. */
export interface Placeholders {
  readonly names: Readonly<Record<string, string>> | undefined;
  readonly values: StoredItem | undefined;
}

export type Path = readonly string[];
export type Operand = { readonly path: Path } | { readonly value: string } | { readonly sizeOf: Path };
export type Expression =
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly inner: Expression }
  | { readonly kind: "exists"; readonly path: Path; readonly wanted: boolean }
  | { readonly kind: "compare"; readonly left: Operand; readonly operator: string; readonly right: Operand }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly options: readonly Operand[] }
  | { readonly kind: "function"; readonly name: string; readonly operand: Operand; readonly argument: Operand };

export class ValidationException extends Error {
  override readonly name = "ValidationException";
}

/** A cursor over the tokens of one expression. */
export class Tokens {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = text.match(/[A-Za-z_#:][\w#:]*|<>|<=|>=|[<>=(),.+-]|\[\d+\]/g) ?? [];
  }

  peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  is(word: string): boolean {
    return this.peek()?.toUpperCase() === word;
  }

  take(): string {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new ValidationException("the expression ends too early");
    this.#next += 1;
    return token;
  }

  /** Takes `word` when it is next. */
  skip(word: string): boolean {
    if (!this.is(word)) return false;
    this.#next += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.skip(word)) throw new ValidationException(`expected ${word} and found ${this.peek() ?? "the end"}`);
  }

  path(): Path {
    const path = [this.take()];
    while (this.skip(".")) path.push(this.take());
    return path;
  }

  operand(): Operand {
    if (this.skip("SIZE")) {
      this.expect("(");
      const sizeOf = this.path();
      this.expect(")");
      return { sizeOf };
    }
    return this.peek()?.startsWith(":") ? { value: this.take() } : { path: this.path() };
  }
}

const parsed = new Map<string, Expression>();

export function parseCondition(text: string): Expression {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const tokens = new Tokens(text);
  const expression = disjunction(tokens);
  if (tokens.peek() !== undefined) throw new ValidationException(`${tokens.peek()} is not understood in: ${text}`);
  parsed.set(text, expression);
  return expression;
}

function disjunction(tokens: Tokens): Expression {
  let left = conjunction(tokens);
  while (tokens.skip("OR")) left = { kind: "or", left, right: conjunction(tokens) };
  return left;
}

function conjunction(tokens: Tokens): Expression {
  let left = negation(tokens);
  while (tokens.skip("AND")) left = { kind: "and", left, right: negation(tokens) };
  return left;
}

function negation(tokens: Tokens): Expression {
  if (tokens.skip("NOT")) return { kind: "not", inner: negation(tokens) };
  if (tokens.skip("(")) {
    const inner = disjunction(tokens);
    tokens.expect(")");
    return inner;
  }
  for (const wanted of [true, false]) {
    if (tokens.skip(wanted ? "ATTRIBUTE_EXISTS" : "ATTRIBUTE_NOT_EXISTS")) {
      tokens.expect("(");
      const path = tokens.path();
      tokens.expect(")");
      return { kind: "exists", path, wanted };
    }
  }
  for (const name of ["BEGINS_WITH", "CONTAINS"]) {
    if (tokens.skip(name)) return twoArguments(tokens, name);
  }
  return comparison(tokens);
}

function twoArguments(tokens: Tokens, name: string): Expression {
  tokens.expect("(");
  const operand = tokens.operand();
  tokens.expect(",");
  const argument = tokens.operand();
  tokens.expect(")");
  return { kind: "function", name, operand, argument };
}

function comparison(tokens: Tokens): Expression {
  const operand = tokens.operand();
  if (tokens.skip("BETWEEN")) {
    const low = tokens.operand();
    tokens.expect("AND");
    return { kind: "between", operand, low, high: tokens.operand() };
  }
  if (tokens.skip("IN")) {
    tokens.expect("(");
    const options = [tokens.operand()];
    while (tokens.skip(",")) options.push(tokens.operand());
    tokens.expect(")");
    return { kind: "in", operand, options };
  }
  const operator = tokens.take();
  if (!["=", "<>", "<", "<=", ">", ">="].includes(operator)) throw new ValidationException(`unknown ${operator}`);
  return { kind: "compare", left: operand, operator, right: tokens.operand() };
}
