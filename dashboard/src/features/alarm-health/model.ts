import {
  ALARM_TARGETS,
  type AlarmPerformance,
  type AlarmTarget,
  DAY,
  HOUR,
  type Severity,
  verdictOf,
} from '@uptower/domain';

/** The most urgent first. */
export const PRIORITIES: readonly Severity[] = ['P1', 'P2', 'P3'];

/** How far back the page looks. */
export const PERIODS = { day: DAY, week: 7 * DAY, month: 30 * DAY, quarter: 90 * DAY } as const;
export type Period = keyof typeof PERIODS;
export const isPeriod = (text: string | null): text is Period => text !== null && Object.hasOwn(PERIODS, text);

/** Now, to the full hour after it: the same question for an hour, so that answers are kept. */
export const spanOf = (period: Period, now: number): { from: number; to: number } => {
  const to = Math.ceil((now + 1) / HOUR) * HOUR;
  return { from: to - PERIODS[period], to };
};

export interface FigureRow {
  readonly key: AlarmTarget;
  readonly value: number;
  readonly unit: 'number' | 'share';
  readonly target: { readonly good: number; readonly most: number };
  /** `few`: too few alarms to say. */
  readonly verdict: ReturnType<typeof verdictOf> | 'few';
}

const SHARES: ReadonlySet<AlarmTarget> = new Set(['busyPeriods', 'busyHours', 'flood', 'worstShare']);

/** With fewer, ten alarms that came once each already make more than their recommended share. */
const ENOUGH_FOR_SHARES = 200;

/** The figures that have a recommended value, in the standard's order. */
export function figureRows(performance: AlarmPerformance): FigureRow[] {
  const values: Record<AlarmTarget, number> = {
    ...performance,
    stale: performance.stale.most,
    chattering: performance.chattering.length,
  };
  return (Object.keys(ALARM_TARGETS) as AlarmTarget[]).map((key) => ({
    key,
    value: values[key],
    unit: SHARES.has(key) ? 'share' : 'number',
    target: ALARM_TARGETS[key],
    verdict: key === 'worstShare' && performance.alarms < ENOUGH_FOR_SHARES ? 'few' : verdictOf(key, values[key]),
  }));
}
