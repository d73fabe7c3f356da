/**
 * Makes texts from OTC safe to keep and to print. The gateway echoes parts of the request in its refusals
 * (the canonical request, with header values), so every secret this client holds is taken out, in each spelling
 * in which it may come back.
 */

export const LONGEST_PROVIDER_MESSAGE = 300;

export interface Redactor {
  /** Makes `secret` unprintable from now on. */
  add(secret: string | undefined): void;
  /** One line of at most 300 characters without control characters, secrets or an echoed request. */
  message(text: string | undefined): string | undefined;
  /** A code or an id: letters, digits and `._:-` only, at most 64 characters; otherwise nothing. */
  label(text: string | undefined): string | undefined;
}

// Shorter texts would tear holes into ordinary words.
const SHORTEST_SECRET = 4;

// Within 15 minutes a signed request can be sent again by anyone. OTC's ids are shorter.
const SIGNATURE = /[0-9a-f]{48,}/gi;

export function createRedactor(): Redactor {
  const spellings = new Set<string>();
  const redact = (text: string): string => {
    // Longest first: a secret that contains another one must not leave its rest behind.
    const ordered = [...spellings].sort((a, b) => b.length - a.length);
    const known = ordered.reduce((rest, spelling) => rest.replaceAll(spelling, "***"), text);
    return known.replace(SIGNATURE, "***");
  };
  return {
    add(secret) {
      if (secret === undefined || secret.length < SHORTEST_SECRET) return;
      for (const value of new Set([secret, secret.trim()])) {
        spellings.add(value);
        spellings.add(encodeURIComponent(value));
        spellings.add(JSON.stringify(value).slice(1, -1));
        spellings.add(Buffer.from(value).toString("base64"));
      }
    },
    message(text) {
      if (text === undefined) return undefined;
      const oneLine = withoutEcho(redact(text))
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
        .trim();
      if (oneLine === "") return undefined;
      return oneLine.length > LONGEST_PROVIDER_MESSAGE ? `${oneLine.slice(0, LONGEST_PROVIDER_MESSAGE - 1)}…` : oneLine;
    },
    label(text) {
      const label = text?.trim();
      return label !== undefined && /^[A-Za-z0-9._:-]{1,64}$/.test(label) && redact(label) === label
        ? label
        : undefined;
    },
  };
}

/** Keeps method and path of an echoed canonical request (they show what was signed) and drops the header values. */
function withoutEcho(text: string): string {
  return text.replace(/(canonicalRequest:\s*[A-Z]+\|[^|\s]*)\|.*$/is, "$1|…");
}
