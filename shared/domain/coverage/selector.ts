// Which databases of an account a selector means. Read replicas never match, since OTC cannot back them up; they are
// counted, so that nobody wonders where they are.

import type { Selector } from "../policy.ts";
import type { Instance } from "../remote.ts";

export interface Matches {
  /** By id, so that the same databases always come in the same order. */
  readonly matched: readonly Instance[];
  /** Read replicas that would match if replicas could be backed up. */
  readonly replicas: number;
}

export function selectInstances(selector: Selector, instances: readonly Instance[]): Matches {
  const meant = instances.filter((instance) => matches(selector, instance));
  const matched = meant.filter((instance) => !instance.isReplica).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { matched, replicas: meant.length - matched.length };
}

function matches({ tags, name, engine }: Selector, instance: Instance): boolean {
  const hasTag = ([key, value]: [string, string]) =>
    instance.tags.some((tag) => tag.key === key && tag.value === value);
  return (
    (tags === undefined || Object.entries(tags).every(hasTag)) &&
    (name === undefined || matchesGlob(name, instance.name)) &&
    (engine === undefined || engine.toLowerCase() === instance.engine.toLowerCase())
  );
}

/**
 * `*` stands for any number of characters, `?` for one; upper and lower case count. Goes back to the last `*` only, so no
 * pattern takes longer than pattern times text.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = [...glob];
  const letters = [...text];
  let at = 0;
  let star: { at: number; taken: number } | undefined;
  for (let i = 0; i < letters.length; ) {
    if (pattern[at] === "*") {
      star = { at, taken: i };
      at += 1;
    } else if (pattern[at] === "?" || pattern[at] === letters[i]) {
      at += 1;
      i += 1;
    } else if (star !== undefined) {
      star = { at: star.at, taken: star.taken + 1 };
      at = star.at + 1;
      i = star.taken;
    } else return false;
  }
  return pattern.slice(at).every((letter) => letter === "*");
}

/** A selector as one text that `selectorFromJson` reads again; equal selectors have equal texts. */
export function selectorJson({ tags, name, engine }: Selector): string {
  const sorted = tags && Object.fromEntries(Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ tags: sorted, name, engine });
}

/** The selector behind a text that we wrote; nothing when it is not one. */
export function selectorFromJson(text: string): Selector | undefined {
  const value = readJson(text);
  if (typeof value !== "object" || value === null) return undefined;
  const engine = engines.find((word) => "engine" in value && value.engine === word);
  const selector: Selector = {
    ...("tags" in value && isTextMap(value.tags) ? { tags: value.tags } : {}),
    ...("name" in value && typeof value.name === "string" ? { name: value.name } : {}),
    ...(engine === undefined ? {} : { engine }),
  };
  // A criterion that was not understood must not widen the choice.
  return Object.keys(selector).length === Object.keys(value).length ? selector : undefined;
}

const engines = ["MySQL", "PostgreSQL", "SQLServer"] as const;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTextMap(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every((item) => typeof item === "string");
}

/** A selector for people: `tags backup=nightly, name shop-*, engine MySQL`. */
export function selectorText({ tags, name, engine }: Selector): string {
  const tagTexts = Object.entries(tags ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  const parts = [
    tagTexts.length === 0 ? undefined : `tags ${tagTexts.join(" and ")}`,
    name === undefined ? undefined : `name ${name}`,
    engine === undefined ? undefined : `engine ${engine}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
