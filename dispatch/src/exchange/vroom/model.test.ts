import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withInserted } from '../../routing/route-model.ts';
import { searchRoutes } from '../../routing/search-routes.ts';
import { someVroom } from '../testing/some-vroom.ts';
import { VroomModel } from './model.ts';
import { buildProblem } from './problem.ts';
import { parseVroom } from './request.ts';
import { estimatedWays, waysFor } from './ways.ts';

test('[M1] the place offered is the cheapest of all routes built in full, and offered whenever there is one', async () => {
  await fc.assert(
    fc.asyncProperty(someVroom, async (json) => {
      const request = parseVroom(json);
      const { places, tables } = await waysFor(request, estimatedWays);
      const problem = buildProblem(request, places, tables);
      const model = new VroomModel(problem);
      const stopsOf = (task: number) => problem.tasks[task]!.stops;
      const { routes } = searchRoutes(model, { seed: 1, iterations: 5, stopsOf });
      for (const route of routes) {
        for (let task = 0; task < model.taskCount; task++) {
          const stops = route.stops.filter((stop) => model.taskOf(stop) !== task);
          const base = stops.length === route.stops.length ? route : model.build(route.vehicle, stops);
          if (base === null) continue; // the way by the task was the quicker one
          let cheapest = Number.POSITIVE_INFINITY;
          for (let at = 0; at <= stops.length; at++) {
            for (let secondAt = at; secondAt <= stops.length; secondAt++) {
              const order = withInserted(stops, stopsOf(task), { added: 0, at, secondAt });
              cheapest = Math.min(cheapest, (model.build(route.vehicle, order)?.cost ?? Infinity) - base.cost);
            }
          }
          const into = { added: Infinity, at: 0, secondAt: 0 };
          const found = model.bestInsertion(base, task, into);
          expect(found ? into.added : Infinity).toBe(cheapest);
        }
      }
    }),
    { numRuns: 150 },
  );
});
