import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  type Booster,
  componentsOf,
  type FitJob,
  FOLDS,
  featureNames,
  type HazardModel,
  type Member,
  type Past,
  ROUNDS_A_FOLD,
  startFitThreads,
  train,
} from '@uptower/gateway';
import { CommandFailed } from './api-client.ts';
import { type HazardHistory, loadHistory } from './hazard-history.ts';
import { progress } from './progress.ts';

const SEED = 1;

/** Members fitted by an interrupted run of the same training, one a line; a line cut off is fitted again. */
function fittedBefore(file: string): Map<string, Booster> {
  const fitted = new Map<string, Booster>();
  if (!existsSync(file)) return fitted;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      const { key, booster } = JSON.parse(line) as { key: string; booster: Booster };
      fitted.set(key, booster);
    } catch {
      // The end of a line that was being written.
    }
  }
  return fitted;
}

/** The same for the same rows and settings, whatever the order in which members are fitted. */
function fingerprint({ key, table, periods, y, weight, options }: FitJob): string {
  const hash = createHash('sha256').update(JSON.stringify([key, options, table.columns, table.edges]));
  for (const part of [table.bins, periods.base, periods.interval, y, weight])
    hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return hash.digest('hex');
}

export interface Teacher {
  learn(pasts: readonly Past[], histories: readonly HazardHistory[]): Promise<HazardModel>;
  close(): Promise<void>;
}

/** Trains in worker threads with one progress bar over `trainings` trainings of these components. */
export function startTeacher(components: number, trainings: number, partFile?: string): Teacher {
  const threads = startFitThreads(Math.max(1, Math.min(4, availableParallelism())));
  const bar = progress('training', components * FOLDS * trainings * ROUNDS_A_FOLD);
  const before = partFile ? fittedBefore(partFile) : new Map<string, Booster>();
  let done = 0;
  const fit = async (job: FitJob): Promise<Booster> => {
    const key = partFile ? fingerprint(job) : '';
    const known = before.get(key);
    if (known) {
      done += job.options.rounds;
      bar.update(done);
      return known;
    }
    let mine = 0;
    const booster = await threads.fit(job, (rounds) => {
      done += rounds - mine;
      mine = rounds;
      bar.update(done);
    });
    done += job.options.rounds - mine;
    if (partFile) appendFileSync(partFile, `\n${JSON.stringify({ key, booster })}\n`);
    return booster;
  };
  return {
    learn(pasts, histories) {
      const [first] = histories;
      if (!first) throw new CommandFailed('there is no history to learn from');
      const { lead_hours: leadHours, horizon_hours: horizonHours } = first.manifest.score;
      const kindOf = (metric: string) =>
        histories.some((history) => history.counters.has(metric)) ? ('counter' as const) : ('gauge' as const);
      return train(pasts, { leadHours, horizonHours, seed: SEED, kindOf, fit });
    },
    async close() {
      bar.stop();
      await threads.close();
    },
  };
}

/** `uptower train`: learns P(fails within the horizon) from histories and writes it down. */
export async function trainCommand(maps: readonly string[], out: string): Promise<string> {
  const histories: HazardHistory[] = [];
  for (const map of maps) histories.push(await loadHistory(map));
  const [first, ...rest] = histories;
  if (!first) throw new CommandFailed('give at least one --history');
  for (const { name, manifest } of rest)
    if (
      manifest.score.lead_hours !== first.manifest.score.lead_hours ||
      manifest.score.horizon_hours !== first.manifest.score.horizon_hours
    )
      throw new CommandFailed(`${name} and ${first.name} have different leads or horizons: train a model for each`);
  const components = componentsOf(histories);
  if (!histories.some(({ inputs }) => inputs.some(({ kind }) => kind === 'failed')))
    throw new CommandFailed('no failure in these histories: there is nothing to learn from');
  const part = `${out}.part`;
  const teacher = startTeacher(components.length, 1, part);
  const model = await teacher.learn(histories, histories).finally(() => teacher.close());
  writeFileSync(out, JSON.stringify(model));
  rmSync(part, { force: true });
  return inWords(model, histories);
}

/** What was learned, for a person. */
function inWords(model: HazardModel, histories: readonly HazardHistory[]): string {
  const { inputs } = model;
  const lines = [
    `learned P(fails within ${model.horizonHours} h) from ${histories.map(({ name }) => name).join(', ')}`,
    `  counters  ${inputs.counters.join(', ') || '–'}`,
    `  gauges    ${inputs.gauges.join(', ') || '–'}`,
    `  codes     ${inputs.codes.join(', ') || '–'}`,
  ];
  for (const [name, { members }] of Object.entries(model.components)) {
    const failures = histories.flatMap(({ inputs: all }) =>
      all.filter((input) => input.kind === 'failed' && input.component === name),
    ).length;
    lines.push(`  ${name}: ${failures} failures, looks most at ${mostUsed(model, members).join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

function mostUsed(model: HazardModel, members: readonly Member[]): string[] {
  const names = featureNames(model.inputs);
  const uses = new Map<string, number>();
  for (const { trees } of members.flatMap(({ whether }) => whether))
    for (const tree of trees)
      for (const feature of tree.feature) {
        const name = names[feature];
        if (name) uses.set(name, (uses.get(name) ?? 0) + 1);
      }
  return [...uses]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 5)
    .map(([name]) => name);
}
