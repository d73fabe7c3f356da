// Lengths of time for people, in the two largest units that matter: `45 s`, `14 m`, `6 h 20 m`, `3 d 4 h`.

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Rounds down, so that "31 h old" never speaks of something younger. Hours are counted up to two days. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return "for ever";
  const length = Math.max(0, ms);
  if (length < minuteMs) return `${Math.floor(length / secondMs)} s`;
  if (length < hourMs) return `${Math.floor(length / minuteMs)} m`;
  if (length < 2 * dayMs) return twoUnits(length, { large: [hourMs, "h"], small: [minuteMs, "m"] });
  return twoUnits(length, { large: [dayMs, "d"], small: [hourMs, "h"] });
}

function twoUnits(ms: number, units: { large: readonly [number, string]; small: readonly [number, string] }): string {
  const [largeMs, large] = units.large;
  const [smallMs, small] = units.small;
  const rest = Math.floor((ms % largeMs) / smallMs);
  return `${Math.floor(ms / largeMs)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}
