/** Parses the body of an answer when it is JSON, and irons out the stray spaces OTC leaves in keys and values. */
import type { HttpAnswer } from "./http.ts";

export function looksLikeJson(body: string): boolean {
  return /^\s*[{[]/.test(body);
}

/**
 * The body as a value with all keys and texts trimmed, or `undefined` when it is empty, labelled as something other
 * than JSON (unless `anyType`), or not parsable. Never throws.
 */
export function parseJsonBody(answer: HttpAnswer, anyType = false): unknown {
  const type = answer.header("content-type");
  if (answer.body.trim() === "") return undefined;
  if (!anyType && type !== undefined && !/[/+]json\b/i.test(type)) return undefined;
  try {
    return trimmed(JSON.parse(answer.body));
  } catch {
    return undefined;
  }
}

function trimmed(value: unknown): unknown {
  if (typeof value === "string") return value.trim();
  if (Array.isArray(value)) return value.map(trimmed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.trim(), trimmed(inner)]));
}
