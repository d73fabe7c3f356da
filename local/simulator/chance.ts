/**
 * Seeded chance: each value is a pure function of the seed and of what it is for, so that results do not depend on the order in
 * which requests happen to arrive. Deliberately not cryptographic and not a sequence.
 */
import { createHash } from "node:crypto";

export interface Range {
  min: number;
  max: number;
}

export type Key = string | number;

export class Chance {
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  private digest(keys: readonly Key[]): Buffer {
    return createHash("sha256")
      .update(JSON.stringify([this.seed, ...keys]))
      .digest();
  }

  /** A number in [0, 1). */
  fraction(...keys: Key[]): number {
    return this.digest(keys).readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number in [min, max]. */
  between(range: Range, ...keys: Key[]): number {
    return range.min + Math.floor(this.fraction(...keys) * (range.max - range.min + 1));
  }

  /** 32 lower-case hexadecimal digits. */
  hex32(...keys: Key[]): string {
    return this.digest(keys).toString("hex").slice(0, 32);
  }

  /** `length` characters of the URL-safe base64 alphabet. */
  text(length: number, ...keys: Key[]): string {
    let result = "";
    for (let block = 0; result.length < length; block += 1) {
      result += this.digest([...keys, block])
        .toString("base64url")
        .replaceAll("_", "-");
    }
    return result.slice(0, length);
  }
}
