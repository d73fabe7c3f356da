// What went wrong in parts of a tick whose other parts went on: raised at the end, never swallowed.

import { failureFrom } from "../domain/failure.ts";

/** A tick that did all it could and must still count as failed. */
export class TickError extends Error {
  override readonly name = "TickError";
}

/** Throws one TickError that names the first few causes; does nothing for an empty list. */
export function throwIfAny(tick: string, errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  const texts = [
    ...new Set(
      errors.map((error) => {
        const f = failureFrom(error);
        return `${f.message} (${f.code})`;
      }),
    ),
  ];
  throw new TickError(
    `${tick}: ${errors.length} part${errors.length === 1 ? "" : "s"} failed: ${texts.slice(0, 5).join("; ")}`,
  );
}
