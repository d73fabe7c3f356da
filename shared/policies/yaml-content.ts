// The content of one YAML document as plain values, or why it has none. Aliases make it hard: they may name nothing, and
// there may be very many.

import { type Document, type ParsedNode, visit } from "yaml";
import { type FileProblem, type LineAt, startOf } from "./file-row.ts";
import { showText } from "./show-value.ts";

export interface YamlDocument {
  readonly parsed: Document.Parsed<ParsedNode>;
  readonly lineAt: LineAt;
  readonly source: string;
}

/** The document as plain values. Aliases share one value each, so no nesting of them can make it large. */
export function contentOf({ parsed, lineAt }: YamlDocument): { js: unknown } | FileProblem {
  try {
    if (aliasCount(parsed) > maxAliases) throw new RangeError(`has more than ${maxAliases} aliases`);
    return { js: parsed.toJS({ maxAliasCount: -1 }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : "cannot be read";
    return {
      field: "file",
      value: "unreadable",
      message: showText(message, 300),
      remedy: "write the document without aliases (*name) and with fewer levels",
      level: "problem",
      line: lineAt(unresolvedAlias(parsed) ?? startOf(parsed.contents) ?? 0),
    };
  }
}

/** Each alias is looked for among all anchors: more than these take minutes. */
const maxAliases = 10_000;

function aliasCount(document: Document.Parsed): number {
  let count = 0;
  visit(document, {
    Alias() {
      count += 1;
    },
  });
  return count;
}

/** Where the first alias stands that names nothing before it; converting the document fails without saying so. */
function unresolvedAlias(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  if (aliasCount(document) > maxAliases) return undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = startOf(alias);
      return visit.BREAK;
    },
  });
  return offset;
}
