// Evaluates parsed conditions against a stored item. An attribute that is absent makes every comparison false except <>.

import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  type Expression,
  type Operand,
  type Path,
  type Placeholders,
  type StoredItem,
  ValidationException,
} from "./expression.ts";

export function holds(expression: Expression, item: StoredItem, given: Placeholders): boolean {
  switch (expression.kind) {
    case "and":
      return holds(expression.left, item, given) && holds(expression.right, item, given);
    case "or":
      return holds(expression.left, item, given) || holds(expression.right, item, given);
    case "not":
      return !holds(expression.inner, item, given);
    case "exists":
      return (attributeAt(item, expression.path, given) !== undefined) === expression.wanted;
    case "compare":
      return compares(
        resolveOperand(expression.left, item, given),
        expression.operator,
        resolveOperand(expression.right, item, given),
      );
    case "between": {
      const value = resolveOperand(expression.operand, item, given);
      const low = resolveOperand(expression.low, item, given);
      return compares(value, ">=", low) && compares(value, "<=", resolveOperand(expression.high, item, given));
    }
    case "in": {
      const value = resolveOperand(expression.operand, item, given);
      return expression.options.some((option) => compares(value, "=", resolveOperand(option, item, given)));
    }
    case "function":
      return applies(
        expression.name,
        resolveOperand(expression.operand, item, given),
        resolveOperand(expression.argument, item, given),
      );
  }
}

function applies(name: string, value: AttributeValue | undefined, argument: AttributeValue | undefined): boolean {
  const text = argument?.S;
  if (text === undefined || value === undefined) return false;
  if (name === "BEGINS_WITH") return value.S?.startsWith(text) === true;
  return (
    value.S?.includes(text) === true || value.SS?.includes(text) === true || value.L?.some((v) => v.S === text) === true
  );
}

function compares(left: AttributeValue | undefined, operator: string, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return operator === "<>" && left !== right;
  const order = orderOf(left, right);
  if (operator === "=") return order === 0;
  if (operator === "<>") return order !== 0;
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

/** Negative, zero or positive; undefined when the two are of different or unordered types and not equal. */
export function orderOf(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.S !== undefined && right.S !== undefined) return left.S < right.S ? -1 : left.S > right.S ? 1 : 0;
  if (left.N !== undefined && right.N !== undefined) return Number(left.N) - Number(right.N);
  return JSON.stringify(left) === JSON.stringify(right) ? 0 : undefined;
}

export function resolveOperand(operand: Operand, item: StoredItem, given: Placeholders): AttributeValue | undefined {
  if ("value" in operand) {
    const value = given.values?.[operand.value];
    if (value === undefined) throw new ValidationException(`the value ${operand.value} is not given`);
    return value;
  }
  if ("path" in operand) return attributeAt(item, operand.path, given);
  const sized = attributeAt(item, operand.sizeOf, given);
  const size = sized?.S?.length ?? sized?.L?.length ?? sized?.SS?.length;
  return size === undefined ? undefined : { N: String(size) };
}

export function attributeAt(item: StoredItem, path: Path, given: Placeholders): AttributeValue | undefined {
  let map: StoredItem | undefined = item;
  let found: AttributeValue | undefined;
  for (const step of path) {
    found = map?.[nameOf(step, given)];
    map = found?.M;
  }
  return found;
}

export function nameOf(step: string, given: Placeholders): string {
  if (!step.startsWith("#")) return step;
  const name = given.names?.[step];
  if (name === undefined) throw new ValidationException(`the name ${step} is not given`);
  return name;
}
