// Text of strangers on its way to a terminal or into a command: names of databases, ids of rows, words of OTC. Nothing of it may
// move a cursor, hide a word or run.

/** The colours we set ourselves (bold, dim, red, green, yellow and their ends): they can hide nothing. */
const ownColour = "\\u001b\\[(?:1|2|22|31|32|33|39)m";
const treacherous = new RegExp(`(${ownColour}|\\n)|[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]`, "gu");

/** As it may be printed: control, invisible and direction-changing characters as `\u{…}`, but for line breaks and our colours. */
export function harmless(text: string): string {
  return text.replace(treacherous, (found, ours: string | undefined) => ours ?? escaped(found));
}

/** A word of a command for a POSIX shell, in quotes unless it is plain: what a row calls itself must not run when it is pasted. */
export function shellWord(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escaped);
  return /^[\w./:@%+=,][\w./:@%+=,-]*$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** JSON on a terminal: it escapes the old control characters itself, and these are as dangerous. The value stays the same. */
export function harmlessJson(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
    [...Array(found.length).keys()].map((i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
