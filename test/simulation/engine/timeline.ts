// Virtual time: actions at instants, run one after the other in the order of their time. Between two actions every
// promise that can settle has settled, so a whole site of processes runs deterministically on one thread.

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

export class Timeline {
  #now: number;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(startAt: number) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  /** Runs `action` at `at`, or as soon as possible when that is past. */
  schedule(at: number, action: () => void): void {
    this.#order += 1;
    push(this.#heap, { at: Math.max(at, this.#now), order: this.#order, action });
  }

  /** Runs everything up to and including `untilAt`, and leaves the clock there. Rejects with what an action throws. */
  runUntil(untilAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        const next = this.#heap[0];
        if (next === undefined || next.at > untilAt) {
          this.#now = Math.max(this.#now, untilAt);
          resolve();
          return;
        }
        pop(this.#heap);
        this.#now = next.at;
        try {
          next.action();
        } catch (error) {
          reject(error);
          return;
        }
        // From a microtask: Node then empties the whole queue of settled promises before it looks at its ticks again.
        queueMicrotask(() => process.nextTick(step));
      };
      process.nextTick(step);
    });
  }
}

const isBefore = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  heap.push(entry);
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (!swapIf(heap, child, parent)) return;
    child = parent;
  }
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  let parent = 0;
  for (;;) {
    const left = 2 * parent + 1;
    const [a, b] = [heap[left], heap[left + 1]];
    if (a === undefined) return;
    const child = b !== undefined && isBefore(b, a) ? left + 1 : left;
    if (!swapIf(heap, child, parent)) return;
    parent = child;
  }
}

/** Swaps child and parent when the child is due first. */
function swapIf(heap: Entry[], child: number, parent: number): boolean {
  const [a, b] = [heap[child], heap[parent]];
  if (a === undefined || b === undefined || !isBefore(a, b)) return false;
  heap[child] = b;
  heap[parent] = a;
  return true;
}
