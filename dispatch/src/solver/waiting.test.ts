import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planFrom } from './brute-force.ts';
import { checkPlan } from './check-plan.ts';
import { cost } from './cost.ts';
import { buildInstance, type PlainInstance } from './instance.ts';
import { downtimeCost, latenessCost, urgencyCost } from './penalty.ts';
import { onlyTravel } from './plain.ts';
import { NEVER, timeRoute } from './schedule.ts';
import { solve } from './search.ts';
import { anEngineer, anyInstance, aShift, aVisit, onALine } from './test-cases.ts';

/** Home 0, A at 30, B at 50; A had better start from 100 to 120. */
const world = (outsidePreferred: number, more: Partial<PlainInstance['weights']> = {}, to = 1000) =>
  onALine([0, 30, 50], {
    engineers: [anEngineer({ shifts: [aShift({ to })] })],
    visits: [aVisit(1, { preferred: [{ from: 100, to: 120 }] }), aVisit(2, { due: 60 })],
    weights: { ...onlyTravel, outsidePreferred, ...more },
  });
const startsOf = (plain: PlainInstance) => {
  const { plan } = solve(buildInstance(plain), { iterations: 100, seed: 1 });
  return plan.routes.flatMap(({ stops }) => stops.map(({ visit, startAt }) => [visit, startAt]));
};

test('[P1] who has nothing else to do waits for the hour preferred', () => {
  expect(startsOf(world(5))).toContainEqual([0, 100]);
  expect(startsOf(world(0))).toContainEqual([0, 80]); // a weight of zero: as early as can be, here after B
});

test('[P2] nobody waits where that costs others more', () => {
  // A first and B on time at 60, or B first at 50 and A at 100; with lateness dear and B only reachable by A, A does not wait.
  const plain = world(5, { lateSecond: 10 });
  const instance = buildInstance(plain);
  const starts = new Float64Array(2);
  expect(timeRoute(instance, 0, [0, 1], starts)).toBe(120);
  expect([...starts]).toEqual([30, 60]);
  const cheap = buildInstance(world(5));
  timeRoute(cheap, 0, [0, 1], starts);
  expect([...starts]).toEqual([100, 130]);
});

test('[P3] a preference is no rule: where there is no time to wait, the visit is made at the other hour', () => {
  expect(startsOf(world(5, {}, 75)).map(([visit]) => visit)).toContain(0);
});

/** The cheapest times of an order by trying every second for every visit, from the raw numbers; ways left aside. */
function leastBySeconds(plain: PlainInstance, order: readonly number[]): number {
  const { weights } = plain;
  const [shift] = plain.engineers[0]?.shifts ?? [];
  if (shift === undefined) return NEVER;
  const end = shift.to + (shift.overtimeSeconds ?? 0);
  const free = (from: number, to: number) =>
    (shift.unavailable ?? []).every((busy) => busy.from >= busy.to || to <= busy.from || busy.to <= from);
  const arrive = (ready: number, seconds: number) => {
    let at = ready;
    while (seconds > 0 && !free(at, at + seconds)) at++;
    return at + seconds;
  };
  const way = (from: number, to: number) =>
    (plain.travelSeconds[from * plain.locationCount + to] as number) +
    (from === to ? 0 : (plain.setupSeconds?.[to] ?? 0));
  const known = new Map<string, number>();
  const from = (k: number, location: number, ready: number): number => {
    const key = `${k} ${ready}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    let least = NEVER;
    const visit = plain.visits[order[k] ?? -1];
    if (visit === undefined) {
      const home = shift.endLocation === null ? ready : arrive(ready, way(location, shift.endLocation));
      least = home > end ? NEVER : weights.overtimeSecond * Math.max(0, home - shift.to);
    } else {
      const own = visit.serviceSecondsBy?.find(({ engineer }) => engineer === 0)?.seconds;
      const takes = own ?? visit.serviceSeconds;
      const inside = (windows: typeof visit.windows, at: number) =>
        (windows ?? []).length === 0 || (windows ?? []).some((window) => window.from <= at && at <= window.to);
      for (let at = arrive(ready, way(location, visit.location)); at + takes <= end; at++) {
        if (at < (visit.release ?? at) || !inside(visit.windows, at) || !free(at, at + Math.max(1, takes))) continue;
        const hours = inside(visit.preferred, at) ? 0 : (weights.outsidePreferred ?? 0);
        const stop =
          latenessCost(visit, weights, at) + downtimeCost(visit, weights, at) + urgencyCost(visit, weights, at) + hours;
        least = Math.min(least, stop + from(k + 1, visit.location, at + takes));
      }
    }
    known.set(key, least);
    return least;
  };
  const begin = Math.max(shift.from, shift.freeAt ?? shift.from);
  return from(0, shift.freeAtLocation ?? shift.startLocation, begin);
}

test('[P4] no other times of an order cost less, and every order that can be driven is', () => {
  fc.assert(
    fc.property(anyInstance({ visits: 4, engineers: 1, shifts: 1 }), (plain) => {
      const visits = plain.visits.map(({ frozen: _, previous: __, skills: ___, ...visit }) => visit);
      const weights = { ...plain.weights, workSecond: 0, unevenHours: 0 };
      const engineers = plain.engineers.map(({ shifts }) => ({
        skills: [],
        shifts: shifts.map(({ longestSeconds: _, ...shift }) => shift),
      }));
      const calm = { ...plain, engineers, visits, weights };
      const instance = buildInstance(calm);
      const order = visits.map((_, visit) => visit);
      const starts = new Float64Array(order.length);
      const homeAt = timeRoute(instance, 0, order, starts);
      const least = order.length === 0 ? 0 : leastBySeconds(calm, order);
      expect(homeAt === NEVER).toBe(least === NEVER);
      const plan = homeAt === NEVER ? null : planFrom(instance, [order]);
      if (plan === null) return; // too much for the van
      const { lateness, downtime, urgency, hours, overtime } = cost(instance, plan);
      expect(lateness + downtime + urgency + hours + overtime).toBe(least);
      expect(checkPlan(instance, plan).filter(({ kind }) => kind !== 'excluded' && kind !== 'required')).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
