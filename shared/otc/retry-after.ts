/** Reads the `Retry-After` header in both of its forms and keeps absurd values within bounds. */

export const SHORTEST_RETRY_AFTER_MS = 1_000;
export const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/**
 * How long the service asks us to wait, in milliseconds between 1 s and 15 min; `undefined` when it does not say
 * or says nothing readable. Seconds (also fractions, negative or astronomic ones) and HTTP dates are understood;
 * a date is measured from the service's own `Date` header when there is one, so our clock's error does not matter.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function parseRetryAfter(header: string | undefined, serverNowAt: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === "") return undefined;
  const waitMs = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseHttpDate(text, serverNowAt);
  if (waitMs === undefined) return undefined;
  return Math.round(Math.min(Math.max(waitMs, SHORTEST_RETRY_AFTER_MS), LONGEST_RETRY_AFTER_MS));
}

function parseHttpDate(text: string, serverNowAt: number): number | undefined {
  // Only texts with a day and month name: V8 would otherwise accept far too much, in the local zone.
  if (!/^[A-Za-z]{3,9},? .*GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - serverNowAt;
}
