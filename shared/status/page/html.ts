// HTML from templates in which every value is text unless it is HTML already. There is no other way to make markup here, so
// what an ops person types into a row stays text wherever it is shown.

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

/** Values stand in text or inside double-quoted attributes; an absent one is nothing, a list is its parts in a row. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = parts[0] ?? "";
  values.forEach((value, index) => {
    text += rendered(value) + (parts[index + 1] ?? "");
  });
  return new Html(text);
}

export const nothing = new Html("");

function rendered(value: Content): string {
  if (value instanceof Html) return value.text;
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  return value === undefined ? "" : value.map(rendered).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters and those that turn the reading direction around would let one name pass for another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const deceptive = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

export function escapeText(text: string): string {
  return text.replaceAll(deceptive, "\ufffd").replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? "");
}
