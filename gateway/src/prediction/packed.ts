import type { Finding } from '@uptower/domain';
import type { Stretch } from './recovery.ts';

/**
 * The numbers of a device's detectors lie side by side in one buffer: so a device costs little more memory than its
 * numbers, and a copy of them all is one move. Seen as doubles and as singles.
 */
export interface Numbers {
  readonly doubles: Float64Array;
  readonly singles: Float32Array;
}

/** So many doubles, none of them set. */
export function blank(doubles: number): Numbers {
  const buffer = new ArrayBuffer(8 * doubles);
  const numbers = { doubles: new Float64Array(buffer), singles: new Float32Array(buffer) };
  numbers.doubles.fill(Number.NaN);
  return numbers;
}

/** What is kept of an alarm beside its numbers; nothing of it while the alarm is quiet. */
export interface Active {
  finding: Finding | null;
  /** Set by maintenance while active: then the healthy stretch decides instead of the off delay. */
  proving: boolean;
  healthy: Stretch;
}

/**
 * One detector's place in the numbers. An instance is moved from place to place (`point`): there is one of a kind for
 * millions of metrics. Not a number: not set.
 */
export abstract class Packed implements Active, Numbers {
  finding: Finding | null = null;
  proving = false;
  healthy: Stretch = null;
  doubles: Float64Array;
  singles: Float32Array;
  protected at = 0;
  /** Doubles it takes. */
  protected abstract readonly size: number;

  constructor({ doubles, singles }: Numbers) {
    this.doubles = doubles;
    this.singles = singles;
  }

  point({ doubles, singles }: Numbers, at: number): void {
    this.doubles = doubles;
    this.singles = singles;
    this.at = at;
  }

  /** Forgets everything. */
  clear(): void {
    this.doubles.fill(Number.NaN, this.at, this.at + this.size);
  }

  get isQuiet(): boolean {
    return this.finding === null && !this.proving && this.healthy === null;
  }

  protected number(i: number): number {
    return this.doubles[this.at + i] as number;
  }

  protected numberOrNull(i: number): number | null {
    const value = this.doubles[this.at + i] as number;
    return Number.isNaN(value) ? null : value;
  }

  protected set(i: number, value: number | null): void {
    this.doubles[this.at + i] = value ?? Number.NaN;
  }
}
