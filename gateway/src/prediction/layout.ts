import type { DeviceModel, Rule } from '@uptower/domain';
import { LIMIT_SIZE } from './limit.ts';
import { NOVELTY_ALARM_SIZE } from './novelty-alarm.ts';
import { RATE_SIZE } from './rate.ts';
import { TREND_SIZE } from './trend.ts';

/** Kinds of detectors whose numbers lie among a device's; the others are objects of their own. */
export const SIZES = {
  limit: LIMIT_SIZE,
  trend: TREND_SIZE,
  rate: RATE_SIZE,
  novelty: NOVELTY_ALARM_SIZE,
} as const;
export type PackedKind = keyof typeof SIZES;

/** One rule's place. */
export interface Place {
  readonly id: string;
  readonly kind: PackedKind;
  /** First of its doubles. */
  readonly at: number;
}

/** Where each rule's numbers lie among a device's; one for all devices of a model. */
export class Layout {
  readonly places = new Map<string, Place>();
  /** Doubles in all. */
  readonly size: number;

  /** `key`: what it is known by, see `layoutBy`. */
  constructor(
    readonly key: string,
    rules: readonly Pick<Place, 'id' | 'kind'>[],
  ) {
    let at = 0;
    for (const { id, kind } of rules) {
      if (this.places.has(id)) continue;
      this.places.set(id, { id, kind, at });
      at += SIZES[kind];
    }
    this.size = at;
  }

  /** The place of a rule that is still of this kind. */
  placeOf({ id, kind }: Pick<Rule, 'id' | 'kind'>): Place | undefined {
    const place = this.places.get(id);
    return place?.kind === kind ? place : undefined;
  }
}

const isPacked = (kind: string): kind is PackedKind => Object.hasOwn(SIZES, kind);
export const NO_LAYOUT = new Layout('', []);

/** Layouts in use by key. Of a server that runs for years with rules that change daily, no more than it can use. */
const byKey = new Map<string, Layout>();
const MOST_LAYOUTS = 1_000;

/**
 * The layout of this key: `kind id` of each rule, a line each, as it is written beside the numbers.
 * @throws RangeError when it is none
 */
export function layoutBy(key: string): Layout {
  let layout = key === '' ? NO_LAYOUT : byKey.get(key);
  if (!layout) {
    const rules = key.split('\n').map((line) => {
      const kind = line.slice(0, line.indexOf(' '));
      if (!isPacked(kind)) throw new RangeError(`there are no detectors of kind ${kind}`);
      return { kind, id: line.slice(kind.length + 1) };
    });
    layout = new Layout(key, rules);
    if (byKey.size >= MOST_LAYOUTS) byKey.clear();
    byKey.set(key, layout);
  }
  return layout;
}

const byModel = new WeakMap<DeviceModel, Layout>();

export function layoutOf(model: DeviceModel): Layout {
  let layout = byModel.get(model);
  if (!layout) {
    const packed = model.rules.filter(({ kind }) => isPacked(kind));
    layout = layoutBy(packed.map(({ kind, id }) => `${kind} ${id}`).join('\n'));
    byModel.set(model, layout);
  }
  return layout;
}
