// What is deployed of a function: its entry and all it imports, the AWS SDK included, so that what was tested is what runs.
// Code imported dynamically becomes a file of its own, read when it is first needed: within one file all of it is parsed at
// every cold start, and every part of Node that any of it uses is loaded then too.

import { fileURLToPath } from "node:url";
import { type BuildOptions, buildSync } from "esbuild";

/** How the files of a function are made, of whatever entry. */
export const bundling = {
  absWorkingDir: fileURLToPath(new URL("../", import.meta.url)),
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minify: true,
  mainFields: ["module", "main"],
  outExtension: { ".js": ".mjs" },
  sourcemap: true,
  sourcesContent: false,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Stack traces show the sources. */
export const nodeOptions = "--enable-source-maps";

/** What esbuild starts from, and the name of the file that holds the handler. */
export function entryOf(name: string): { readonly index: string } {
  return { index: `functions/${name}.ts` };
}

/** Writes functions/<name>.ts as index.mjs, and beside it the files that this loads. */
export function bundleFunction(name: string, outdir: string): void {
  buildSync({ ...bundling, entryPoints: entryOf(name), outdir });
}
