import { binned } from './bins.ts';
import type { Booster } from './boost.ts';
import { type Spending, startSpending, THRESHOLDS } from './budget.ts';
import { calibrate, calibrated } from './calibrate.ts';
import { type Collected, collect } from './collect.ts';
import { featureNames, type Inputs, risingFeatures } from './features.ts';
import type { FitJob } from './fit-job.ts';
import { learnInputs } from './learn-inputs.ts';
import { type Member, whether } from './member.ts';
import { type ComponentHazard, type HazardModel, MODEL_FORM } from './model.ts';
import { intervalEnds, whenRows, whetherRows } from './periods.ts';
import { hashOf, seeded } from './rng.ts';
import { type Judged, shadowOrders } from './shadow.ts';
import type { StreamOptions } from './stream.ts';
import type { Past } from './walk.ts';

export interface TrainOptions {
  readonly leadHours: number;
  readonly horizonHours: number;
  readonly seed: number;
  readonly kindOf: (metric: string) => 'counter' | 'gauge';
  readonly rounds?: number;
  /** Fits one member, here or in a worker. */
  readonly fit: (job: FitJob) => Promise<Booster>;
}

export const FOLDS = 4;
export const ROUNDS = 150;
/** Boosting rounds of all that is fitted for one component and fold. */
export const ROUNDS_A_FOLD = 3 * ROUNDS + Math.ceil(ROUNDS / 3);
/** With so many failures large and small trees count the same; with fewer the small ones count more, with more the large ones. */
const EVEN_FAILURES = 500;
/** Moments without a failure within the horizon that are kept, in all; each then stands for several. */
const QUIET_MOMENTS = 30_000;

export const foldOf = (device: string, folds: number, seed: number): number => hashOf(`${seed} ${device}`) % folds;

export const streamOptions = (
  inputs: Inputs,
  components: readonly string[],
  horizonHours: number,
  kindOf: StreamOptions['kindOf'],
): StreamOptions => ({ inputs, components, kindOf, everyHours: horizonHours / 72, quietHours: horizonHours / 6 });

export const componentsOf = (pasts: readonly Past[]): string[] =>
  [...new Set(pasts.flatMap((past) => past.components))].sort();

/** Learns P(component fails within the horizon) from fleets whose past is known. */
export async function train(pasts: readonly Past[], options: TrainOptions): Promise<HazardModel> {
  const { leadHours, horizonHours, seed, kindOf } = options;
  const components = componentsOf(pasts);
  const inputs = learnInputs(pasts, kindOf);
  const stream = streamOptions(inputs, components, horizonHours, kindOf);
  const hazards: Record<string, ComponentHazard> = {};
  const spending: Record<string, Spending> = {};
  const spendingOf = (model: string) => (spending[model] ??= startSpending());
  for (const { devices } of pasts)
    for (const { model, from, to } of devices)
      for (const name of new Set(['', model])) spendingOf(name).deviceMonths += (to - from) / 730.5;
  for (const component of components) {
    const mine = pasts.filter((past) => past.components.includes(component));
    const parts = mine.map((past) => collect(past, component, stream));
    const folds = parts.map((part, i) =>
      Uint8Array.from(part.device, (device) => foldOf(mine[i]?.devices[device]?.name ?? '', FOLDS, seed)),
    );
    const jobs = jobsOf(component, parts, folds, inputs, options);
    const boosters = await Promise.all(jobs.map(options.fit));
    const failures = mine.reduce(
      (sum, { inputs }) => sum + inputs.filter((one) => one.kind === 'failed' && one.component === component).length,
      0,
    );
    const members = Array.from(
      { length: FOLDS },
      (_, fold): Member => ({
        whether: [boosters[fold] as Booster, boosters[FOLDS + fold] as Booster],
        smallShare: EVEN_FAILURES / (EVEN_FAILURES + failures),
        when: boosters[2 * FOLDS + fold] as Booster,
      }),
    );
    const judged = parts.map((part, i) => judgedOutOfFold(part, folds[i] as Uint8Array, members, inputs));
    const cases = judged.flatMap((part) =>
      THRESHOLDS.flatMap((threshold) =>
        shadowOrders(part, threshold, horizonHours).map(({ row, failed }) => ({ raw: part.p[row] as number, failed })),
      ),
    );
    const calibration = calibrate(cases);
    hazards[component] = { members, calibration };
    judged.forEach((part, i) => {
      for (let r = 0; r < part.p.length; r += 1) part.p[r] = calibrated(calibration, part.p[r] as number);
      THRESHOLDS.forEach((threshold, t) => {
        for (const { row, failed } of shadowOrders(part, threshold, horizonHours)) {
          if (failed) continue;
          const model = mine[i]?.devices[part.device[row] as number]?.model ?? '';
          for (const name of new Set(['', model])) {
            const { wrong } = spendingOf(name);
            wrong[t] = (wrong[t] as number) + 1;
          }
        }
      });
    });
  }
  return { form: MODEL_FORM, leadHours, horizonHours, inputs, components: hazards, spending };
}

interface Picked {
  readonly part: number;
  readonly row: number;
  readonly weight: number;
}

