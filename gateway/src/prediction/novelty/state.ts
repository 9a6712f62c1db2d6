import type { Instant } from '@uptower/domain';
import { blank, type Numbers } from '../packed.ts';
import { type Baseline, PROFILE_SLOTS, packProfile } from './baseline.ts';
import { SLOTS, startMaxima } from './daily-maxima.ts';
import { EXPERTS, type Means } from './experts.ts';

/** The daily profile, then SLOTS numbers an expert, in single precision. */
const MEMORY = PROFILE_SLOTS + EXPERTS.length * SLOTS;
/** Numbers kept in double precision: moments, and levels that may be large beside what moves them. */
const DOUBLES = 17;
/** Doubles a state takes, its singles among them. */
export const NOVELTY_SIZE = DOUBLES + MEMORY / 2;
const BYTES = 8 * NOVELTY_SIZE;
const PROFILE_BEFORE = 48;
const BYTES_BEFORE = BYTES + 4 * (PROFILE_BEFORE - PROFILE_SLOTS);

/**
 * All that is kept of one metric, below 1 KB, at its place in the numbers of a device. As JSON it is one packed text
 * (base64; little-endian, as every machine Node runs on), from which exactly the same comes back.
 */
export class NoveltyState implements Baseline, Means {
  private doubles: Float64Array;
  private at = 0;
  /** Where the profile of the day lies, and where the experts' daily maxima begin; see baseline.ts and daily-maxima.ts. */
  singles: Float32Array;
  profile = 2 * DOUBLES;
  maxima = 2 * DOUBLES + PROFILE_SLOTS;

  constructor({ doubles, singles }: Numbers) {
    this.doubles = doubles;
    this.singles = singles;
  }

  point({ doubles, singles }: Numbers, at: number): void {
    this.doubles = doubles;
    this.singles = singles;
    this.at = at;
    this.profile = 2 * (at + DOUBLES);
    this.maxima = this.profile + PROFILE_SLOTS;
  }

  /** Nothing was read yet. */
  get isEmpty(): boolean {
    return Number.isNaN(this.doubles[this.at]);
  }

  /** Before anything was learnt. */
  start(value: number, ts: Instant): void {
    const { doubles, singles, at, profile, maxima } = this;
    doubles.fill(0, at, at + DOUBLES);
    singles.fill(0, profile, profile + MEMORY);
    for (let k = 0; k < EXPERTS.length; k++) startMaxima(singles, maxima + k * SLOTS);
    this.lastTs = ts;
    this.lastValue = value;
    this.level = value;
  }

  get lastTs(): Instant {
    return this.doubles[this.at + 0] as number;
  }
  set lastTs(value: Instant) {
    this.doubles[this.at + 0] = value;
  }
  get lastValue(): number {
    return this.doubles[this.at + 1] as number;
  }
  set lastValue(value: number) {
    this.doubles[this.at + 1] = value;
  }
  /** Baseline: see baseline.ts. */
  get count(): number {
    return this.doubles[this.at + 2] as number;
  }
  set count(value: number) {
    this.doubles[this.at + 2] = value;
  }
  get level(): number {
    return this.doubles[this.at + 3] as number;
  }
  set level(value: number) {
    this.doubles[this.at + 3] = value;
  }
  get spread(): number {
    return this.doubles[this.at + 4] as number;
  }
  set spread(value: number) {
    this.doubles[this.at + 4] = value;
  }
  get seasonalSpread(): number {
    return this.doubles[this.at + 5] as number;
  }
  set seasonalSpread(value: number) {
    this.doubles[this.at + 5] = value;
  }
  /** Means: see experts.ts. */
  get short(): number {
    return this.doubles[this.at + 6] as number;
  }
  set short(value: number) {
    this.doubles[this.at + 6] = value;
  }
  get middle(): number {
    return this.doubles[this.at + 7] as number;
  }
  set middle(value: number) {
    this.doubles[this.at + 7] = value;
  }
  get long(): number {
    return this.doubles[this.at + 8] as number;
  }
  set long(value: number) {
    this.doubles[this.at + 8] = value;
  }
  get plain(): number {
    return this.doubles[this.at + 9] as number;
  }
  set plain(value: number) {
    this.doubles[this.at + 9] = value;
  }
  get stepsShort(): number {
    return this.doubles[this.at + 10] as number;
  }
  set stepsShort(value: number) {
    this.doubles[this.at + 10] = value;
  }
  get stepsMiddle(): number {
    return this.doubles[this.at + 11] as number;
  }
  set stepsMiddle(value: number) {
    this.doubles[this.at + 11] = value;
  }
  /** Daily maxima taken so far. */
  get closed(): number {
    return this.doubles[this.at + 12] as number;
  }
  set closed(value: number) {
    this.doubles[this.at + 12] = value;
  }
  /** Quarter of a day (since 1970) that is being gathered, readings in it, and how many are usual. */
  get part(): number {
    return this.doubles[this.at + 13] as number;
  }
  set part(value: number) {
    this.doubles[this.at + 13] = value;
  }
  get inPart(): number {
    return this.doubles[this.at + 14] as number;
  }
  set inPart(value: number) {
    this.doubles[this.at + 14] = value;
  }
  get usualInPart(): number {
    return this.doubles[this.at + 15] as number;
  }
  set usualInPart(value: number) {
    this.doubles[this.at + 15] = value;
  }
  /** Powers of ten already said; see `unsaid`. */
  get said(): number {
    return this.doubles[this.at + 16] as number;
  }
  set said(value: number) {
    this.doubles[this.at + 16] = value;
  }

  /** From what `toJSON` wrote, now or when each count of the profile took a number. @throws RangeError when it is neither */
  read(text: string): void {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== BYTES && bytes.length !== BYTES_BEFORE)
      throw new RangeError('not the state of a novelty detector');
    const { buffer, byteOffset } = this.doubles;
    const own = new Uint8Array(buffer, byteOffset + 8 * this.at, BYTES);
    if (bytes.length === BYTES) {
      own.set(bytes);
      return;
    }
    own.set(bytes.subarray(0, 8 * DOUBLES));
    const singles = new Float32Array(new Uint8Array(bytes.subarray(8 * DOUBLES)).buffer);
    packProfile(singles, this.singles, this.profile);
    this.singles.set(singles.subarray(PROFILE_BEFORE), this.maxima);
  }

  toJSON(): string {
    const { buffer, byteOffset } = this.doubles;
    return Buffer.from(buffer as ArrayBuffer, byteOffset + 8 * this.at, BYTES).toString('base64');
  }
}

/** One that stands alone. */
export const aloneNovelty = (): NoveltyState => new NoveltyState(blank(NOVELTY_SIZE));

/** Back from what `toJSON` wrote. @throws RangeError when it is something else */
export function readNovelty(text: string): NoveltyState {
  const state = aloneNovelty();
  state.read(text);
  return state;
}
