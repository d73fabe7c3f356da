/** Limits how many requests are under way at once; the rest wait in the order in which they came. */

export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** @param concurrency how many may run at once, at least 1 */
export function createSlots(concurrency: number): Slots {
  let free = Math.max(1, Math.floor(concurrency));
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // A finished run hands its slot straight to the next in line, so none can slip in between.
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
