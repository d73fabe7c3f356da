// The keys of a closed table, as the schemas of stored values need them.

/** Typed like the table's own keys. */
export function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  const isKey = (key: string): key is K => Object.hasOwn(record, key);
  return Object.keys(record).filter(isKey);
}
