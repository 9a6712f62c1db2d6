import { expect, test } from 'vitest';
import { buildInstance, type PlainInstance } from './instance.ts';
import { onlyTravel } from './plain.ts';
import { anEngineer, aShift, aVisit, onALine } from './test-cases.ts';
import { InstanceError } from './validate.ts';

const plain = onALine([0, 5], {
  engineers: [
    anEngineer({
      shifts: [
        aShift({
          unavailable: [
            { from: 50, to: 60 },
            { from: 55, to: 70 },
            { from: 70, to: 80 },
          ],
        }),
      ],
    }),
    anEngineer({
      shifts: [aShift(), aShift({ from: 2000, to: 3000, overtimeSeconds: 60, freeAt: 2100, freeAtLocation: 1 })],
    }),
  ],
  visits: [aVisit(1)],
});

function problemPaths(wrong: PlainInstance): string[] {
  try {
    buildInstance(wrong);
  } catch (error) {
    if (error instanceof InstanceError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

test('[I1] vehicles are engineer-shifts in the order given', () => {
  const instance = buildInstance(plain);
  expect(instance.vehicleCount).toBe(3);
  expect([0, 1, 2].map((vehicle) => instance.engineerOf(vehicle))).toEqual([0, 1, 1]);
  expect(instance.vehicleOf(1, 1)).toBe(2);
  expect(instance.startLocation(2)).toBe(1);
  expect(instance.earliestDeparture(2)).toBe(2100);
  expect(instance.latestEnd(2)).toBe(3060);
});

test('[I2] touching and overlapping unavailable intervals are one', () => {
  const instance = buildInstance(plain);
  expect([instance.firstBusy(0), instance.firstBusy(1)]).toEqual([0, 1]);
  expect([instance.busyFrom(0), instance.busyTo(0)]).toEqual([50, 80]);
});

test('[I3] an instance does not change with the object it was built from', () => {
  const visits = [aVisit(1)];
  const instance = buildInstance({ ...plain, visits });
  visits.push(aVisit(0));
  expect(instance.visitCount).toBe(1);
  expect(instance.plain.visits).toHaveLength(1);
  expect(Object.isFrozen(instance.plain.engineers[0]?.shifts)).toBe(true);
});

test('[I4] nonsense is refused, all of it at once, each with its path', () => {
  const wrong: PlainInstance = {
    ...plain,
    travelSeconds: [0, 5.5, -1, 0],
    engineers: [anEngineer({ skills: [{ skill: 0, level: 4 }], shifts: [aShift(), aShift({ from: 999, to: 2000 })] })],
    visits: [
      aVisit(2, { windows: [{ from: 5, to: 4 }], requiredEngineer: 1, frozen: { engineer: 0, shift: 2, startAt: 0 } }),
    ],
    weights: { ...onlyTravel, lateSecond: 0.5 },
  };
  expect(problemPaths(wrong)).toEqual([
    'weights.lateSecond',
    'travelSeconds[0 -> 1]',
    'travelSeconds[1 -> 0]',
    'engineers[0].skills[0].level',
    'engineers[0].shifts[1].from',
    'visits[0].location',
    'visits[0].windows[0].to',
    'visits[0].requiredEngineer',
    'visits[0].frozen.shift',
  ]);
});

test('[I5] milliseconds since 1970 are noticed', () => {
  const release = Date.UTC(2026, 0, 5);
  expect(() => buildInstance({ ...plain, visits: [aVisit(1, { release })] })).toThrow(
    /visits\[0\]\.release: .*milliseconds instead of seconds/,
  );
});

test('[I6] weights so large that sums stop being exact are refused', () => {
  const weights = { ...onlyTravel, lateSecond: 2 ** 40 };
  expect(problemPaths({ ...plain, weights, visits: [aVisit(1, { due: 0, latePerSecond: 10 })] })).toEqual(['weights']);
});

test('[I7] a distance weight needs distances', () => {
  const { distanceMetres: _, ...without } = plain;
  expect(problemPaths({ ...without, weights: { ...onlyTravel, distanceMetre: 1 } })).toEqual(['distanceMetres']);
});

test('[I8] speeds that mean nothing are refused', () => {
  const steps = [
    { from: 10, percent: 50 },
    { from: 10, percent: 0 },
  ];
  expect(problemPaths({ ...plain, speeds: { profiles: [steps], profileOf: [0, 1] } })).toEqual([
    'speeds.profiles[0][1].percent',
    'speeds.profiles[0][1].from',
    'speeds.profileOf[1]',
  ]);
  expect(problemPaths({ ...plain, speeds: { profiles: [], profileOf: [0] } })).toEqual([
    'speeds.profiles',
    'speeds.profileOf',
    'speeds.profileOf[0]',
  ]);
});
