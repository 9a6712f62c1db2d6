import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildInstance, type Instance, type PlainInstance, type PlainInterval } from './instance.ts';
import { arrival, earliestFree, latestDeparture, latestFree, NEVER, timeRoute } from './schedule.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine, withSpeeds } from './test-cases.ts';

const free = (busy: readonly PlainInterval[], from: number, to: number) =>
  from === to || busy.every((interval) => interval.to <= from || interval.from >= to);

/** The times of `bySeconds`; where hours count, those of the latest setting out that is home as early. */
function expectedTimes(instance: Instance, vehicle: number, visits: readonly number[]): number[] | null {
  const { plain } = instance;
  const shift = plain.engineers.flatMap(({ shifts }) => shifts)[vehicle];
  if (shift === undefined) return null;
  const begin = Math.max(shift.from, shift.freeAt ?? shift.from);
  const earliest = bySeconds(instance, vehicle, visits, begin);
  if (earliest === null || visits.length === 0) return earliest;
  const { workSecond = 0, unevenHours = 0 } = plain.weights;
  if (shift.longestSeconds === undefined && workSecond === 0 && unevenHours === 0) return earliest;
  const homeAt = earliest.at(-1) as number;
  let times = earliest;
  let setOut = begin;
  for (let departAt = begin; departAt <= homeAt; departAt++) {
    const later = bySeconds(instance, vehicle, visits, departAt);
    if (later === null || later.at(-1) !== homeAt) continue;
    times = later;
    setOut = departAt;
  }
  return homeAt - setOut <= (shift.longestSeconds ?? homeAt) ? times : null;
}

/** Earliest times by looking at each second in turn, from the raw numbers; frozen visits left aside. */
function bySeconds(instance: Instance, vehicle: number, visits: readonly number[], departAt: number): number[] | null {
  const { plain } = instance;
  const shift = plain.engineers.flatMap(({ shifts }) => shifts)[vehicle];
  if (shift === undefined) return null;
  const busy = (shift.unavailable ?? []).filter(({ from, to }) => from < to);
  const LAST = 2000;
  let now = departAt;
  let location = shift.freeAtLocation ?? shift.startLocation;
  const drive = (to: number) => {
    const way = plain.travelSeconds[location * plain.locationCount + to] as number;
    const setup = location === to ? 0 : (plain.setupSeconds?.[to] ?? 0);
    while (!free(busy, now, driven(plain, location, now, way) + setup)) now++;
    now = driven(plain, location, now, way) + setup;
    location = to;
  };
  const starts: number[] = [];
  for (const index of visits) {
    const visit = plain.visits[index];
    if (visit === undefined) return null;
    drive(visit.location);
    const service = visit.serviceSecondsBy?.find((own) => own.engineer === instance.engineerOf(vehicle))?.seconds;
    const takes = service ?? visit.serviceSeconds;
    const fits = () => {
      const open = visit.windows ?? [];
      const inWindow = open.length === 0 || open.some(({ from, to }) => from <= now && now <= to);
      return inWindow && now >= (visit.release ?? now) && free(busy, now, now + Math.max(1, takes));
    };
    while (!fits()) if (++now > LAST) return null;
    starts.push(now);
    now += takes;
  }
  if (shift.endLocation !== null) drive(shift.endLocation);
  return visits.length > 0 && now > shift.to + (shift.overtimeSeconds ?? 0) ? null : [...starts, now];
}

/** Second by second: in each so many hundredths of a second of the way are done. */
function driven({ speeds }: PlainInstance, from: number, departAt: number, way: number): number {
  let now = departAt;
  for (let left = 100 * way; left > 0; now++) {
    const profile = speeds?.profiles[speeds.profileOf?.[from] ?? 0] ?? [];
    left -= profile.findLast((step) => step.from <= now)?.percent ?? 100;
  }
  return now;
}

