// `npm run simulate:planted`: plants each bug into a copy of the project, one at a time, and runs the simulation on it until
// a promise breaks. A bug that survives is printed and makes the command fail. With a name as argument: that bug alone.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type PlantedBug, plantedBugs } from "./planted-bugs.ts";

const root = resolve(import.meta.dirname, "../..");
const copied = ["shared", "functions", "local", "test", "package.json", "tsconfig.json"];
const seeds = 2000;

async function copyOfTheProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "planted-"));
  for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** The seeds run and the first promise broken, if any. */
function hunt(folder: string): Promise<{ caughtBy: string | undefined; seeds: number }> {
  const options = [join(folder, "test/simulation/main.ts"), "--seeds", String(seeds), "--until-broken", "--json"];
  return new Promise((done, fail) => {
    execFile(process.execPath, options, { cwd: folder, maxBuffer: 1 << 26 }, (_error, stdout, stderr) => {
      try {
        const sums = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
        const [first] = sums.failures;
        done({
          caughtBy: first && `seed ${first.seed}, ${first.violations[0].invariant}: ${first.violations[0].what}`,
          seeds: sums.seeds,
        });
      } catch {
        fail(new Error(`the simulation did not run: ${stderr.slice(0, 2000)}`));
      }
    });
  });
}

async function showCaught(folder: string, bug: PlantedBug): Promise<boolean> {
  const path = join(folder, bug.file);
  const sound = await readFile(path, "utf8");
  try {
    await writeFile(
      path,
      sound.replace(bug.find, () => bug.replace),
    );
    const { caughtBy, seeds: run } = await hunt(folder);
    console.log(
      caughtBy === undefined
        ? `SURVIVED ${run} seeds: ${bug.name}`
        : `caught: ${bug.name}\n  within ${run} seeds, ${caughtBy}`,
    );
    return caughtBy !== undefined;
  } finally {
    await writeFile(path, sound);
  }
}

const wanted = process.argv[2];
const bugs = plantedBugs.filter((bug) => wanted === undefined || bug.name.includes(wanted));
const folder = await copyOfTheProject();
try {
  let survivors = 0;
  for (const bug of bugs) if (!(await showCaught(folder, bug))) survivors += 1;
  console.log(`${bugs.length - survivors} of ${bugs.length} planted bugs caught`);
  process.exitCode = survivors === 0 && bugs.length > 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
