// Sizes and ages as the page shows them: as few digits as a person needs, and no more often changed than one reads.

import { durationText } from "../duration-text.ts";

const hourMs = 3_600_000;
const units = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `3.8 GiB`. */
export function sizeText(sizeKb: number): string {
  let value = sizeKb;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ""}`;
}

/** Whole hours from one hour on, so that a page of hundreds of rows does not change every minute. */
export function ageText(ms: number): string {
  return durationText(ms < hourMs ? ms : Math.floor(ms / hourMs) * hourMs);
}
