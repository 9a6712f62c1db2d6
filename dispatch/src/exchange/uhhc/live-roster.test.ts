import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aHomeCareDay } from '../testing/some-uhhc.ts';
import { LiveRoster } from './live-roster.ts';
import { readHomeCare } from './read.ts';
import { type Choices, Roster } from './roster.ts';

/** One change a step: `who` gets these caregivers (the same twice: nobody) and comes to this place in the order; or a lunch. */
const aStep = fc.record({
  who: fc.nat(),
  others: fc.tuple(fc.nat(), fc.nat()),
  to: fc.nat(),
  lunch: fc.option(fc.record({ of: fc.nat(), at: fc.integer({ min: 0, max: 400 }) }), { nil: null, freq: 4 }),
  two: fc.option(fc.nat(), { nil: null }),
  undo: fc.boolean(),
});

test('[H4] a change costs what the whole plan costs timed from nothing, and undone what it did before', () => {
  fc.assert(
    fc.property(aHomeCareDay, fc.array(aStep, { maxLength: 25 }), (day, steps) => {
      const problem = readHomeCare(day);
      const { patients, caregivers } = problem;
      const choices: Choices = {
        order: Int32Array.from(patients.keys()),
        by: new Int32Array(2 * patients.length).fill(-1),
        lunchFrom: new Int32Array(caregivers.length).fill(130),
      };
      const at = choices.order.slice();
      const live = new LiveRoster(problem, choices, at);
      const honest = () => new Roster(problem).time(choices);
      expect(live.cost).toBeCloseTo(honest(), 6);
      for (const { who, others, to, lunch, two, undo } of steps) {
        if (patients.length === 0) break;
        const [order, by, lunchFrom] = [choices.order.slice(), choices.by.slice(), choices.lunchFrom.slice()];
        const before = live.cost;
        const touched = [...new Set([who, ...(two === null ? [] : [two])].map((n) => n % patients.length))];
        for (const p of touched) {
          const [one, other] = others.map((n) => n % caregivers.length) as [number, number];
          const served = one !== other;
          choices.by[2 * p] = served ? one : -1;
          choices.by[2 * p + 1] = served && patients[p]?.services.length === 2 ? other : -1;
          const rest = [...choices.order].filter((x) => x !== p);
          choices.order.set(rest.toSpliced(to % patients.length, 0, p));
        }
        choices.order.forEach((p, i) => {
          at[p] = i;
        });
        if (lunch !== null) choices.lunchFrom[lunch.of % caregivers.length] = lunch.at;
        live.change(touched, lunch === null ? -1 : lunch.of % caregivers.length);
        expect(live.cost).toBeCloseTo(honest(), 6);
        if (!undo) continue;
        choices.order.set(order);
        choices.by.set(by);
        choices.lunchFrom.set(lunchFrom);
        order.forEach((p, i) => {
          at[p] = i;
        });
        live.undo();
        expect(live.cost).toBe(before);
      }
    }),
    { numRuns: 300 },
  );
});
