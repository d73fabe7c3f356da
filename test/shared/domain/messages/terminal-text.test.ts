// What strangers write reaches a terminal as text and a command as one word.

import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { harmless, harmlessJson, shellWord } from "../../../../shared/domain/messages/terminal-text.ts";

const ourColours = new RegExp(`${String.fromCharCode(27)}\\[(?:1|2|22|31|32|33|39)m`, "g");
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "\u001b]0;title\u0007",
    "\u001b[2J",
    "\u009b31m",
    "\u001b[8mhidden",
    "a\u202eb",
    "x\r\ny",
    "\u0000",
    "\u007f",
  ),
);

test("no control character is printed, but for line breaks and colours that hide nothing", () => {
  fc.assert(
    fc.property(fc.array(hostile), (parts) => {
      const shown = harmless(parts.join("")).replaceAll(ourColours, "");
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
  expect(harmless("\u001b[31mred\u001b[39m")).toBe("\u001b[31mred\u001b[39m");
  expect(harmless("\u001b[8mhidden\u001b]0;t\u0007")).toBe("\\u{1b}[8mhidden\\u{1b}]0;t\\u{7}");
  expect(harmless("Müller 数据库 🐘")).toBe("Müller 数据库 🐘");
});

test("JSON keeps its value and carries no control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = harmlessJson(JSON.stringify(text));
      expect(JSON.parse(json)).toBe(text);
      expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("what a row calls itself stays one word of a command", () => {
  expect(shellWord("nightly-shop/5a0e0001/2026-11-24T01:30Z")).toBe("nightly-shop/5a0e0001/2026-11-24T01:30Z");
  expect(shellWord("x; rm -rf ~")).toBe("'x; rm -rf ~'");
  expect(shellWord("")).toBe("''");
  const words = ["x; rm -rf ~", "$(id)", "`id`", "a'b", "'; id #", "a\nb", "-rf", "*", "~", "!!", "a\\b", "\u001b[2J"];
  const script = words.map((word) => `printf '%s\\n' ${shellWord(word)}`).join("\n");
  const heard = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n");
  expect(heard).toEqual(words.map((word) => word.replace("\n", "\\u{a}").replace("\u001b", "\\u{1b}")));
});
