// A whole number typed as an option.

import { CliError } from "./cli-error.ts";

/** Throws CliError naming option, value and range. */
export function wholeNumber(option: string, text: string, range: { min: number; max: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new CliError(`${option} is "${text}"`, { hint: `write a whole number from ${range.min} to ${range.max}` });
}
