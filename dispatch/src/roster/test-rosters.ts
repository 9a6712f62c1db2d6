import fc from 'fast-check';
import { isoDate, type RosterProblem, type Rota, readRoster } from './problem.ts';

/** For tests: small problems that use every rule and every term, days around the week that begins on 2026-03-02, a Monday. */
const MONDAY = 20_514;
const upTo = (most: number) => fc.integer({ min: 0, max: most });
const aDay = (least: number, most: number) => fc.integer({ min: least, max: most }).map((day) => isoDate(MONDAY + day));
const rarely = <T>(arbitrary: fc.Arbitrary<T>, key: string) =>
  fc.option(arbitrary, { nil: undefined, freq: 2 }).map((value) => (value === undefined ? {} : { [key]: value }));

const shifts = [
  { id: 'early', from: '06:00', to: '14:00', breakMinutes: 30 },
  { id: 'late', from: '13:00', to: '21:30', breakMinutes: 30 },
  { id: 'night', from: '21:00', to: '07:00' },
];

const aBlock = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    fc.constantFrom(['06:00', '14:00'], ['08:00', '20:00'], ['00:00', '06:00'], ['21:00', '24:00']),
    upTo(2),
    upTo(1),
    rarely(fc.constantFrom('mri', 'ct'), 'skill'),
    rarely(fc.constantFrom('north', 'south'), 'region'),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([weekdays, [from, to], minimum, more, skill, region, level]) => ({
    weekdays,
    from,
    to,
    minimum,
    desired: minimum + more,
    level,
    ...skill,
    ...region,
  }));

const anEngineer = (id: string) =>
  fc
    .tuple(
      fc.dictionary(fc.constantFrom('mri', 'ct'), fc.integer({ min: 1, max: 3 }), { maxKeys: 2 }),
      rarely(fc.subarray(['north', 'south'], { minLength: 1 }), 'regions'),
      fc.tuple(upTo(30), upTo(20)).map(([least, more]) => ({ least, most: least + more })),
      fc.array(fc.tuple(aDay(0, 13), upTo(3)), { maxLength: 1 }),
      fc.tuple(fc.boolean(), upTo(2), upTo(2)),
      fc.array(
        fc.tuple(rarely(fc.integer({ min: 1, max: 7 }), 'weekday'), rarely(fc.constantFrom('late', 'night'), 'shift')),
        {
          maxLength: 2,
        },
      ),
    )
    .map(([skills, regions, hoursPerWeek, leave, [onCall, onCallBefore, weekendsBefore], avoids]) => ({
      id,
      skills,
      ...regions,
      hoursPerWeek,
      leave: leave.map(([from, days]) => ({ from, to: isoDate(Date.parse(`${from}T00:00:00Z`) / 86_400_000 + days) })),
      onCall,
      onCallBefore,
      weekendsBefore,
      avoids: avoids.map(([weekday, shift]) => ({ ...weekday, ...shift, weight: 2 })),
    }));

const names = ['ada', 'bo', 'chen', 'dara'];

export const anyRoster = (most: { engineers: number; weeks: number }): fc.Arbitrary<RosterProblem> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: most.weeks }),
      upTo(6),
      fc.array(aBlock, { maxLength: 3 }),
      fc.integer({ min: 1, max: most.engineers }).chain((count) => fc.tuple(...names.slice(0, count).map(anEngineer))),
      fc.tuple(fc.constantFrom(0, 11, 20), fc.integer({ min: 1, max: 6 }), fc.boolean()),
      fc.uniqueArray(fc.tuple(fc.constantFrom(...names), aDay(-7, 13), fc.constantFrom('early', 'late', 'night')), {
        selector: ([name, day]) => `${name} ${day}`,
        maxLength: 8,
      }),
    )
    .map(([weeks, day, demand, engineers, [restHours, longestRunDays, onCallWeekly], present]) => {
      const known = new Set(engineers.map(({ id }) => id));
      return readRoster({
        from: isoDate(MONDAY + day),
        weeks,
        shifts,
        demand,
        engineers,
        rules: { restHours, longestRunDays, onCallWeekly },
        present: present
          .filter(([engineer]) => known.has(engineer))
          .map(([engineer, date, shift]) => ({ engineer, date, shift })),
      });
    });

/** Somebody's idea of a rota, good or bad, of as many duties as tosses say. */
export const anyRota = (problem: RosterProblem): fc.Arbitrary<Rota> => {
  const first = Date.parse(`${problem.from}T00:00:00Z`) / 86_400_000;
  const places = problem.engineers.flatMap(({ id }) =>
    Array.from({ length: 7 * problem.weeks }, (_, day) => ({ engineer: id, date: isoDate(first + day) })),
  );
  return fc
    .array(fc.constantFrom(null, null, null, 'early', 'late', 'night'), {
      minLength: places.length,
      maxLength: places.length,
    })
    .map((tosses) => ({
      duties: places.flatMap((place, k) => (tosses[k] === null ? [] : [{ ...place, shift: tosses[k]! }])),
      onCall: [],
    }));
};
