import fc from 'fast-check';
import type {
  PlainEngineer,
  PlainInstance,
  PlainInterval,
  PlainLink,
  PlainShift,
  PlainSpeeds,
  PlainVisit,
  Weights,
} from './instance.ts';
import { circleIn } from './links.ts';
import { onlyTravel } from './plain.ts';

/** Instances for tests: small worked ones from builders, and arbitrary ones that use every feature with tiny numbers. */

export function aVisit(location: number, rest: Partial<PlainVisit> = {}): PlainVisit {
  return { location, serviceSeconds: 10, priority: 0, ...rest };
}

/** Works from 0 to 1000, from and to location 0. */
export function aShift(rest: Partial<PlainShift> = {}): PlainShift {
  return { startLocation: 0, endLocation: 0, from: 0, to: 1000, ...rest };
}

export function anEngineer(rest: Partial<PlainEngineer> = {}): PlainEngineer {
  return { skills: [], shifts: [aShift()], ...rest };
}

/** Locations on a line, `positions` apart in seconds, and ten metres a second. */
export function onALine(positions: readonly number[], rest: Partial<PlainInstance>): PlainInstance {
  const travel = positions.flatMap((a) => positions.map((b) => Math.abs(a - b)));
  return {
    locationCount: positions.length,
    travelSeconds: travel,
    distanceMetres: travel.map((seconds) => 10 * seconds),
    engineers: [anEngineer()],
    visits: [],
    weights: onlyTravel,
    ...rest,
  };
}

const upTo = (most: number) => fc.integer({ min: 0, max: most });
const anInterval = (most: number, longest: number): fc.Arbitrary<PlainInterval> =>
  fc.tuple(upTo(most), upTo(longest)).map(([from, length]) => ({ from, to: from + length }));

const someWeights: fc.Arbitrary<Weights> = fc.record({
  travelSecond: upTo(3),
  distanceMetre: upTo(1),
  lateSecond: upTo(4),
  downtime: upTo(2),
  overtimeSecond: upTo(5),
  workSecond: upTo(1),
  unevenHours: fc.constantFrom(0, 0, 0, 40_000),
  churnPerMovedVisit: upTo(40),
  churnToleranceSeconds: upTo(20),
  overQualifiedLevel: upTo(10),
  notPreferred: upTo(30),
  unfamiliar: upTo(20),
  outOfTerritory: upTo(20),
  outsidePreferred: upTo(60),
  waitingSecondByPriority: fc.array(upTo(3), { maxLength: 3 }),
  unassignedByPriority: fc.array(upTo(300), { minLength: 3, maxLength: 3 }),
});

const someSkills = (highest: number) =>
  fc.uniqueArray(fc.record({ skill: upTo(1), level: upTo(highest) }), { selector: ({ skill }) => skill, maxLength: 2 });

const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Without what is undefined. */
function present<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** The same problem without what makes times cost something, or more than one window, appointment or fixed visit. */
export function plainer(plain: PlainInstance): PlainInstance {
  const { weights, engineers, visits } = plain;
  const none = { lateSecond: 0, downtime: 0, overtimeSecond: 0, churnPerMovedVisit: 0, overQualifiedLevel: 0 };
  const quiet = {
    ...none,
    notPreferred: 0,
    unfamiliar: 0,
    outOfTerritory: 0,
    outsidePreferred: 0,
    waitingSecondByPriority: [],
  };
  return {
    ...plain,
    weights: { ...weights, ...quiet },
    engineers: engineers.map((engineer) => ({
      ...engineer,
      shifts: engineer.shifts.map(({ unavailable: _, ...shift }) => shift),
    })),
    visits: visits.map(({ frozen: _, windows, ...visit }) => ({ ...visit, windows: windows?.slice(0, 1) ?? [] })),
  };
}

