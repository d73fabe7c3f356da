/** Fills path templates and spells paths and queries exactly as they are sent, which is also how they are signed. */
import { isOtcId } from "./ids.ts";

export type Query = readonly (readonly [name: string, value: string])[];

/** Percent-encodes everything but the unreserved characters of RFC 3986, with upper-case digits. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Puts ids into a template such as `v3/{projectId}/backups/{backupId}`.
 * @returns undefined when a value is missing or is no OTC id (`a/b`, `..`, a URL)
 */
export function fillPath(template: string, ids: Readonly<Record<string, string>>): string | undefined {
  let complete = true;
  const path = template.replace(/\{(\w+)\}/g, (_placeholder, name: string) => {
    const id = ids[name];
    if (id === undefined || !isOtcId(id)) complete = false;
    return percentEncode(id ?? "");
  });
  return complete ? path : undefined;
}

/** Path and query as they stand in the request line, without the leading slash. */
export function toTarget(path: string, query: Query): string {
  const pairs = query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}