test('[T1] times are the earliest there are, second by second', () => {
  const small = anyInstance({ visits: 4, engineers: 1, shifts: 1 });
  fc.assert(
    fc.property(fc.oneof(small, small.chain(withSpeeds)), (plain) => {
      const visits = plain.visits.map(({ frozen: _, preferred: __, ...visit }) => visit); // no waiting: waiting.test.ts
      const instance = buildInstance({ ...plain, visits });
      for (let count = 0; count <= visits.length; count++) {
        const order = Array.from({ length: count }, (_, visit) => visit);
        const starts = new Float64Array(count);
        const homeAt = timeRoute(instance, 0, order, starts);
        const expected = expectedTimes(instance, 0, order);
        expect(homeAt === NEVER ? null : [...starts, homeAt]).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});

test('[T2] the latest departure is the last that is free and in time', () => {
  const busyTimes = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 12 })), { maxLength: 3 });
  fc.assert(
    fc.property(busyTimes, fc.nat(80), fc.integer({ min: 1, max: 10 }), (intervals, arriveBy, seconds) => {
      const unavailable = intervals.map(([from, length]) => ({ from, to: from + length }));
      const engineers = [anEngineer({ shifts: [aShift({ unavailable })] })];
      const instance = buildInstance(onALine([0], { engineers }));
      let latest = arriveBy - seconds;
      while (!free(unavailable, latest, latest + seconds)) latest--;
      expect(latestFree(instance, 0, arriveBy, seconds)).toBe(latest);
      expect(earliestFree(instance, 0, latest, seconds)).toBe(latest);
    }),
  );
});

test('[T6] with speeds that change, the latest departure is the last that is in time, and nobody overtakes', () => {
  fc.assert(
    fc.property(
      anyInstance({ visits: 0, engineers: 1, shifts: 1 }).chain(withSpeeds),
      fc.nat(4),
      fc.integer({ min: -20, max: 300 }),
      (plain, place, moment) => {
        const instance = buildInstance(plain);
        const from = place % plain.locationCount;
        const to = (place + 1) % plain.locationCount;
        const leave = latestDeparture(instance, 0, moment, from, to);
        expect(arrival(instance, 0, leave, from, to)).toBeLessThanOrEqual(moment);
        expect(arrival(instance, 0, leave + 1, from, to)).toBeGreaterThan(moment);
        expect(arrival(instance, 0, moment, from, to)).toBeLessThanOrEqual(arrival(instance, 0, moment + 1, from, to));
      },
    ),
    { numRuns: 500 },
  );
});

test('[T7] a rush hour by hand', () => {
  // 60 s of way; half speed in [100, 140). Leaving at 80: 20 s done by 100, 20 more by 140, the rest by 160.
  const speeds = {
    profiles: [
      [
        { from: 100, percent: 50 },
        { from: 140, percent: 100 },
      ],
    ],
  };
  const instance = buildInstance(onALine([0, 60], { speeds }));
  expect(arrival(instance, 0, 80, 0, 1)).toBe(160);
  expect(latestDeparture(instance, 0, 160, 0, 1)).toBe(80);
  expect(arrival(instance, 0, 40, 0, 1)).toBe(100);
  expect(arrival(instance, 0, 120, 0, 1)).toBe(190);
  expect(instance.travelSecondsAt(0, 1, 80)).toBe(80);
});

test('[T3] nobody drives through an appointment', () => {
  // Home 0, hospital 30 s away. Free until 100, then busy to 200. A visit released at 90 takes 20 s:
  // it cannot run from 90 to 110, so it starts at 200; home at 200 + 20 + 30 = 250.
  const engineers = [anEngineer({ shifts: [aShift({ unavailable: [{ from: 100, to: 200 }] })] })];
  const visits = [aVisit(1, { serviceSeconds: 20, release: 90 })];
  const instance = buildInstance(onALine([0, 30], { engineers, visits }));
  const starts = new Float64Array(1);
  expect(timeRoute(instance, 0, [0], starts)).toBe(250);
  expect(starts[0]).toBe(200);
});

test('[T4] a frozen visit starts when it starts, and what comes before must fit', () => {
  // Frozen at 100, 50 s away from home, so the engineer leaves by 50. The visit at 30 s: there 30, done 40, on to 50 at 60. Fits.
  // With a service of 60 s it would be done at 90 and at the frozen one at 110: too late.
  const frozen = aVisit(2, { frozen: { engineer: 0, shift: 0, startAt: 100 } });
  const short = buildInstance(onALine([0, 30, 50], { visits: [aVisit(1), frozen] }));
  const long = buildInstance(onALine([0, 30, 50], { visits: [aVisit(1, { serviceSeconds: 60 }), frozen] }));
  const starts = new Float64Array(2);
  expect(timeRoute(short, 0, [0, 1], starts)).toBe(160);
  expect([...starts]).toEqual([30, 100]);
  expect(timeRoute(long, 0, [0, 1], starts)).toBe(NEVER);
});

test('[T5] frozen visits that contradict each other are still a route', () => {
  const at = (startAt: number) => ({ frozen: { engineer: 0, shift: 0, startAt } });
  const visits = [aVisit(1, at(5)), aVisit(0, at(10))]; // 30 s apart, 5 s between their starts
  const instance = buildInstance(onALine([0, 30], { visits }));
  expect(timeRoute(instance, 0, [0, 1], new Float64Array(2))).toBe(20);
});
