import { type Chance, chance, shuffled } from './chance.ts';
import { learnComponents } from './components.ts';
import { learnConditions, standardise } from './conditions.ts';
import type { Fit } from './fit.ts';
import { learnShift, withInterval } from './interval.ts';
import { scoreRul } from './metrics.ts';
import { committee, normalise, type RulModel, startUnit, takeRow, type WearModel } from './model.ts';
import type { NetworkOptions } from './network.ts';
import { TableError, type UnitHistory } from './table.ts';
import { featuresOf } from './wear-state.ts';

export interface RulOptions {
  readonly cap: number;
  readonly seed: number;
  /** Steps of the optimiser a network takes (default 9000); few examples are seen more often. */
  readonly steps?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A network's input, the unit it is of and its remaining life. */
interface Example {
  readonly unit: number;
  readonly input: Float64Array;
  readonly remaining: number;
}

const FOLDS = 5;
/** Networks a fold: their mean is steadier than any of them. */
const PER_FOLD = 2;
const MAX_EXAMPLES = 10_000;
/** Earlier in a unit's life there is nothing to learn from but its age. */
const MIN_ROWS = 5;
const STEPS = 9_000;
const NETWORK: Omit<NetworkOptions, 'epochs'> = { hidden: [32, 16], batch: 64, learningRate: 0.003, decay: 0.3 };

/**
 * Learns from units that ran to failure at their last row. Cross-fitting: the units are split into five parts, the
 * networks of a part learn from the other four and are judged, and their p10 and p90 widened, on it. The networks are
 * handed to `fit` all at once; each has a seed of its own, so the result is the same however many threads fit them.
 *
 * @throws TableError with fewer than ten units, or none that lived long enough
 */
export async function trainRul(
  units: readonly UnitHistory[],
  { cap, seed, steps = STEPS, onProgress }: RulOptions,
  fit: Fit,
): Promise<RulModel> {
  if (units.length < 2 * FOLDS) throw new TableError(`at least ${2 * FOLDS} units must have run to failure`);
  const next = chance(seed);
  const conditions = learnConditions(units);
  const standard = units.map(({ settings, sensors }) =>
    sensors.map((row, i) => standardise(conditions, settings[i]!, row)),
  );
  const components = learnComponents(standard);
  const life = median(units.map(({ cycles }) => cycles.at(-1)! - cycles[0]! + 1));
  const shape = { conditions, components, life };
  const examples = examplesOf(shape, units, next);
  const { centre, deviation } = spreadOf(examples.map(({ input }) => input));
  for (const { input } of examples) normalise(input, centre, deviation);

  const order = shuffled(
    units.map((_, u) => u),
    next,
  );
  const foldOf = new Map(order.map((u, i) => [u, i % FOLDS]));
  const epochs = Math.max(10, Math.min(300, Math.round((steps * NETWORK.batch) / (examples.length * (1 - 1 / FOLDS)))));
  const done = Array.from({ length: FOLDS * PER_FOLD }, () => 0);
  const total = done.length * epochs;
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const learned = examples.filter(({ unit }) => foldOf.get(unit) !== fold);
    const inputs = learned.map(({ input }) => input);
    const remaining = learned.map((example) => example.remaining);
    const options = { ...NETWORK, epochs };
    return Array.from({ length: PER_FOLD }, (_, n) =>
      fit({ inputs, remaining, cap, options, seed: Math.floor(next() * 2 ** 32) }, (epoch) => {
        done[fold * PER_FOLD + n] = epoch;
        onProgress?.(
          done.reduce((sum, of) => sum + of, 0),
          total,
        );
      }),
    );
  });
  const ofFolds = await Promise.all(folds.map((networks) => Promise.all(networks)));
  const networks = ofFolds.flat();
  const held = examples.map(({ unit, input, remaining }) => {
    const strangers = ofFolds[foldOf.get(unit)!]!;
    return { said: committee(strangers, input, cap), remaining };
  });
  const shift = learnShift(held, cap);
  const said = held.map((at) => withInterval(at.said, shift, cap));
  const truth = held.map(({ remaining }) => remaining);
  const crossValidated = { asGiven: scoreRul(said, truth, Infinity), capped: scoreRul(said, truth, cap) };
  return { ...shape, cap, centre, deviation, networks, shift, crossValidated };
}

function examplesOf(shape: WearModel, units: readonly UnitHistory[], next: Chance): Example[] {
  const rows = units.reduce((sum, unit) => sum + unit.cycles.length, 0);
  const step = Math.max(1, Math.ceil(rows / MAX_EXAMPLES));
  const examples: Example[] = [];
  for (const [u, { cycles, settings, sensors }] of units.entries()) {
    const state = startUnit(shape, cycles[0]!);
    const offset = Math.floor(next() * step);
    for (const [i, cycle] of cycles.entries()) {
      takeRow(shape, state, cycle, settings[i]!, sensors[i]!);
      if (i + 1 >= MIN_ROWS && i % step === offset)
        examples.push({ unit: u, input: featuresOf(state, shape.life), remaining: cycles.at(-1)! - cycle });
    }
  }
  if (examples.length < 100)
    throw new TableError('too few rows: the units must have lived some hundred cycles together');
  return examples;
}

function spreadOf(rows: readonly Float64Array[]): { centre: number[]; deviation: number[] } {
  const width = rows[0]!.length;
  const centre = Array.from({ length: width }, (_, f) => rows.reduce((sum, row) => sum + row[f]!, 0) / rows.length);
  const deviation = centre.map((c, f) => {
    const variance = rows.reduce((sum, row) => sum + (row[f]! - c) ** 2, 0) / rows.length;
    return variance > 1e-12 ? Math.sqrt(variance) : 1;
  });
  return { centre, deviation };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 1;
}