function jobsOf(
  component: string,
  parts: readonly Collected[],
  folds: readonly Uint8Array[],
  inputs: Inputs,
  { leadHours, horizonHours, seed, rounds = ROUNDS }: TrainOptions,
): FitJob[] {
  const names = featureNames(inputs);
  const columns = names.length;
  const draw = seeded(seed);
  let quiet = 0;
  for (const part of parts) for (const hours of part.failsIn) if (hours > horizonHours) quiet += 1;
  const share = Math.min(1, QUIET_MOMENTS / Math.max(1, quiet));
  const picked: Picked[] = [];
  parts.forEach((part, i) => {
    const saidBy = new Map<number, number>();
    const mine: Picked[] = [];
    for (let row = 0; row < part.rows; row += 1) {
      const near = (part.failsIn[row] as number) <= horizonHours;
      if (!near && draw() >= share) continue;
      const device = part.device[row] as number;
      saidBy.set(device, (saidBy.get(device) ?? 0) + 1);
      mine.push({ part: i, row, weight: near ? 1 : 1 / share });
    }
    // A device that says much is still one device: n moments weigh √n.
    for (const one of mine)
      picked.push({ ...one, weight: one.weight / Math.sqrt(saidBy.get(part.device[one.row] as number) ?? 1) });
  });
  // As many as there are, so that limits on the size of a leaf mean what they say.
  const mean = nearWeight(picked, parts, horizonHours);
  const x = new Float32Array(new SharedArrayBuffer(4 * picked.length * columns));
  picked.forEach(({ part, row }, r) => {
    x.set((parts[part] as Collected).x.subarray(row * columns, (row + 1) * columns), r * columns);
  });
  const column = (of: (part: Collected, row: number) => number) =>
    Float64Array.from(picked, ({ part, row }) => of(parts[part] as Collected, row));
  const telling = Uint8Array.from(picked, ({ part, row }) =>
    ((parts[part] as Collected).failsIn[row] as number) <= horizonHours ? 1 : 0,
  );
  const table = binned(x, picked.length, columns, telling);
  const moments = {
    rows: picked.length,
    failsIn: column((part, row) => part.failsIn[row] as number),
    seenFor: column((part, row) => part.seenFor[row] as number),
    weight: Float64Array.from(picked, ({ weight }) => weight / mean),
  };
  const rows = whetherRows(moments, horizonHours);
  const common = { lambda: 5, rowShare: 0.7, rising: risingFeatures(inputs) };
  return [
    {
      what: 'trees',
      rows,
      options: { ...common, rounds, learningRate: 0.05, maxLeaves: 8, minHessian: 1, columnShare: 0.5 },
    },
    {
      what: 'small',
      rows,
      options: {
        ...common,
        rounds: 2 * rounds,
        learningRate: 0.07,
        maxLeaves: 2,
        lambda: 3,
        minHessian: 0.5,
        columnShare: 0.5,
      },
    },
    {
      what: 'when',
      rows: whenRows(moments, intervalEnds(leadHours, horizonHours)),
      options: {
        ...common,
        rounds: Math.ceil(rounds / 3),
        learningRate: 0.06,
        maxLeaves: 5,
        minHessian: 1,
        columnShare: 0.5,
      },
    },
  ].flatMap(({ what, rows, options, ...line }) =>
    Array.from({ length: FOLDS }, (_, fold) => {
      const mine: number[] = [];
      rows.base.forEach((base, i) => {
        const { part, row } = picked[base] as Picked;
        if ((folds[part] as Uint8Array)[row] !== fold) mine.push(i);
      });
      return {
        key: `${component} ${what} ${fold}`,
        table,
        periods: {
          base: Int32Array.from(mine, (i) => rows.base[i] as number),
          interval: Uint8Array.from(mine, (i) => rows.interval[i] as number),
        },
        y: Uint8Array.from(mine, (i) => rows.y[i] as number),
        weight: Float64Array.from(mine, (i) => rows.weight[i] as number),
        ...line,
        options: { ...options, seed: seed * FOLDS + fold + 1 },
      };
    }),
  );
}

/** Mean weight of the moments that were followed by a failure. */
function nearWeight(picked: readonly Picked[], parts: readonly Collected[], horizonHours: number): number {
  let [sum, count] = [0, 0];
  for (const { part, row, weight } of picked)
    if (((parts[part] as Collected).failsIn[row] as number) <= horizonHours) {
      sum += weight;
      count += 1;
    }
  return count > 0 ? sum / count : 1;
}

/** Every moment judged by the one member that did not see its device. */
function judgedOutOfFold(part: Collected, folds: Uint8Array, members: readonly Member[], inputs: Inputs): Judged {
  const columns = featureNames(inputs).length;
  const p = new Float64Array(part.rows);
  for (let r = 0; r < part.rows; r += 1) {
    const member = members[folds[r] as number] as Member;
    p[r] = whether(member, part.x.subarray(r * columns, (r + 1) * columns));
  }
  return { at: part.at, device: part.device, failsIn: part.failsIn, seenFor: part.seenFor, p };
}
