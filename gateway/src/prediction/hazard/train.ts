import type { Booster } from './boost.ts';
import { type Spending, startSpending, THRESHOLDS } from './budget.ts';
import { calibrate, calibrated } from './calibrate.ts';
import { type Collected, collect } from './collect.ts';
import type { Inputs } from './features.ts';
import type { FitJob } from './fit-job.ts';
import { FOLDS, hazardJobs, type LearnOptions, lessonsOf, urgencyJobs } from './jobs.ts';
import { learnInputs } from './learn-inputs.ts';
import { type Member, urgency, whether } from './member.ts';
import { type ComponentHazard, type HazardModel, MODEL_FORM } from './model.ts';
import { hashOf } from './rng.ts';
import { type Judged, shadowOrders } from './shadow.ts';
import type { StreamOptions } from './stream.ts';
import { lastChances, pressing } from './urgency.ts';
import type { Past } from './walk.ts';

export interface TrainOptions extends LearnOptions {
  readonly kindOf: (metric: string) => 'counter' | 'gauge';
  /** Fits one member, here or in a worker. */
  readonly fit: (job: FitJob) => Promise<Booster>;
}

/** With so many failures large and small trees count the same; with fewer the small ones count more, with more the large ones. */
const EVEN_FAILURES = 500;

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
    const lessons = lessonsOf(component, parts, folds, inputs, options);
    const boosters = await Promise.all(hazardJobs(lessons, options).map(options.fit));
    const failures = mine.reduce(
      (sum, { inputs }) => sum + inputs.filter((one) => one.kind === 'failed' && one.component === component).length,
      0,
    );
    const first = Array.from(
      { length: FOLDS },
      (_, fold): Member => ({
        whether: [boosters[fold] as Booster, boosters[FOLDS + fold] as Booster],
        smallShare: EVEN_FAILURES / (EVEN_FAILURES + failures),
        when: boosters[2 * FOLDS + fold] as Booster,
      }),
    );
    const judged = parts.map((part, i): Judged => {
      const { at, device, failsIn, seenFor } = part;
      return { at, device, failsIn, seenFor, p: outOfFold(part, folds[i] as Uint8Array, first, whether) };
    });
    const chances = judged.map((part) => lastChances(part, leadHours, horizonHours));
    const waiting = urgencyJobs(lessons, chances, options).map((job) => job && options.fit(job));
    const urgencies = await Promise.all(waiting);
    const members = first.map((member, fold): Member => {
      const known = urgencies[fold];
      return known ? { ...member, urgency: known } : member;
    });
    const urgent = parts.map((part, i) => outOfFold(part, folds[i] as Uint8Array, members, urgency));
    const pressed = (by: (p: number) => number) =>
      judged.map(({ p, ...part }, i): Judged => {
        const waits = urgent[i] as Float64Array;
        return { ...part, p: p.map((said, r) => pressing(by(said), waits[r] as number)) };
      });
    const cases = pressed((raw) => raw).flatMap((part, i) =>
      THRESHOLDS.flatMap((threshold) =>
        shadowOrders(part, threshold, horizonHours).map(({ row, failed }) => ({
          raw: judged[i]?.p[row] as number,
          failed,
        })),
      ),
    );
    const calibration = calibrate(cases);
    hazards[component] = { members, calibration };
    pressed((raw) => calibrated(calibration, raw)).forEach((part, i) => {
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

/** Every moment judged by the one member that did not see its device. */
function outOfFold(part: Collected, folds: Uint8Array, members: readonly Member[], of: typeof whether): Float64Array {
  const columns = part.rows > 0 ? part.x.length / part.rows : 0;
  return Float64Array.from({ length: part.rows }, (_, r) =>
    of(members[folds[r] as number] as Member, part.x.subarray(r * columns, (r + 1) * columns)),
  );
}
