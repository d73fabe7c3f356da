// Templates of a policy file: fields that several rows share. A row's own field replaces the template's as a whole; maps
// and lists are not merged, so what stands in a row is always all there is.

import { isMap } from "yaml";
import type { Problem } from "../domain/policy.ts";
import { type FileProblem, keyText, type LineAt, startOf } from "./file-row.ts";
import { nearestName } from "./nearest-name.ts";
import { isRecord } from "./row-reading.ts";
import { showName, showText, showValue } from "./show-value.ts";

interface Template {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly node: unknown;
  readonly line: number;
  isUsed: boolean;
}

interface Templates {
  readonly byName: ReadonlyMap<string, Template>;
  readonly problems: readonly FileProblem[];
  /** Warnings about templates that no row used; to be asked when all rows are filled. */
  unused(): FileProblem[];
}

/** Reads the map of templates, if there is one. */
export function templatesOf(place: { js: unknown; node: unknown } | undefined, lineAt: LineAt): Templates {
  const byName = new Map<string, Template>();
  const problems: FileProblem[] = [];
  const line = lineAt(startOf(place?.node) ?? 0);
  const isAbsent = place === undefined || place.js === null;
  if (!isAbsent && (!isRecord(place.js) || !isMap(place.node))) {
    const remedy = "write templates: with one name and its fields below each other";
    problems.push(templateProblem({ field: "templates", message: "must be a map of names and fields", remedy, line }));
  }
  if (!isAbsent && isRecord(place.js) && isMap(place.node)) {
    for (const { key, value: node } of place.node.items) {
      const name = keyText(key);
      const template = { fields: sharedFields(place.js, name), node, line: lineAt(startOf(key) ?? 0), isUsed: false };
      byName.set(name, template);
      problems.push(...templateProblems(name, place.js[name], template.line));
    }
  }
  return { byName, problems, unused: () => unusedWarnings(byName) };
}

interface Row {
  readonly js: Readonly<Record<string, unknown>>;
  readonly node: unknown;
}

interface FilledRow {
  readonly row: Readonly<Record<string, unknown>>;
  readonly nodes: readonly unknown[];
  /** The fields that stand in the template and not in the row. */
  readonly fromTemplate: readonly string[];
  readonly problems: readonly Problem[];
}

/** The row with its template's fields below its own, and without `template` and `observed`. */
export function fillTemplate(row: Row, templates: ReadonlyMap<string, Template>): FilledRow {
  const { template: name, observed: _ours, ...own } = row.js;
  const problems = Object.hasOwn(own, "<<") ? [mergeKey] : [];
  if (!Object.hasOwn(row.js, "template")) return { row: own, nodes: [row.node], fromTemplate: [], problems };
  const template = typeof name === "string" ? templates.get(name) : undefined;
  if (template === undefined)
    return { row: own, nodes: [row.node], fromTemplate: [], problems: [...problems, noTemplate(row, templates)] };
  template.isUsed = true;
  const fromTemplate = Object.keys(template.fields).filter((field) => !Object.hasOwn(own, field));
  return { row: { ...template.fields, ...own }, nodes: [row.node, template.node], fromTemplate, problems };
}

function sharedFields(js: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const template = Object.hasOwn(js, name) ? js[name] : undefined;
  if (!isRecord(template)) return {};
  const { policyId: _policyId, template: _template, ...fields } = template;
  return fields;
}

function templateProblems(name: string, fields: unknown, line: number): FileProblem[] {
  const field = `templates.${showName(name)}`;
  if (!isRecord(fields)) {
    const message = "must be a map of fields";
    return [templateProblem({ field, message, remedy: "write the fields below the template's name", line })];
  }
  return ["policyId", "template", "<<"]
    .filter((key) => Object.hasOwn(fields, key))
    .map((key) => {
      const message = "may not stand in a template";
      const remedy = "write it in the rows; templates do not build on each other";
      return templateProblem({ field: `${field}.${key}`, message, remedy, line });
    });
}

function noTemplate({ js }: Row, templates: ReadonlyMap<string, Template>): Problem {
  const names = [...templates.keys()];
  const meant = typeof js.template === "string" ? nearestName(js.template, names) : undefined;
  const listed = names.length === 0 ? "none in this document" : names.map((name) => showText(name, 30)).join(", ");
  return {
    field: "template",
    value: typeof js.template === "string" ? showValue(js.template) : "no text",
    message: "is no template of this document",
    remedy:
      meant === undefined ? `use a template that exists: ${showText(listed, 200)}` : `did you mean ${showText(meant)}?`,
    level: "problem",
  };
}

const mergeKey: Problem = {
  field: "<<",
  value: "",
  message: "is not read: merge keys are no part of YAML 1.2",
  remedy: "move the shared fields under templates: and name the template with template:",
  level: "problem",
};

function unusedWarnings(templates: ReadonlyMap<string, Template>): FileProblem[] {
  return [...templates]
    .filter(([, template]) => !template.isUsed)
    .map(([name, { line }]) => ({
      field: `templates.${showName(name)}`,
      value: "",
      message: "is used by no row",
      remedy: `write template: ${showName(name)} in the rows it is meant for, or remove it`,
      level: "warning",
      line,
    }));
}

function templateProblem(about: Pick<FileProblem, "field" | "message" | "remedy" | "line">): FileProblem {
  return { ...about, value: "", level: "problem" };
}
