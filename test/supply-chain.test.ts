// What we take from others: exact versions, reviewed install scripts, known licences, a reason for each.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const project = JSON.parse(read("package.json"));
const lock: { packages: Record<string, Locked> } = JSON.parse(read("package-lock.json"));
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");
const nameOf = (path: string) => path.split("node_modules/").at(-1) ?? path;
const direct: Record<string, string> = {
  ...project.dependencies,
  ...project.devDependencies,
  ...project.optionalDependencies,
};

/** Licences that allow what we do: use in a closed service, redistribution in a bundle with its notice. */
const permissive = new Set(
  "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause BlueOak-1.0.0 CC0-1.0 ISC MIT MIT-0 MPL-2.0 Python-2.0 Unlicense WTFPL".split(
    " ",
  ),
);
/** Not permissive as code, but data that a development tool reads and nothing of ours carries. */
const dataOnly = new Set(["caniuse-lite"]);

test("every dependency has an exact version", () => {
  expect(Object.entries(direct).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test("every dependency has its line in the decision record", () => {
  const record = read("docs/decisions/003-dependencies.md");
  const named = (name: string) => {
    const [, scope = "", rest = name] = /^(@[^/]+\/)?(.*)$/.exec(name) ?? [];
    return (
      record.includes(name) || (scope !== "" && record.includes(scope) && record.includes(rest.replace("client", "")))
    );
  };
  expect(Object.keys(direct).filter((name) => !named(name))).toEqual([]);
});

test("no package runs a script at installation unless it has been reviewed", () => {
  const reviewed = Object.keys(project.allowScripts);
  const scripted = packages
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => nameOf(path));
  expect([...new Set(scripted)].filter((name) => !reviewed.includes(name))).toEqual([]);
});

test("the lock file names no registry, so that it installs from whichever one is configured", () => {
  expect(packages.filter(([, { resolved }]) => resolved?.startsWith("http") === true)).toEqual([]);
});

test("every package has a licence that permits its use", () => {
  const permits = (license = "none") =>
    license
      .replaceAll(/[()]/g, "")
      .split(" OR ")
      .some((one) => permissive.has(one));
  const other = packages.filter(([path, { license }]) => !permits(license) && !dataOnly.has(nameOf(path)));
  expect(other.map(([path, { license }]) => `${nameOf(path)}: ${license}`)).toEqual([]);
});
