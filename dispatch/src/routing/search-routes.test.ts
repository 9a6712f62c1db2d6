import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from '../solver/rng.ts';
import { takeOver } from './cross.ts';
import { Neighbours } from './neighbours.ts';
import type { Insertion, ModelRoute, RouteModel } from './route-model.ts';
import { RoutePlan } from './route-plan.ts';
import { searchRoutes } from './search-routes.ts';

/** The plainest of models: places on a line, every route from zero and back, at most `most` tasks in each; even and odd vehicles. */
class LineModel implements RouteModel<ModelRoute> {
  readonly vehicleCount = 4;
  readonly taskCount: number;
  readonly keys = [];
  private readonly places: readonly number[];
  private readonly most: number;

  constructor(places: readonly number[], most: number) {
    this.places = places;
    this.taskCount = places.length;
    this.most = most;
  }
  kindOf(vehicle: number): number {
    return vehicle % 2;
  }
  /** Odd places are for odd vehicles. */
  vehiclesFor(task: number): Int32Array {
    return (this.places[task] as number) % 2 === 1 ? Int32Array.of(1, 3) : Int32Array.of(0, 1, 2, 3);
  }
  taskOf(stop: number): number {
    return stop;
  }
  leftOutCost(): number {
    return 1_000;
  }
  apart(a: number, b: number): number {
    return Math.abs((this.places[a] as number) - (this.places[b] as number));
  }
  empty(vehicle: number): ModelRoute {
    return { vehicle, stops: [], cost: 0 };
  }
  build(vehicle: number, stops: readonly number[]): ModelRoute | null {
    if (stops.length > this.most) return null;
    let [at, cost] = [0, 0];
    for (const stop of stops) {
      cost += Math.abs((this.places[stop] as number) - at);
      at = this.places[stop] as number;
    }
    return { vehicle, stops, cost: cost + at };
  }
  bestInsertion(route: ModelRoute, task: number, into: Insertion): boolean {
    into.added = Number.POSITIVE_INFINITY;
    for (let at = 0; at <= route.stops.length; at++) {
      const built = this.build(route.vehicle, route.stops.toSpliced(at, 0, task));
      if (built === null || built.cost - route.cost >= into.added) continue;
      into.added = built.cost - route.cost;
      into.at = at;
    }
    return into.added < Number.POSITIVE_INFINITY;
  }
}

const aModel = fc
  .record({
    places: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 14 }),
    most: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ places, most }) => new LineModel(places, most));
const options = { seed: 5, iterations: 60, stopsOf: (task: number) => [task] };

test('[R1] each task is in one route that may have it, or left out; the cost is the honest sum', () => {
  fc.assert(
    fc.property(aModel, (model) => {
      const { routes, unassigned, cost } = searchRoutes(model, options);
      const seen = [...routes.flatMap(({ stops }) => stops), ...unassigned].sort((a, b) => a - b);
      expect(seen).toEqual([...Array(model.taskCount).keys()]);
      for (const { vehicle, stops } of routes)
        for (const stop of stops) expect(model.vehiclesFor(stop)).toContain(vehicle);
      const honest = routes.reduce(
        (sum, { vehicle, stops }) => sum + (model.build(vehicle, stops)?.cost ?? Number.NaN),
        0,
      );
      expect(cost).toBeCloseTo(honest + 1_000 * unassigned.length, 6);
    }),
    { numRuns: 200 },
  );
});

test('[R2] a start is never made worse, and the same seed gives the same routes', () => {
  fc.assert(
    fc.property(aModel, (model) => {
      const first = searchRoutes(model, { ...options, iterations: 3 });
      const start = first.routes.map(({ stops }) => stops);
      const again = searchRoutes(model, { ...options, start });
      expect(again.cost).toBeLessThanOrEqual(first.cost + 1e-6);
      expect(searchRoutes(model, { ...options, start })).toEqual(again);
    }),
    { numRuns: 100 },
  );
});

test('[R3] room for all is used for all, also where a task must make way for another', () => {
  // Two odd places fit into odd vehicles only; even ones could be there too.
  const model = new LineModel([2, 4, 6, 8, 1, 3], 3);
  const { unassigned } = searchRoutes(model, { ...options, iterations: 500 });
  expect(unassigned).toEqual([]);
});

test('[R4] stops at its limits, and says which', () => {
  const model = new LineModel([2, 4, 6], 2);
  const run = (limits: object) => searchRoutes(model, { seed: 1, stopsOf: (task) => [task], ...limits }).stoppedBy;
  let clock = 0;
  const now = () => clock++;
  expect(run({ iterations: 3 })).toBe('iterations');
  const alone = searchRoutes(new LineModel([2], 2), { seed: 1, stopsOf: (task) => [task], iterations: 1e12 });
  expect(alone).toMatchObject({ stoppedBy: 'optimum', cost: 4 });
  expect(run({ milliseconds: 5, now })).toBe('time');
  expect(run({ iterations: 1e6, stall: 10 })).toBe('stall');
  expect(run({ iterations: 1e6, signal: { aborted: true } })).toBe('signal');
  expect(() => run({})).toThrow('a limit is needed');
  expect(() => run({ milliseconds: 5 })).toThrow('needs a clock');
});

test('[R5] with time for several searches and crossings of them: nothing is lost or served twice, the same seed gives the same', () => {
  fc.assert(
    fc.property(
      aModel.filter(({ taskCount }) => taskCount >= 2 && taskCount <= 6),
      (model) => {
        const long = { ...options, iterations: 1_000 * model.taskCount };
        const found = searchRoutes(model, long);
        const seen = [...found.routes.flatMap(({ stops }) => stops), ...found.unassigned].sort((a, b) => a - b);
        expect(seen).toEqual([...Array(model.taskCount).keys()]);
        const honest = found.routes.reduce(
          (sum, { vehicle, stops }) => sum + (model.build(vehicle, stops)?.cost ?? NaN),
          0,
        );
        expect(found.cost).toBeCloseTo(honest + 1_000 * found.unassigned.length, 6);
        expect(found.iterations).toBe(long.iterations);
        expect(searchRoutes(model, long)).toEqual(found);
      },
    ),
    { numRuns: 15 },
  );
});

test('[R6] routes taken over push nothing out for good, and no task is in two of them', () => {
  fc.assert(
    fc.property(aModel, fc.integer({ min: 1, max: 1_000 }), (model, seed) => {
      const [one, other] = [1, 2].map((start) => searchRoutes(model, { ...options, seed: start, iterations: 20 }));
      const near = new Neighbours(model);
      const plan = new RoutePlan(model, near, options.stopsOf);
      plan.load(one!.routes);
      if (model.taskCount > 0) takeOver(plan, other!.routes, near, new Rng(seed));
      const { routes, unassigned, cost } = plan.snapshot();
      const seen = [...routes.flatMap(({ stops }) => stops), ...unassigned].sort((a, b) => a - b);
      expect(seen).toEqual([...Array(model.taskCount).keys()]);
      const honest = routes.reduce((sum, { vehicle, stops }) => sum + (model.build(vehicle, stops)?.cost ?? NaN), 0);
      expect(cost).toBeCloseTo(honest + 1_000 * unassigned.length, 6);
    }),
    { numRuns: 100 },
  );
});
