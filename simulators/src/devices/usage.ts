import { type ClinicalUse, HOUR, type Instant, MINUTE } from '@uptower/domain';
import { seedOf, unit, wander } from '../rng.ts';
import type { Rhythm } from './kit.ts';

/** All hospitals of the demo keep China Standard Time, UTC+8 without daylight saving. */
export const ZONE_OFFSET = 8 * HOUR;

/** Exams are drawn for slots of this length. */
const SLOT = 20 * MINUTE;
/** Time constant of warming up and cooling down. */
const HEAT_TIME = 60;
/** Slots that still matter for heat: four time constants. */
const HEAT_SLOTS = 12;

export const localHour = (at: Instant): number => ((((at + ZONE_OFFSET) / HOUR) % 24) + 24) % 24;
/** 1 Monday … 7 Sunday, local. 1970-01-01 was a Thursday. */
export const localWeekday = (at: Instant): number => ((Math.floor((at + ZONE_OFFSET) / (24 * HOUR)) + 3) % 7) + 1;

// biome-ignore format: one row a rhythm reads as a table
/** Hourly demand, 0..1, midnight first: clinic hours with a lunch dip, evening sessions on scanners, emergencies at night. */
const DEMAND: Record<Exclude<Rhythm, 'icu'>, readonly number[]> = {
  scanner: [0.05, 0.03, 0.03, 0.03, 0.03, 0.05, 0.15, 0.6, 0.85, 0.9, 0.9, 0.85, 0.6, 0.7, 0.85, 0.85, 0.8, 0.65, 0.5, 0.5, 0.4, 0.25, 0.12, 0.08],
  emergency: [0.25, 0.2, 0.18, 0.15, 0.15, 0.2, 0.3, 0.6, 0.85, 0.9, 0.9, 0.85, 0.65, 0.75, 0.85, 0.85, 0.8, 0.7, 0.6, 0.55, 0.5, 0.45, 0.35, 0.3],
  clinic: [0.03, 0.02, 0.02, 0.02, 0.02, 0.03, 0.1, 0.5, 0.85, 0.9, 0.85, 0.75, 0.4, 0.6, 0.85, 0.85, 0.75, 0.5, 0.2, 0.15, 0.1, 0.08, 0.05, 0.03],
  lab: [0.15, 0.12, 0.1, 0.1, 0.12, 0.2, 0.45, 0.8, 0.95, 0.95, 0.9, 0.7, 0.5, 0.55, 0.6, 0.6, 0.5, 0.4, 0.3, 0.3, 0.25, 0.2, 0.2, 0.15],
  server: [0.15, 0.12, 0.1, 0.1, 0.1, 0.12, 0.2, 0.45, 0.7, 0.85, 0.85, 0.75, 0.55, 0.65, 0.8, 0.8, 0.7, 0.55, 0.4, 0.35, 0.3, 0.25, 0.2, 0.18],
};

/** Share of weekday demand left at weekends. */
const WEEKEND: Record<Rhythm, number> = { scanner: 0.6, emergency: 0.8, clinic: 0.35, icu: 1, lab: 0.6, server: 0.6 };

function demand(rhythm: Exclude<Rhythm, 'icu'>, at: Instant): number {
  const table = DEMAND[rhythm];
  const hour = localHour(at);
  const i = Math.floor(hour);
  const f = hour - i;
  const value = (table[i] ?? 0) * (1 - f) + (table[(i + 1) % 24] ?? 0) * f;
  return localWeekday(at) >= 6 ? value * WEEKEND[rhythm] : value;
}

/** What the hospital would say of these hours, in fifths. */
export function clinicalUseOf(rhythm: Rhythm): ClinicalUse {
  if (rhythm === 'icu') return { hours: [], otherwise: 1 };
  const table = DEMAND[rhythm];
  const busiest = Math.max(...table);
  const hoursOf = (weekdays: number[], factor: number) => {
    const shares = table.map((value) => Math.round(((value * factor) / busiest) * 5) / 5);
    const begins = shares.flatMap((share, hour) => (hour === 0 || share !== shares[hour - 1] ? [hour] : []));
    return begins.flatMap((hour, i) => {
      const share = shares[hour] ?? 0;
      const toMinute = (begins[i + 1] ?? 24) * 60;
      return share > 0 ? [{ weekdays, fromMinute: hour * 60, toMinute, share }] : [];
    });
  };
  return { hours: [...hoursOf([1, 2, 3, 4, 5], 1), ...hoursOf([6, 7], WEEKEND[rhythm])], otherwise: 0 };
}

interface Exam {
  readonly from: Instant;
  readonly to: Instant;
  readonly intensity: number;
}

/** The exam of one slot, or none: drawn against demand in the middle of the slot. */
function examIn(seed: number, rhythm: Exclude<Rhythm, 'icu'>, slot: number): Exam | undefined {
  const start = slot * SLOT;
  if (unit(seed, slot * 4) >= demand(rhythm, start + SLOT / 2)) return undefined;
  const length = SLOT * (0.5 + 0.45 * unit(seed, slot * 4 + 1));
  const from = start + (SLOT - length) * unit(seed, slot * 4 + 2);
  return { from, to: from + length, intensity: 0.45 + 0.5 * unit(seed, slot * 4 + 3) };
}

export interface Usage {
  /** 0..1 now. */
  readonly load: number;
  /** Load filtered with one hour: what temperatures follow. */
  readonly heat: number;
}

/** Load and heat of a device at any moment; a pure function, so the past can be computed again. */
export function usageAt(seed: number, rhythm: Rhythm, at: Instant): Usage {
  if (rhythm === 'icu') {
    // A ventilator is on a patient for days; breathing effort and settings make it wander. Free one day in six.
    const load =
      unit(seed, Math.floor((at + 5 * HOUR) / (24 * HOUR))) < 1 / 6 ? 0 : 0.55 + 0.15 * wander(seed, at, 2 * HOUR);
    return { load, heat: load };
  }
  if (rhythm === 'server') {
    const load = Math.min(1, Math.max(0.03, demand(rhythm, at) * (1 + 0.15 * wander(seed, at, HOUR))));
    return { load, heat: load };
  }
  const slot = Math.floor(at / SLOT);
  let load = 0;
  let heat = 0;
  for (let back = 0; back < HEAT_SLOTS; back++) {
    const exam = examIn(seed, rhythm, slot - back);
    if (!exam || exam.from >= at) continue;
    if (at < exam.to) load = exam.intensity;
    // First-order lag driven by a pulse [from, to): closed form instead of integrating step by step.
    const sinceStart = (at - exam.from) / MINUTE;
    const sinceEnd = Math.max(0, at - exam.to) / MINUTE;
    heat += exam.intensity * (Math.exp(-sinceEnd / HEAT_TIME) - Math.exp(-sinceStart / HEAT_TIME));
  }
  return { load, heat: Math.min(1, heat) };
}

/** Degrees by which the room is warmer than nominal: afternoon peak and slow weather. */
export function ambientAt(seed: number, at: Instant): number {
  const daily = Math.cos(((localHour(at) - 15) / 24) * 2 * Math.PI);
  return daily + 0.7 * wander(seedOf(seed, 'weather'), at, 9 * HOUR);
}
