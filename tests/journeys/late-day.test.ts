import { expect, test } from 'vitest';
import { PlanningWeights } from '../../dispatch/src/planning/weights.ts';
import { asWorked, inHindsight, wholeDay } from '../bench/dispatch/day-hindsight.ts';
import { dayPlanning, playDay } from '../bench/dispatch/day-run.ts';
import { dayWorld } from '../bench/dispatch/day-world.ts';

test('a day with late requests, worked as planned: all is done, no rule broken, and not much dearer than with hindsight', async () => {
  const planning = dayPlanning(PlanningWeights.parse({}));
  const world = dayWorld({ seed: 3, requests: 24, engineers: 6, late: 0.3 });
  expect(world.calls.filter(({ at }) => at > (world.calls[0]?.at ?? 0)).length).toBeGreaterThan(3);
  const day = await playDay(world, planning, 500);
  const problem = await wholeDay(world, planning);
  const { cost, undone, violations } = asWorked(problem, day);
  expect(violations).toEqual([]);
  expect(undone).toBe(0);
  const ratio = cost.total / inHindsight(problem, 5_000, [1]).total;
  expect(ratio).toBeLessThan(1.1);
}, 60_000);
