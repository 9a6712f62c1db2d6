import type { IntakeView } from '@uptower/domain';

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
