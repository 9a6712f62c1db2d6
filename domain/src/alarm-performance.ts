import { z } from 'zod';
import type { DeviceId } from './ids.ts';
import type { Severity } from './rule.ts';
import type { LocalText } from './text.ts';
import { HOUR, Instant, MINUTE } from './time.ts';

/** `GET /api/v1/alarms/performance`: the last thirty days when left out; the rates are those of one of `operators` positions. */
export const PerformanceQuery = z.strictObject({
  from: z.coerce.number().pipe(Instant).optional(),
  to: z.coerce.number().pipe(Instant).optional(),
  operators: z.coerce.number().pipe(z.int().min(1).max(1_000)).default(1),
  service: z.enum(['full', 'observe']).default('full'),
});

/**
 * What the standards recommend, for one operator position, over thirty days or more. ANSI/ISA-18.2-2009 and -2016
 * clause 16 (monitoring and assessment), IEC 62682:2014, EEMUA 191: 144 to 150 alarms a day are very likely to be
 * acceptable and twice as many the most that can be managed; fewer than 1 % of ten-minute periods hold more than ten; at
 * most ten in any; under 1 % of the time in flood; fewer than five stale on any day; none chattering or fleeting; the ten
 * most frequent make 1 % to 5 % of the load; priorities about 5 %, 15 %, 80 %.
 */
export const ALARM_TARGETS = {
  perDay: { good: 150, most: 300 },
  perHour: { good: 6, most: 12 },
  perTenMinutes: { good: 1, most: 2 },
  peakTenMinutes: { good: 10, most: 10 },
  busyPeriods: { good: 0.01, most: 0.01 },
  busyHours: { good: 0.01, most: 0.01 },
  flood: { good: 0.01, most: 0.01 },
  stale: { good: 4, most: 4 },
  chattering: { good: 0, most: 0 },
  fleeting: { good: 0, most: 0 },
  worstShare: { good: 0.01, most: 0.05 },
} as const;
export type AlarmTarget = keyof typeof ALARM_TARGETS;
export const PRIORITY_TARGETS: Readonly<Record<Severity, number>> = { P1: 0.05, P2: 0.15, P3: 0.8 };

/** Ten-minute periods with more alarms than this begin a flood, with fewer than `FLOOD_ENDS` end it (ISA-18.2). */
export const FLOOD_BEGINS = 10;
export const FLOOD_ENDS = 5;
export const STALE_MS = 24 * HOUR;
/** So often within the time chatters: the standard's minute, and a day, because telemetry here is slow. */
export const CHATTERS_TIMES = 3;
export const CHATTERS_WITHIN = { minute: MINUTE, day: 24 * HOUR } as const;
/** Back to normal by itself within this, before anybody could look. */
export const FLEETING_MS = 10 * MINUTE;

/** An alarm that made more of the load than others: one rule on one component of one device. */
export interface WorstActor {
  readonly deviceId: DeviceId;
  readonly component: string;
  readonly ruleId: string;
  readonly ruleName: LocalText;
  readonly count: number;
  /** Of all alarms of the period. */
  readonly share: number;
}

export interface ChatteringAlarm {
  readonly deviceId: DeviceId;
  readonly component: string;
  readonly within: keyof typeof CHATTERS_WITHIN;
  /** The most within one such time. */
  readonly times: number;
}

/** Figures of the alarm system over `[from, to)`. Shares lie in 0..1. */
export interface AlarmPerformance {
  readonly from: Instant;
  readonly to: Instant;
  readonly operators: number;
  /** Alarms that were told to somebody; suppressed ones are not among them. */
  readonly alarms: number;
  /** Averages for one operator position. */
  readonly perDay: number;
  readonly perHour: number;
  readonly perTenMinutes: number;
  /** For one operator position. */
  readonly peakTenMinutes: number;
  readonly peakAt: Instant | null;
  /** Of ten-minute periods with more than ten; of hours with more than thirty. */
  readonly busyPeriods: number;
  readonly busyHours: number;
  /** Of the time, and how many. */
  readonly flood: number;
  readonly floods: number;
  /** Standing longer than a day: the most on any day, at the end, and of those nobody acknowledged. */
  readonly stale: { readonly most: number; readonly atEnd: number; readonly unacknowledged: number };
  readonly chattering: readonly ChatteringAlarm[];
  readonly fleeting: number;
  readonly worstActors: readonly WorstActor[];
  /** Of the ten most frequent together. */
  readonly worstShare: number;
  readonly priorities: Readonly<Record<Severity, { readonly count: number; readonly share: number }>>;
  readonly acknowledged: {
    readonly count: number;
    readonly medianMs: number | null;
    readonly p90Ms: number | null;
    /** Raised in the period, and still waiting for somebody. */
    readonly waiting: number;
  };
  /** How many were at some time in the period, and are at its end. */
  readonly shelved: { readonly inPeriod: number; readonly atEnd: number };
  readonly suppressed: { readonly inPeriod: number; readonly atEnd: number };
  /** How many were told in each stretch of the period, for a chart. */
  readonly course: readonly ({ readonly from: Instant } & Readonly<Record<Severity, number>>)[];
}

/** How a figure stands beside its recommended value. */
export function verdictOf(target: AlarmTarget, value: number): 'good' | 'fair' | 'poor' {
  const { good, most } = ALARM_TARGETS[target];
  return value <= good ? 'good' : value <= most ? 'fair' : 'poor';
}
