import type { Finding, Rule } from '@uptower/domain';
import { own } from '../own.ts';
import { type GrowthState, startGrowth } from './growth.ts';
import { type Layout, layoutBy, NO_LAYOUT, type PackedKind, type Place, SIZES } from './layout.ts';
import { type LearnedState, startLearned } from './learned.ts';
import { LimitState } from './limit.ts';
import { NoveltyAlarmState } from './novelty-alarm.ts';
import { type Active, blank, type Numbers } from './packed.ts';
import { RateState } from './rate.ts';
import { TrendState } from './trend.ts';

/** Detectors that are objects of their own. */
type Loose = GrowthState | LearnedState;

/** What of the detectors is no number. */
export interface Rest {
  /** By rule; only of alarms that are not quiet. */
  readonly active: Record<string, Active>;
  readonly loose: Record<string, Loose>;
}

export interface DetectorsJson extends Rest {
  /** Key of the layout. */
  readonly layout: string;
  /** Base64, little-endian. */
  readonly numbers: string;
}

/** One of a kind is enough: showing a reading is one synchronous call. */
const none = blank(0);
const CURSORS = {
  limit: new LimitState(none),
  trend: new TrendState(none),
  rate: new RateState(none),
  novelty: new NoveltyAlarmState(none),
};
export type Cursor = (typeof CURSORS)[PackedKind];

/**
 * The detectors of one device by rule id; made when their metric is first seen. The numbers of nearly all lie side by
 * side in one buffer, in the order of the model's rules; `at` looks at one of them through a cursor.
 */
export class Detectors implements Numbers {
  doubles: Float64Array = none.doubles;
  singles: Float32Array = none.singles;
  private layout: Layout = NO_LAYOUT;
  private active: Record<string, Active> = {};
  private loose: Record<string, Loose> = {};
  /** How many alarms are active. */
  private actives = 0;

  /** From `toJSON`, or from what was written before: a record of states by rule. @throws RangeError when it is neither */
  static from(json: DetectorsJson | Readonly<Record<string, object & { readonly kind: string }>>): Detectors {
    if (typeof json.layout !== 'string') return fromRecord(json as Readonly<Record<string, Loose>>);
    const { layout, numbers, active, loose } = json as DetectorsJson;
    return Detectors.of(layoutBy(layout), Buffer.from(numbers, 'base64'), { active, loose });
  }

  /** From the bytes of its numbers, which are copied. @throws RangeError when they are not those of this layout */
  static of(layout: Layout, bytes: Uint8Array, { active, loose }: Rest): Detectors {
    if (bytes.length !== 8 * layout.size) throw new RangeError('not the numbers of these detectors');
    const detectors = new Detectors();
    detectors.take(layout);
    new Uint8Array(detectors.doubles.buffer).set(bytes);
    detectors.active = active;
    detectors.actives = Object.keys(active).length;
    detectors.loose = loose;
    return detectors;
  }

  /** Where the numbers lie from now on; those of rules that stay come along. */
  fit(layout: Layout): void {
    if (layout === this.layout) return;
    const { layout: before, doubles, active } = this;
    this.take(layout);
    this.active = {};
    this.actives = 0;
    for (const place of layout.places.values()) {
      const from = before.placeOf(place);
      if (!from) continue;
      this.doubles.set(doubles.subarray(from.at, from.at + SIZES[from.kind]), place.at);
      const alarm = own(active, place.id);
      if (alarm) this.setActive(place.id, alarm);
    }
  }

  private take(layout: Layout): void {
    const { doubles, singles } = blank(layout.size);
    this.layout = layout;
    this.doubles = doubles;
    this.singles = singles;
  }

  /** The detector at this place, to be looked at now; `keep` it when it was changed. */
  at({ id, kind, at }: Place): Cursor {
    const cursor = CURSORS[kind];
    cursor.point(this, at);
    const alarm = this.actives === 0 ? undefined : own(this.active, id);
    cursor.finding = alarm ? alarm.finding : null;
    cursor.proving = alarm ? alarm.proving : false;
    cursor.healthy = alarm ? alarm.healthy : null;
    return cursor;
  }

  /** Whether the alarm was or is active. */
  keep({ id }: Place, cursor: Cursor): boolean {
    const was = this.actives > 0 && Object.hasOwn(this.active, id);
    const { isQuiet, finding, proving, healthy } = cursor;
    if (!isQuiet) this.setActive(id, { finding, proving, healthy });
    else if (was) {
      delete this.active[id];
      this.actives -= 1;
    }
    return was || !isQuiet;
  }

  private setActive(id: string, alarm: Active): void {
    if (!Object.hasOwn(this.active, id)) this.actives += 1;
    this.active[id] = alarm;
  }

  /** A detector that is an object of its own; undefined before it was made. */
  looseOf(id: string): Loose | undefined {
    return own(this.loose, id);
  }

  /** The same, made if need be. */
  grown(id: string): GrowthState {
    const state = this.looseOf(id);
    if (state?.kind === 'growth') return state;
    const made = startGrowth();
    this.loose[id] = made;
    return made;
  }

  learned(id: string): LearnedState {
    const state = this.looseOf(id);
    if (state?.kind === 'learned') return state;
    const made = startLearned();
    this.loose[id] = made;
    return made;
  }

  findingOf(id: string): Finding | null {
    return own(this.active, id)?.finding ?? this.looseOf(id)?.finding ?? null;
  }

  placeOf(rule: Pick<Rule, 'id' | 'kind'>): Place | undefined {
    return this.layout.placeOf(rule);
  }

  /** Begins anew with its next reading. */
  forget(id: string): void {
    delete this.loose[id];
    const place = this.layout.places.get(id);
    if (!place) return;
    const cursor = this.at(place);
    cursor.clear();
    cursor.finding = null;
    cursor.proving = false;
    cursor.healthy = null;
    this.keep(place, cursor);
  }

  /** Rules that may have a detector. */
  ids(): string[] {
    return [...this.layout.places.keys(), ...Object.keys(this.loose)];
  }

  /** What of it is no number. */
  rest(): Rest {
    return { active: this.active, loose: this.loose };
  }

  get layoutKey(): string {
    return this.layout.key;
  }

  /** The numbers as bytes, where they are: not a copy. */
  bytes(): Buffer {
    return Buffer.from(this.doubles.buffer);
  }

  toJSON(): DetectorsJson {
    return { layout: this.layout.key, numbers: this.bytes().toString('base64'), ...this.rest() };
  }
}

/** Detectors as they were written before their numbers lay side by side. */
function fromRecord(record: Readonly<Record<string, object & { readonly kind: string }>>): Detectors {
  const detectors = new Detectors();
  const packed = Object.entries(record).filter(([, { kind }]) => Object.hasOwn(SIZES, kind));
  detectors.fit(layoutBy(packed.map(([id, { kind }]) => `${kind} ${id}`).join('\n')));
  for (const [id, state] of packed) {
    const place = detectors.placeOf({ id, kind: state.kind as PackedKind }) as Place;
    const cursor = detectors.at(place);
    cursor.clear();
    const { kind: _, ...fields } = state;
    Object.assign(cursor, fields);
    detectors.keep(place, cursor);
  }
  for (const [id, state] of Object.entries(record))
    if (!Object.hasOwn(SIZES, state.kind)) detectors.rest().loose[id] = state as Loose;
  return detectors;
}
