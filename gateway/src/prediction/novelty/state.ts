import type { Instant } from '@uptower/domain';
import { type Baseline, PROFILE_SLOTS, startBaseline } from './baseline.ts';
import { estimate, OWN_SLOTS, SLOTS, startMaxima } from './daily-maxima.ts';
import { EXPERTS, type Means, startMeans } from './experts.ts';
import { NOVELTY, type NoveltySettings } from './settings.ts';

/** Where an expert's daily maxima begin in the memory; the daily profile lies before. */
export const maximaAt = (expert: number) => PROFILE_SLOTS + expert * SLOTS;
const MEMORY = PROFILE_SLOTS + EXPERTS.length * SLOTS;

/** Numbers kept in double precision: moments, and levels that may be large beside what moves them. */
const DOUBLES = 17;
/** Of the memory, what does not follow from the rest. */
const KEPT = PROFILE_SLOTS + EXPERTS.length * OWN_SLOTS;
const BYTES = 8 * DOUBLES + 4 * KEPT;

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
    const bytes = Buffer.alloc(BYTES);
    const { baseline: b, means: m } = this;
    const doubles = [this.lastTs, this.lastValue, b.count, b.level, b.spread, b.seasonalSpread]
      .concat([m.short, m.middle, m.long, m.level, m.stepsShort, m.stepsMiddle])
      .concat([this.closed, this.part, this.inPart, this.usualInPart, this.said]);
    let at = 0;
    for (const value of doubles) at = bytes.writeDoubleLE(value, at);
    each((slot) => {
      at = bytes.writeFloatLE(this.memory[slot] as number, at);
    });
    return bytes.toString('base64');
  }
}

/** Every slot of the memory that is written down, in order. */
function each(visit: (slot: number) => void): void {
  for (let slot = 0; slot < PROFILE_SLOTS; slot++) visit(slot);
  for (let k = 0; k < EXPERTS.length; k++) for (let i = 0; i < OWN_SLOTS; i++) visit(maximaAt(k) + i);
}

/** Back from what `toJSON` wrote. @throws RangeError when it is something else */
export function readNovelty(text: string, settings: NoveltySettings = NOVELTY): NoveltyState {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== BYTES) throw new RangeError('not the state of a novelty detector');
  let at = 0;
  const next = () => {
    at += 8;
    return bytes.readDoubleLE(at - 8);
  };
  const ts = next();
  const state = new NoveltyState(next(), ts);
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
  each((slot) => {
    state.memory[slot] = bytes.readFloatLE(at);
    at += 4;
  });
  const count = Math.min(state.closed, settings.maximaMemory);
  for (let k = 0; k < EXPERTS.length; k++) estimate(state.memory, maximaAt(k), count, settings);
  return state;
}
