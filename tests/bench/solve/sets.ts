import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSolomon, solomonToPlain, unitsOf, type VrptwObjective } from '../../../dispatch/src/exchange/solomon.ts';
import { readVrplib, VRPLIB_UNITS, vrplibToPlain } from '../../../dispatch/src/exchange/vrplib.ts';
import type { PlainInstance } from '../../../dispatch/src/solver/plain.ts';
import type { Plan } from '../../../dispatch/src/solver/plan.ts';
import { type Judged, judgeSolomon, judgeVrplib } from './judge.ts';
import { madeUpVrptw } from './made-up.ts';

/** One instance, with the best value known and a judge of plans for it. */
export interface Case {
  readonly name: string;
  readonly plain: PlainInstance;
  /** Solver cost units in one unit of the published value. */
  readonly units: number;
  readonly best: { readonly distance: number; readonly vehicles: number };
  judge(plan: Plan): Judged;
}

export const SETS = ['solomon', 'homberger', 'skills', 'homes'] as const;
export type SetName = (typeof SETS)[number];

/** The instances of a set: `DATA/SET/*.txt` with `DATA/best-known.csv`, or `DATA/SET/*.vrp` with a `.sol` each. */
export function loadSet(data: string, set: SetName, objective: VrptwObjective, only: RegExp): Case[] {
  const folder = join(data, set);
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const files = readdirSync(folder).filter((file) => /\.(txt|vrp)$/i.test(file) && only.test(file));
  const known = set === 'skills' || set === 'homes' ? new Map() : bestKnown(join(data, 'best-known.csv'), objective);
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = file.replace(/\.\w+$/, '');
    if (file.endsWith('.vrp')) return vrplibCase(name, text, readFileSync(join(folder, `${name}.sol`), 'utf8'));
    return solomonCase(name, text, objective, known);
  });
}

type BestKnown = ReadonlyMap<string, Case['best']>;

function bestKnown(file: string, objective: VrptwObjective): BestKnown {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', , dimacs, dimacsVehicles, vehicles, distance] = line.split(',');
      const best =
        objective === 'dimacs'
          ? { distance: Number(dimacs), vehicles: Number(dimacsVehicles) }
          : { distance: Number(distance), vehicles: Number(vehicles) };
      return [name.toLowerCase(), best];
    }),
  );
}

function solomonCase(name: string, text: string, objective: VrptwObjective, known: BestKnown): Case {
  const best = known.get(name.toLowerCase());
  if (best === undefined) throw new Error(`best-known.csv does not have ${name}`);
  return caseOf(name, text, objective, best);
}

/** `kind` is r1, c1, rc1, r2, c2 or rc2. Nothing is known of it: gaps are to a distance of 1. */
export function madeUpCase(kind: string, customers: number, seed: number): Case {
  const [, form, type] = /^(r|c|rc)([12])$/.exec(kind) ?? [];
  if (form === undefined) throw new Error(`--made-up: ${kind} is none of r1, c1, rc1, r2, c2, rc2`);
  const text = madeUpVrptw(seed, form as 'r' | 'c' | 'rc', type === '1' ? 1 : 2, customers, 0.75);
  return caseOf(`${kind}_${customers}`, text, 'dimacs', { distance: 1, vehicles: 0 });
}

function caseOf(name: string, text: string, objective: VrptwObjective, best: Case['best']): Case {
  const file = readSolomon(text);
  return {
    name,
    plain: solomonToPlain(file, objective),
    units: unitsOf(objective),
    best,
    judge: (plan) =>
      judgeSolomon(
        file,
        objective,
        plan.routes.map((route) => route.stops.map(({ visit }) => visit + 1)),
      ),
  };
}

function vrplibCase(name: string, text: string, solution: string): Case {
  const file = readVrplib(text);
  const { plain, nodeOfVisit } = vrplibToPlain(file);
  const published = [...solution.matchAll(/^Route #\d+:(.*)$/gm)].map((match) =>
    (match[1] ?? '').split(/\s+/).filter(Boolean).map(Number),
  );
  const best = judgeVrplib(file, published);
  return {
    name,
    plain,
    units: 1,
    best: { distance: best.distance, vehicles: best.vehicles },
    judge(plan) {
      const routes = file.vehicles.map((): number[] => []);
      for (const route of plan.routes)
        routes[route.vehicle] = route.stops.map(({ visit }) => nodeOfVisit[visit] as number);
      return judgeVrplib(file, routes);
    },
  };
}

export { VRPLIB_UNITS };
