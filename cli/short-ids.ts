// OTC's instance ids have 36 characters, of which people read the first few: lists print as many as tell them apart, and
// whoever types an id may do the same.

import { CliError } from "./cli-error.ts";

const shortest = 8;

/** From id to its beginning, at least 8 characters and as many more as it takes to be the only one. */
export function shortIds(ids: Iterable<string>): (id: string) => string {
  const all = [...new Set(ids)];
  for (let length = shortest; length < 64; length += 1) {
    const short = new Set(all.map((id) => id.slice(0, length)));
    if (short.size === all.length) return (id) => id.slice(0, length);
  }
  return (id) => id;
}

/** The one known id that begins with what was typed. Throws CliError when there is none, or more than one. */
export function fullId(typed: string, known: Iterable<string>, what = "database"): string {
  const all = [...new Set(known)];
  if (all.includes(typed)) return typed;
  const meant = all.filter((id) => id.startsWith(typed));
  const [one] = meant;
  if (one !== undefined && meant.length === 1) return one;
  const listed = (meant.length > 0 ? meant : all).slice(0, 5).join(", ");
  const hint = meant.length > 0 ? `write more of it: ${listed}` : `there is ${all.length === 0 ? "none" : listed}`;
  throw new CliError(`"${typed}" is ${meant.length === 0 ? `no ${what}` : `the beginning of ${meant.length}`}`, {
    hint,
  });
}
