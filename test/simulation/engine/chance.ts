// Seeded chance: the same seed gives the same numbers on every machine. Independent streams are forked by name, so that
// one more draw in one place does not change every other place.

export class SeededChance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A stream of its own, decided by this one's seed and the name. */
  static of(seed: number, name: string): SeededChance {
    let hash = 2166136261 ^ seed;
    for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
    return new SeededChance(hash ^ (hash >>> 15));
  }

  /** A number in [0, 1). The generator is mulberry32: small, fast, and good enough for choosing faults. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(options: readonly T[]): T {
    const picked = options[Math.floor(this.fraction() * options.length)];
    if (picked === undefined) throw new Error("there is nothing to pick from");
    return picked;
  }

  /** Each option with the probability given. */
  some<T>(options: readonly T[], probability: number): T[] {
    return options.filter(() => this.happens(probability));
  }
}
