// The fleet in small, as `npm run fleet` drives it whole: changed over the control API between the nights, and at every dawn the
// command line says exactly what is true.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { DrivenSiteOptions } from "./driven-site.ts";
import { fleetNights } from "./fleet-nights.ts";
import { siteInProcess } from "./site-in-process.ts";

const startAt = Date.UTC(2026, 10, 24, 11, 59);

test("three accounts, changed by day: every dawn's report of what is covered, at risk and lost is the truth", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const told: string[] = [];
  const tell = (line: string) => void told.push(line);
  const start = (options: DrivenSiteOptions) => siteInProcess({ ...options, startAt });
  expect(await fleetNights({ folder, databasesEach: 10, nights: 2, seed: 1, tell, start })).toEqual([]);
  // A day on which nothing had happened would prove nothing.
  expect(told.at(-1)).toContain("alps: recreated");
}, 600_000);
