/**
 * Small fast counting generator, sfc32 (Chris Doty-Humphrey, PractRand), seeded as its author advises: the seed in the
 * state, then twelve rounds. The same seed gives the same numbers on every machine: only 32-bit integer arithmetic.
 */
export class Rng {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = 0x9e3779b9 | 0;
    for (let round = 0; round < 12; round++) this.next();
  }

  /** A whole number, 0 to 2^32 - 1. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    return this.next() / 2 ** 32;
  }

  /** A whole number, 0 to n - 1. The bias, below n / 2^32, does not matter here. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  /** Fisher-Yates, in place. */
  shuffle(list: number[]): void {
    for (let k = list.length - 1; k > 0; k--) {
      const other = this.below(k + 1);
      const kept = list[k] as number;
      list[k] = list[other] as number;
      list[other] = kept;
    }
  }
}
