import type { Instant } from '@uptower/domain';
import { type Baseline, PROFILE_SLOTS, startBaseline } from './baseline.ts';
import { SLOTS, startMaxima } from './daily-maxima.ts';
import { EXPERTS, type Means, startMeans } from './experts.ts';

/** Where an expert's daily maxima begin in the memory; the daily profile lies before. */
export const maximaAt = (expert: number) => PROFILE_SLOTS + expert * SLOTS;
const MEMORY = PROFILE_SLOTS + EXPERTS.length * SLOTS;

/** Numbers kept in double precision: moments, and levels that may be large beside what moves them. */
const DOUBLES = 17;
const BYTES = 8 * DOUBLES + 4 * MEMORY;
/** Where a state is packed; one synchronous call each. Little-endian, as every machine Node runs on. */
const packed = new ArrayBuffer(BYTES);
const doubles = new Float64Array(packed, 0, DOUBLES);
const singles = new Float32Array(packed, 8 * DOUBLES, MEMORY);

/**
 * All that is kept of one metric, below 2 KB. As JSON it is one packed text (base64), from which exactly the same comes
 * back; it is unpacked when it is next needed.
 */
export class NoveltyState {
  lastTs: Instant;
  lastValue: number;
  readonly baseline: Baseline;
  readonly means: Means = startMeans();
  /** The profile of the day, then SLOTS numbers an expert; see baseline.ts and daily-maxima.ts. */
  readonly memory = new Float32Array(MEMORY);
  /** Daily maxima taken so far. */
  closed = 0;
  /** Quarter of a day (since 1970) that is being gathered, readings in it, and how many are usual. */
  part = 0;
  inPart = 0;
  usualInPart = 0;
  /** Powers of ten already said; see `unsaid`. */
  said = 0;

  constructor(value: number, ts: Instant) {
    this.lastTs = ts;
    this.lastValue = value;
    this.baseline = startBaseline(value);
    for (let k = 0; k < EXPERTS.length; k++) startMaxima(this.memory, maximaAt(k));
  }

  toJSON(): string {
    const { baseline: b, means: m } = this;
    doubles.set([this.lastTs, this.lastValue, b.count, b.level, b.spread, b.seasonalSpread]);
    doubles.set([m.short, m.middle, m.long, m.level, m.stepsShort, m.stepsMiddle], 6);
    doubles.set([this.closed, this.part, this.inPart, this.usualInPart, this.said], 12);
    singles.set(this.memory);
    return Buffer.from(packed).toString('base64');
  }
}

/** Back from what `toJSON` wrote. @throws RangeError when it is something else */
export function readNovelty(text: string): NoveltyState {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== BYTES) throw new RangeError('not the state of a novelty detector');
  new Uint8Array(packed).set(bytes);
  let at = 2;
  const next = () => doubles[at++] as number;
  const state = new NoveltyState(doubles[1] as number, doubles[0] as number);
  const { baseline: b, means: m } = state;
  b.count = next();
  b.level = next();
  b.spread = next();
  b.seasonalSpread = next();
  m.short = next();
  m.middle = next();
  m.long = next();
  m.level = next();
  m.stepsShort = next();
  m.stepsMiddle = next();
  state.closed = next();
  state.part = next();
  state.inPart = next();
  state.usualInPart = next();
  state.said = next();
  state.memory.set(singles);
  return state;
}
