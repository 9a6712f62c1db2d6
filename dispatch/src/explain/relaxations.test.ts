import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPlan } from '../solver/check-plan.ts';
import { findPlaces, placeVisit } from '../solver/insertion.ts';
import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine } from '../solver/test-cases.ts';
import { RELAXATIONS, relax, smallestRelaxations } from './relaxations.ts';

test('[R1] whatever is left out: the rules named, given up, place it; one fewer does not', () => {
  let seen = 0;
  fc.assert(
    fc.property(anyInstance({ visits: 6, engineers: 3, shifts: 2 }), (plain) => {
      const { plan } = solve(buildInstance(plain), { seed: 1, iterations: 60 });
      for (const { visit } of plan.unassigned) {
        const found = smallestRelaxations(plain, plan, visit);
        for (const { gives, place } of found) {
          seen += 1;
          const instance = buildInstance(relax(plain, visit, gives));
          const placed = placeVisit(instance, plan, visit, place);
          expect(checkPlan(instance, placed)).toEqual([]);
          expect(placed.routes.some(({ stops }) => stops.some((stop) => stop.visit === visit))).toBe(true);
          for (const kept of gives) {
            const fewer = gives.filter((kind) => kind !== kept);
            expect(findPlaces(buildInstance(relax(plain, visit, fewer)), plan, visit).best).toBeNull();
          }
        }
        if (found.length > 0) continue;
        expect(findPlaces(buildInstance(relax(plain, visit, RELAXATIONS)), plan, visit).best).toBeNull();
      }
    }),
    { numRuns: 150 },
  );
  expect(seen).toBeGreaterThan(50);
});

const HOUR = 3_600;

test('the one who knows how is off too early: an hour of overtime, or somebody who does not know', () => {
  const plain = onALine([0, 600], {
    engineers: [
      anEngineer({ skills: [{ skill: 0, level: 2 }], shifts: [aShift({ from: 0, to: 2 * HOUR })] }),
      anEngineer({ shifts: [aShift({ from: 0, to: 8 * HOUR })] }),
    ],
    visits: [aVisit(1, { serviceSeconds: 3 * HOUR, skills: [{ skill: 0, level: 1 }] })],
  });
  const found = smallestRelaxations(plain, { routes: [], unassigned: [] }, 0);
  expect(new Set(found.map(({ gives }) => gives.join()))).toEqual(new Set(['overtime', 'skill']));
  const overtime = found.find(({ gives }) => gives[0] === 'overtime');
  expect(overtime?.place.engineer).toBe(0);
  expect(overtime?.overtimeSeconds).toBe(HOUR + 2 * 600);
});

test('where there is a place nothing need be given up; where no engineer is, nothing helps', () => {
  const plain = onALine([0, 100], { engineers: [anEngineer()], visits: [aVisit(1)] });
  expect(smallestRelaxations(plain, { routes: [], unassigned: [] }, 0)).toMatchObject([{ gives: [] }]);
  const alone = { ...plain, engineers: [] };
  expect(smallestRelaxations(alone, { routes: [], unassigned: [] }, 0)).toEqual([]);
});
