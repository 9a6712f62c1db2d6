import {
  type AlarmPerformance,
  CHATTERS_TIMES,
  CHATTERS_WITHIN,
  type ChatteringAlarm,
  DAY,
  FLEETING_MS,
  HOUR,
  type Instant,
  MINUTE,
  type Severity,
  STALE_MS,
  type WorstActor,
} from '@uptower/domain';
import type { AlarmRecord, Span } from './alarm-history.ts';
import { ratesOf } from './performance-rate.ts';

export interface PerformanceInput {
  readonly records: readonly AlarmRecord[];
  readonly from: Instant;
  readonly to: Instant;
  /** Operator positions that share the load. */
  readonly operators: number;
}

const WORST = 10;
const COURSE_BARS = 60;

/** Figures of ISA-18.2 (clause 16) and EEMUA 191 over alarm records; definitions in `domain/src/alarm-performance.ts`. Pure. */
export function alarmPerformance({ records, from, to, operators }: PerformanceInput): AlarmPerformance {
  const calls = records
    .flatMap((record) => record.told.map((at) => ({ at, record })))
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at - b.at);
  const times = calls.map(({ at }) => at);
  const each = calls.length / operators;
  const days = Math.max(to - from, 1) / DAY;
  const worstActors = actorsOf(calls);
  return {
    ...{ from, to, operators, alarms: calls.length },
    perDay: each / days,
    perHour: each / (days * 24),
    perTenMinutes: each / (days * 144),
    ...ratesOf(times, from, to, operators),
    stale: staleOf(records, from, to),
    chattering: chatteringOf(calls),
    fleeting: calls.filter(({ at, record }) => isFleeting(at, record)).length,
    worstActors,
    worstShare: worstActors.reduce((sum, { share }) => sum + share, 0),
    priorities: prioritiesOf(calls),
    acknowledged: acknowledgedOf(calls),
    shelved: quietOf(records, (record) => record.shelved, from, to),
    suppressed: quietOf(records, (record) => record.suppressed, from, to),
    course: courseOf(calls, from, to),
  };
}

interface Call {
  readonly at: Instant;
  readonly record: AlarmRecord;
}

function groupBy(calls: readonly Call[], keyOf: (record: AlarmRecord) => string): Map<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const call of calls) {
    const key = keyOf(call.record);
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return groups;
}

function actorsOf(calls: readonly Call[]): WorstActor[] {
  const groups = groupBy(calls, ({ deviceId, component, ruleId }) => `${deviceId} ${component} ${ruleId}`);
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, WORST)
    .flatMap((group) => {
      const record = group.at(-1)?.record;
      if (!record) return [];
      const { deviceId, component, ruleId, ruleName } = record;
      return [{ deviceId, component, ruleId, ruleName, count: group.length, share: group.length / calls.length }];
    });
}

/** By the standard's minute and by the day; whoever chatters within the minute is named for that alone. */
function chatteringOf(calls: readonly Call[]): ChatteringAlarm[] {
  const groups = groupBy(calls, ({ deviceId, component }) => `${deviceId} ${component}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const { deviceId, component } = first.record;
      for (const within of ['minute', 'day'] as const) {
        const times = mostWithin(
          group.map(({ at }) => at),
          CHATTERS_WITHIN[within],
        );
        if (times >= CHATTERS_TIMES) return [{ deviceId, component, within, times }];
      }
      return [];
    })
    .sort((a, b) => b.times - a.times);
}

/** The most instants, given in order, that lie within `ms` of each other. */
function mostWithin(times: readonly Instant[], ms: number): number {
  let [most, first] = [0, 0];
  times.forEach((at, i) => {
    while (at - (times[first] as Instant) > ms) first += 1;
    most = Math.max(most, i - first + 1);
  });
  return most;
}

function isFleeting(at: Instant, { told, acknowledgedAt, endedAt, returned }: AlarmRecord): boolean {
  return returned && acknowledgedAt === null && told.at(-1) === at && (endedAt ?? Infinity) - at <= FLEETING_MS;
}

const covers = (spans: readonly Span[], at: Instant): boolean =>
  spans.some(([from, to]) => from <= at && (to === null || to > at));

/** Told more than a day before `at`, still there, and neither shelved nor suppressed. */
function isStale({ told, endedAt, shelved, suppressed }: AlarmRecord, at: Instant): boolean {
  const since = told.findLast((each) => each <= at);
  if (since === undefined || at - since <= STALE_MS || (endedAt !== null && endedAt <= at)) return false;
  return !covers(shelved, at) && !covers(suppressed, at);
}

function staleOf(records: readonly AlarmRecord[], from: Instant, to: Instant): AlarmPerformance['stale'] {
  const atEnd = records.filter((record) => isStale(record, to));
  let most = atEnd.length;
  for (let at = from + DAY; at < to; at += DAY)
    most = Math.max(most, records.filter((record) => isStale(record, at)).length);
  const unacknowledged = atEnd.filter(({ acknowledgedAt }) => acknowledgedAt === null || acknowledgedAt > to).length;
  return { most, atEnd: atEnd.length, unacknowledged };
}

function prioritiesOf(calls: readonly Call[]): AlarmPerformance['priorities'] {
  const of = (priority: Severity) => {
    const count = calls.filter(({ record }) => record.priority === priority).length;
    return { count, share: calls.length === 0 ? 0 : count / calls.length };
  };
  return { P1: of('P1'), P2: of('P2'), P3: of('P3') };
}

function acknowledgedOf(calls: readonly Call[]): AlarmPerformance['acknowledged'] {
  const took = calls
    .flatMap(({ at, record }) => {
      const { acknowledgedAt, told } = record;
      return acknowledgedAt !== null && told.findLast((each) => each <= acknowledgedAt) === at
        ? [acknowledgedAt - at]
        : [];
    })
    .sort((a, b) => a - b);
  const waiting = new Set(
    calls.filter(({ record }) => record.acknowledgedAt === null && record.endedAt === null).map(({ record }) => record),
  ).size;
  return { count: took.length, medianMs: quantile(took, 0.5), p90Ms: quantile(took, 0.9), waiting };
}

/** Nearest rank. */
const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;

function quietOf(
  records: readonly AlarmRecord[],
  spansOf: (record: AlarmRecord) => readonly Span[],
  from: Instant,
  to: Instant,
): { inPeriod: number; atEnd: number } {
  const inPeriod = records.filter((record) =>
    spansOf(record).some(([begin, end]) => begin < to && (end === null || end > from)),
  ).length;
  return { inPeriod, atEnd: records.filter((record) => covers(spansOf(record), to)).length };
}

/** Steps a person reads easily; the smallest that makes at most sixty bars. */
const STEPS = [10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY];

function courseOf(calls: readonly Call[], from: Instant, to: Instant): AlarmPerformance['course'] {
  const step = STEPS.find((ms) => (to - from) / ms <= COURSE_BARS) ?? Math.ceil((to - from) / COURSE_BARS);
  const bars = Array.from({ length: Math.max(1, Math.ceil((to - from) / step)) }, (_, i) => ({
    from: from + i * step,
    ...{ P1: 0, P2: 0, P3: 0 },
  }));
  for (const { at, record } of calls) {
    const bar = bars[Math.floor((at - from) / step)];
    if (bar) bar[record.priority] += 1;
  }
  return bars;
}
