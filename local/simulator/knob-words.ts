/**
 * Knobs as words on a command line: `name=value`, the value as JSON or, where it is none, as plain text.
 */
import * as z from "zod";
import { type KnobChange, parseKnobChange } from "./knobs.ts";

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Throws Error naming the word or the knob that is wrong. */
export function parseKnobWords(words: readonly string[]): KnobChange {
  const pairs = words.map((word) => {
    const at = word.indexOf("=");
    if (at < 1) throw new Error(`"${word}" is not name=value`);
    return [word.slice(0, at), readValue(word.slice(at + 1))];
  });
  try {
    return parseKnobChange(Object.fromEntries(pairs));
  } catch (error) {
    if (error instanceof z.ZodError) throw new Error(z.prettifyError(error));
    throw error;
  }
}
