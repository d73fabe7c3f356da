// Tables hold instants as ISO text, so that people can read them; code holds epoch milliseconds. The field's name tells:
// what is called `at` or ends in `At` is an instant, wherever it stands.

const instantName = /(^at|At)$/;

/** A copy fit for a table: instants as text, nothing undefined. */
export function toStored(value: unknown): unknown {
  return mapInstants(value, (instant) => (typeof instant === "number" ? new Date(instant).toISOString() : instant));
}

/** The reverse. Text that is no date stays as it is, for the schema to refuse. */
export function fromStored(value: unknown): unknown {
  return mapInstants(value, (instant) => {
    const at = typeof instant === "string" ? Date.parse(instant) : Number.NaN;
    return Number.isNaN(at) ? instant : at;
  });
}

function mapInstants(value: unknown, convert: (instant: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapInstants(item, convert));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [name, instantName.test(name) ? convert(inner) : mapInstants(inner, convert)]),
  );
}