function someShift(locations: number, day: number): fc.Arbitrary<PlainShift> {
  const at = upTo(locations - 1);
  return fc
    .record({
      startLocation: at,
      endLocation: fc.option(at, { nil: null, freq: 4 }),
      from: upTo(20),
      length: fc.integer({ min: 20, max: 90 }),
      overtimeSeconds: upTo(20),
      unavailable: fc.array(anInterval(110, 25), { maxLength: 2 }),
      capacity: rarely(fc.array(upTo(8), { maxLength: 2 })),
      longestSeconds: rarely(fc.integer({ min: 10, max: 90 })),
      fixedCost: rarely(upTo(30)),
      free: rarely(fc.record({ freeAt: upTo(120), freeAtLocation: at })),
    })
    .map(({ from, length, unavailable, free, ...rest }) => ({
      ...present(rest),
      from: day + from,
      to: day + from + length,
      unavailable: unavailable.map((busy) => ({ from: day + busy.from, to: day + busy.to })),
      ...(free && { freeAt: day + free.freeAt, freeAtLocation: free.freeAtLocation }),
    }));
}

/** One or two profiles with up to three steps each, from a quarter of the speed to twice it. */
function someSpeeds(locations: number): fc.Arbitrary<PlainSpeeds> {
  const step = fc.record({ from: upTo(260), percent: fc.integer({ min: 25, max: 200 }) });
  const profile = fc
    .uniqueArray(step, { selector: ({ from }) => from, maxLength: 3 })
    .map((steps) => steps.sort((a, b) => a.from - b.from));
  return fc.record(
    {
      profiles: fc.tuple(profile, profile),
      profileOf: fc.array(upTo(1), { minLength: locations, maxLength: locations }),
    },
    { requiredKeys: ['profiles'] },
  );
}

/** The same, with speeds that change with the hour. */
export const withSpeeds = (plain: PlainInstance): fc.Arbitrary<PlainInstance> =>
  someSpeeds(plain.locationCount).map((speeds) => ({ ...plain, speeds }));

/** Links that go from a visit to one of a higher number; every other one is a crew. */
function someLinks(visits: number): fc.Arbitrary<PlainLink[]> {
  const pair = fc.tuple(upTo(visits - 2), upTo(visits - 2)).map(([a, b]) => ({
    first: Math.min(a, b),
    second: Math.max(a, b) + 1,
  }));
  const after = fc.record(
    { kind: fc.constant('after' as const), minGapSeconds: upTo(30), more: upTo(60), sameEngineer: fc.boolean() },
    { requiredKeys: ['kind'] },
  );
  const kind = fc.oneof(
    fc.constant({ kind: 'together' as const }),
    after.map(({ more, ...rest }) => ({
      ...rest,
      ...(more !== undefined && { maxGapSeconds: (rest.minGapSeconds ?? 0) + more }),
    })),
  );
  return fc
    .array(fc.tuple(kind, pair), { minLength: 1, maxLength: 3 })
    .map((list) => list.map(([rest, { first, second }]): PlainLink => ({ ...rest, first, second })));
}

/** The same with days so long and visits so easy to serve that most of them are, tied or not; hours and promises cost nothing. */
export function roomy(plain: PlainInstance): PlainInstance {
  const { weights, engineers, visits } = plain;
  return {
    ...plain,
    weights: {
      ...weights,
      workSecond: 0,
      unevenHours: 0,
      churnPerMovedVisit: 0,
      unassignedByPriority: [500, 600, 700],
    },
    engineers: engineers.map((engineer) => ({
      ...engineer,
      shifts: engineer.shifts.map(({ from, to, startLocation, endLocation, unavailable = [], fixedCost = 0 }, s) => {
        const next = engineer.shifts[s + 1]?.from ?? Number.POSITIVE_INFINITY;
        return { startLocation, endLocation, unavailable, fixedCost, from, to: Math.min(to + 120, next) };
      }),
    })),
    visits: visits.map(({ skills: _, requiredEngineer: __, excludedEngineers: ___, amount: ____, ...visit }) => ({
      ...visit,
      windows: (visit.windows ?? []).map(({ from, to }) => ({ from: Math.max(0, from - 100), to })),
      mandatory: false,
    })),
  };
}

/** The same, with visits that are tied to each other (where there are two). */
export const withLinks = (plain: PlainInstance): fc.Arbitrary<PlainInstance> =>
  plain.visits.length < 2
    ? fc.constant(plain)
    : someLinks(plain.visits.length)
        .map((links) => ({ ...plain, links }))
        .filter(({ links }) => circleIn(links) === null);

