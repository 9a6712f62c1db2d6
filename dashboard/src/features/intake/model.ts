import type { IntakeView, LatencyView } from '@uptower/domain';
import type { Tone } from '../../shared/ui/badges.tsx';

export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Samples of the last seconds; a rate over less than two would jump. */
const WINDOW_MS = 10_000;
let samples: { at: number; readings: number }[] = [];

/** Readings a real second over the last ten; null until two moments are known. */
export function ratePerSecond(intake: Pick<IntakeView, 'readings'>, at: number): number | null {
  const last = samples.at(-1);
  if (last && intake.readings < last.readings) samples = []; // the server started anew
  samples = [...samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, readings: intake.readings }];
  const first = samples[0];
  if (!first || at - first.at < 2_000) return null;
  return ((intake.readings - first.readings) * 1000) / (at - first.at);
}

export const STAGES = ['senders', 'journal', 'pipeline', 'records', 'store', 'process'] as const;
export type StageName = (typeof STAGES)[number];
/** Undefined: as it should be. */
export type Trouble = Extract<Tone, 'amber' | 'red'> | undefined;

/** From here on a delay is worth a look, and worth a call; real milliseconds. */
const SLOW: Readonly<Record<'durable' | 'records' | 'process' | 'behind', readonly [amber: number, red: number]>> = {
  durable: [500, 3_000],
  records: [500, 3_000],
  process: [300, 1_500],
  behind: [10_000, 60_000],
};

const byTime = (ms: number, [amber, red]: readonly [number, number]): Trouble =>
  ms >= red ? 'red' : ms >= amber ? 'amber' : undefined;
const byDelay = (view: LatencyView | null, limits: readonly [number, number]) => byTime(view?.p99 ?? 0, limits);
const worse = (...troubles: readonly Trouble[]): Trouble =>
  troubles.includes('red') ? 'red' : troubles.includes('amber') ? 'amber' : undefined;

const JOURNAL: Readonly<Record<string, Trouble>> = { ok: undefined, low: 'amber' };

/** Whether a stage on the way of a message is as it should be. */
export function troubleOf(stage: StageName, intake: IntakeView): Trouble {
  const behind = (name: string) => intake.consumers.find((consumer) => consumer.name === name)?.lagMs ?? 0;
  const { journal, store, latency } = intake;
  switch (stage) {
    case 'senders':
      return intake.held > 0 ? 'red' : (intake.broker?.paused ?? 0) > 0 ? 'amber' : undefined;
    case 'journal': {
      const state = journal.state in JOURNAL ? JOURNAL[journal.state] : 'red';
      const filled = journal.unreadBytes / intake.journalLimitBytes;
      const room = filled >= 0.9 ? 'red' : filled >= 0.5 ? 'amber' : undefined;
      return worse(state, room, journal.damaged > 0 ? 'red' : undefined, byDelay(latency.durable, SLOW.durable));
    }
    case 'pipeline':
      return byTime(behind('pipeline'), SLOW.behind);
    case 'records':
      return byDelay(latency.events, SLOW.records);
    case 'store':
      return worse(
        store.error === null && store.missing === 0 ? undefined : 'red',
        byTime(behind('store'), SLOW.behind),
      );
    case 'process':
      return byDelay(latency.loop, SLOW.process);
  }
}

/** `ok`: nothing waits. `behind`: something is slow. `trouble`: something does not work or senders wait. */
export function verdictOf(intake: IntakeView): 'ok' | 'behind' | 'trouble' {
  const worst = worse(...STAGES.map((stage) => troubleOf(stage, intake)));
  if (worst === 'red' || intake.alarms.length > 0) return 'trouble';
  return worst === 'amber' ? 'behind' : 'ok';
}

/** Reasons with their counts, most first. */
export const byCount = (counts: Readonly<Record<string, number>>): [reason: string, count: number][] =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
