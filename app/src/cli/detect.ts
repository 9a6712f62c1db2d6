import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type NoveltyState, ONCE_A_FORTNIGHT, observeNovelty, startNovelty } from '@uptower/gateway';
import { CommandFailed } from './api-client.ts';
import { listSeries, readSeries, seriesFolder } from './nab-files.ts';
import { progress } from './progress.ts';

/** A score at or above it is an alert; the same for every series and every profile of the benchmark. */
export const THRESHOLD = 1 - ONCE_A_FORTNIGHT;

interface Tally {
  rows: number;
  alerts: number;
}

/**
 * One line of results a row, in the order of the rows. The score is 1 − p where something new is to be said, else 0: what
 * goes on after an alert is the same alert. `label` is the detector's own decision; it knows no other.
 */
async function* judged(file: string, tally: Tally): AsyncGenerator<string> {
  yield 'timestamp,value,anomaly_score,label\n';
  let state: NoveltyState | undefined;
  for await (const { timestamp, ts, text, value } of readSeries(file)) {
    state ??= startNovelty(value, ts);
    const { probability, fresh } = observeNovelty(state, value, ts);
    const score = fresh ? 1 - probability : 0;
    const alert = score >= THRESHOLD;
    tally.rows++;
    if (alert) tally.alerts++;
    yield `${timestamp},${text},${Number(score.toFixed(12))},${alert ? 1 : 0}\n`;
  }
}

/** Runs the novelty layer over a folder of series; returns what to print. */
export async function detect(nab: string, out: string): Promise<string> {
  const folder = await seriesFolder(nab);
  if (`${resolve(out)}${sep}`.startsWith(`${resolve(folder)}${sep}`))
    throw new CommandFailed(`${out} is inside the data; results would be read as series the next time`);
  const series = await listSeries(folder);
  if (series.length === 0) throw new CommandFailed(`there is no .csv file below ${folder}`);
  const bar = progress('series', series.length);
  const tally: Tally = { rows: 0, alerts: 0 };
  try {
    for (const [done, name] of series.entries()) {
      bar.update(done);
      const target = join(out, name);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(Readable.from(judged(join(folder, name), tally)), createWriteStream(target));
    }
    bar.update(series.length);
  } finally {
    bar.stop();
  }
  const thresholds = { standard: THRESHOLD, reward_low_FP_rate: THRESHOLD, reward_low_FN_rate: THRESHOLD };
  await writeFile(join(out, 'thresholds.json'), `${JSON.stringify(thresholds, null, 2)}\n`);
  return `${series.length} series, ${tally.rows} values, ${tally.alerts} alerts at a score of ${THRESHOLD.toFixed(4)} (one day in ${Math.round(1 / ONCE_A_FORTNIGHT)}): ${out}`;
}