function someVisit(locations: number, engineers: readonly PlainEngineer[]): fc.Arbitrary<PlainVisit> {
  const engineer = upTo(engineers.length - 1);
  const working = engineers.flatMap(({ shifts }, e) => shifts.map((_, s) => ({ engineer: e, shift: s })));
  return fc.record(
    {
      location: upTo(locations - 1),
      serviceSeconds: upTo(25),
      priority: upTo(2),
      windows: fc.array(anInterval(280, 60), { maxLength: 2 }),
      preferred: fc.array(anInterval(280, 30), { maxLength: 2 }),
      release: fc.integer({ min: -20, max: 120 }),
      skills: someSkills(2),
      amount: fc.array(upTo(4), { maxLength: 2 }),
      requiredEngineer: engineer,
      excludedEngineers: fc.array(engineer, { maxLength: 1 }),
      preferredEngineers: fc.array(engineer, { maxLength: 2 }),
      familiarEngineers: fc.array(engineer, { maxLength: 2 }),
      territoryEngineers: fc.array(engineer, { maxLength: 2 }),
      serviceSecondsBy: fc.uniqueArray(fc.record({ engineer, seconds: upTo(30) }), {
        selector: (entry) => entry.engineer,
        maxLength: 2,
      }),
      due: upTo(200),
      latePerSecond: upTo(3),
      downtime: fc.uniqueArray(fc.record({ from: upTo(200), perSecond: upTo(5) }), {
        selector: ({ from }) => from,
        maxLength: 3,
      }),
      waitingSince: fc.integer({ min: -20, max: 100 }),
      mandatory: fc.boolean(),
      previous: fc.record({ engineer, startAt: upTo(250) }),
      frozen: fc
        .record({ on: fc.constantFrom(...working), startAt: upTo(220) })
        .map(({ on, startAt }) => ({ ...on, startAt })),
    },
    { requiredKeys: ['location', 'serviceSeconds', 'priority'] },
  );
}

/** Each optional field is there half the time, so thin out those that close the most doors. */
function thinned(visit: PlainVisit, keep: number): PlainVisit {
  const { requiredEngineer, frozen, windows, ...rest } = visit;
  return {
    ...rest,
    downtime: [...(visit.downtime ?? [])].sort((a, b) => a.from - b.from),
    ...(requiredEngineer !== undefined && (keep & 3) === 0 && { requiredEngineer }),
    ...(frozen !== undefined && (keep & 12) === 0 && { frozen }),
    ...(windows !== undefined && (keep & 16) === 0 && { windows }),
  };
}

/** Up to three engineers with up to two days of 150 seconds each; travel neither symmetric nor metric. */
export function anyInstance(most: { visits: number; engineers: number; shifts: number }): fc.Arbitrary<PlainInstance> {
  const places = fc.integer({ min: 1, max: 5 });
  return places.chain((locations) => {
    const days = fc
      .integer({ min: 1, max: most.shifts })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, day) => someShift(locations, 150 * day))));
    const engineer: fc.Arbitrary<PlainEngineer> = fc.record({ skills: someSkills(3), shifts: days });
    const matrix = (longest: number) =>
      fc.array(upTo(longest), { minLength: locations * locations, maxLength: locations * locations });
    return fc
      .array(engineer, { minLength: 1, maxLength: most.engineers })
      .chain((engineers) =>
        fc.record({
          locationCount: fc.constant(locations),
          travelSeconds: matrix(15),
          distanceMetres: matrix(30),
          engineers: fc.constant(engineers),
          visits: fc.array(
            fc.tuple(someVisit(locations, engineers), upTo(31)).map(([visit, keep]) => thinned(visit, keep)),
            { maxLength: most.visits },
          ),
          weights: someWeights,
          setups: rarely(fc.array(upTo(12), { minLength: locations, maxLength: locations })),
        }),
      )
      .map(({ setups, ...plain }) => {
        const ends = new Set(plain.engineers.flatMap(({ shifts }) => shifts.map(({ endLocation }) => endLocation)));
        return setups === undefined
          ? plain
          : { ...plain, setupSeconds: setups.map((seconds, location) => (ends.has(location) ? 0 : seconds)) };
      });
  });
}
