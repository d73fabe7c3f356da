// The browser of this machine for the tests of the status page. At home a missing one is said and skipped; in CI it is
// installed where the machine is Debian's and ours, and otherwise the test fails: never silently green.

import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { promisify } from "node:util";
import { type BrowserContext, chromium } from "playwright-core";

const places = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const run = promisify(execFile);
export const inCi = process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";

/** Path of the browser, or what was tried and why there is none. */
export async function findBrowser(): Promise<{ path: string } | { missing: string }> {
  const found = present();
  if (found !== undefined) return { path: found };
  const looked = "no Chromium or Chrome in the usual places; CHROMIUM_PATH names another";
  if (!inCi) return { missing: looked };
  if (process.getuid?.() !== 0) return { missing: `${looked}; not root, so it cannot be installed` };
  try {
    await run("apt-get", ["update"]);
    await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"]);
  } catch (error) {
    return { missing: `${looked}; apt-get could not install it: ${error instanceof Error ? error.message : ""}` };
  }
  const installed = present();
  return installed === undefined ? { missing: looked } : { path: installed };
}

function present(): string | undefined {
  return places.find((place) => {
    try {
      if (place !== undefined) accessSync(place, constants.X_OK);
      return place !== undefined;
    } catch {
      return false;
    }
  });
}

export interface Look {
  readonly colorScheme?: "light" | "dark";
  readonly width?: number;
  readonly javaScriptEnabled?: boolean;
}

/** A browser with a profile of its own that asks nobody but the page's own server. */
export async function openBrowser(
  path: string,
): Promise<{ look(facts?: Look): Promise<BrowserContext>; close(): Promise<void> }> {
  const browser = await chromium.launch({
    executablePath: path,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
  const look = ({ colorScheme = "light", width = 1360, javaScriptEnabled = true }: Look = {}) =>
    browser.newContext({ colorScheme, viewport: { width, height: 900 }, javaScriptEnabled, reducedMotion: "reduce" });
  return { look, close: () => browser.close() };
}
