// Remembers answers that are dear to compute, up to a number of them; the oldest go first. Only for pure functions: a
// forgotten answer is computed again and is the same.

export class BoundedMemo<V> {
  private readonly answers = new Map<string, V>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.answers.size;
  }

  /** The answer for `key`, computed by `compute` unless it is known. */
  get(key: string, compute: () => V): V {
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = compute();
    if (this.answers.size >= this.limit) {
      const oldest = this.answers.keys().next();
      if (!oldest.done) this.answers.delete(oldest.value);
    }
    this.answers.set(key, answer);
    return answer;
  }
}
