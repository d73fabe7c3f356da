// Who may import whom, how large a file may grow, what a file may not be called, and whether the chart in the docs is
// the machine in the code. Each rule says why.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { metrics } from "../shared/domain/metric.ts";
import { transitions } from "../shared/domain/runs/run-machine.ts";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.js"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && !file.startsWith("test/"));

interface Rule {
  readonly from: string;
  /** Folders, files or packages that may be imported besides the folder itself. */
  readonly may: readonly string[];
  readonly why: string;
}

const rules: readonly Rule[] = [
  {
    from: "shared/domain/",
    may: ["node:crypto"],
    why: "decisions are pure: no clock, no network, no packages; hashing is pure too",
  },
  {
    from: "shared/policies/",
    may: ["shared/domain/", "zod", "yaml", "node:crypto", "@aws-sdk/client-dynamodb"],
    why: "parsing rows is one border; it knows the form of DynamoDB items, and calls nothing",
  },
  {
    from: "shared/workflows/",
    may: [
      ...["shared/domain/", "shared/policies/", "node:crypto"],
      ...[
        "shared/ports.ts",
        "shared/ports-for-accounting.ts",
        "shared/ports-for-otc.ts",
        "shared/ports-for-pruning.ts",
      ],
    ],
    why: "workflows touch the outside only through ports",
  },
  {
    from: "shared/status/",
    may: ["shared/domain/", "shared/policies/", "shared/ports.ts", "zod"],
    why: "the picture of a site is read through ports and never changes anything; the page and the command line share it",
  },
  { from: "shared/otc/", may: ["node:", "got", "zod"], why: "the OTC client knows OTC and nothing about us" },
  {
    from: "shared/adapters/",
    may: [
      "shared/domain/",
      "shared/policies/",
      "shared/otc/",
      "shared/ports.ts",
      "shared/ports-for-editing.ts",
      "shared/ports-for-accounting.ts",
      "shared/ports-for-otc.ts",
      "shared/ports-for-pruning.ts",
      "shared/tables.ts",
      "@aws-sdk/",
      "@aws-lambda-powertools/",
      "zod",
      "node:",
    ],
    why: "an adapter joins one port and one technology; it starts no workflow",
  },
  { from: "functions/", may: ["shared/"], why: "an entry wires one workflow" },
  {
    from: "local/simulator/",
    may: ["node:", "zod"],
    why: "a misread API must not be mirrored: the simulator imports nothing of ours",
  },
  {
    from: "local/",
    may: ["shared/", "functions/", "node:", "@aws-sdk/", "dynalite", "classic-level"],
    why: "a local site runs the real functions and never the infrastructure",
  },
  {
    from: "cli/",
    may: [
      "shared/",
      "local/",
      ...["infra/resource-names.ts", "infra/settings.ts", "infra/function-environment.ts"],
      "node:",
      "commander",
      "cli-table3",
      "@bomb.sh/tab",
      "@aws-sdk/",
    ],
    why: "the command line is a reader and starter; of the infrastructure it knows names and settings, never how it is made",
  },
  {
    from: "bench/",
    may: [
      ...["shared/", "functions/", "local/", "cli/output.ts", "infra/function-bundle.ts"],
      ...["test/simulation/tables/", "test/simulation/engine/timeline.ts"],
      ...["node:", "commander", "esbuild", "@aws-sdk/"],
    ],
    why: "the bench measures the real functions from outside; nights on a virtual clock use the tables in memory that the contract tests hold to DynamoDB",
  },
  {
    from: "infra/",
    may: [
      "shared/config.ts",
      "shared/tables.ts",
      "shared/domain/",
      "aws-cdk-lib",
      "constructs",
      "cdk-nag",
      "esbuild",
      "zod",
      "node:",
    ],
    why: "infrastructure declares; of the code it knows names and settings only",
  },
];

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = [
    ...text.matchAll(/^(?:import|export)\s[^;]*?\sfrom "([^"]+)";/gm),
    ...text.matchAll(/\bimport(?: |\()"([^"]+)"/g),
  ];
  return found.map(([, specifier = ""]) =>
    specifier.startsWith(".") ? normalize(join(dirname(file), specifier)) : specifier,
  );
}

const ruleFor = (file: string) =>
  rules.filter((rule) => file.startsWith(rule.from)).toSorted((a, b) => b.from.length - a.from.length)[0];

test("every file imports only what its folder may", () => {
  const wrong = files.flatMap((file) => {
    const rule = ruleFor(file);
    if (rule === undefined) return [];
    const allowed = [rule.from, ...rule.may];
    return importsOf(file)
      .filter((target) => !allowed.some((prefix) => target.startsWith(prefix)))
      .map((target) => `${file} imports ${target}: ${rule.why}`);
  });
  expect(wrong).toEqual([]);
});

test("the imports of a file are found", () => {
  expect(importsOf("shared/services.ts")).toEqual(
    expect.arrayContaining(["@aws-sdk/client-sns", "shared/config.ts", "shared/ports.ts"]),
  );
});

test("only the configuration reads the environment", () => {
  const readers = files.filter(
    (file) => /^(shared|functions)\//.test(file) && readFileSync(file, "utf8").includes("process.env"),
  );
  expect(readers).toEqual(["shared/function-entry.ts"]);
});

test("below the edges nobody reads a clock or throws dice", () => {
  const hidden = /\bDate\.now\(|new Date\(\)|Math\.random\(|randomUUID/;
  const wrong = files.filter(
    (file) => /^shared\/(domain|workflows|policies)\//.test(file) && hidden.test(readFileSync(file, "utf8")),
  );
  expect(wrong).toEqual([]);
});

test("in shared only the two edges read the machine's clock and throw its dice", () => {
  const hidden = /\bDate\.now\(|new Date\(\)|Math\.random\(|randomUUID\(|\bsetTimeout\(|setInterval\(/;
  const readers = files.filter((file) => file.startsWith("shared/") && hidden.test(readFileSync(file, "utf8")));
  expect(readers).toEqual(["shared/adapters/system-chance.ts", "shared/adapters/system-clock.ts"]);
});

test("no file is larger than one is glad to open", () => {
  const large = files.filter((file) => readFileSync(file, "utf8").split("\n").length > 320);
  expect(large).toEqual([]);
});

test("no file is named after nothing", () => {
  const vague = /(^|\/)(utils?|helpers?|common|misc|types|constants|index)\.[jt]s$/;
  expect(files.filter((file) => vague.test(file))).toEqual([]);
});

test("the state chart in the documentation is the machine in the code", () => {
  const chart = readFileSync("docs/architecture.md", "utf8");
  const drawn = [...chart.matchAll(/^ {4}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} ${to}`);
  const coded = Object.entries(transitions).flatMap(([from, targets]) =>
    targets.filter((to) => to !== from).map((to) => `${from} ${to}`),
  );
  expect(drawn.toSorted()).toEqual(coded.toSorted());
});

test("the architecture page names every metric", () => {
  const page = readFileSync("docs/architecture.md", "utf8");
  expect(Object.keys(metrics).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
