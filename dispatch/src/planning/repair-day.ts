import { closestRefusal, findPlaces } from '../solver/insertion.ts';
import { type Instance, ownInstance } from '../solver/instance.ts';
import type { PlainInstance, PlainInterval } from '../solver/plain.ts';
import type { Plan, Route, Unassigned } from '../solver/plan.ts';
import { repairPlan } from '../solver/repair.ts';
import { NEVER, timeRoute } from '../solver/schedule.ts';
import { timedRoute } from '../solver/timed-route.ts';

/** Seconds on the instance's axis, visits and engineers by index, as everywhere in the solver. */
export interface DayToRepair {
  readonly plain: PlainInstance;
  /** The plan in force. */
  readonly start: Plan;
  /** By visit: the start it has, and the last moment of the window told; null for one that nobody was told of. */
  readonly told: readonly (PlainInterval | null)[];
  /** Visits nobody was told of that are to have a place at once. */
  readonly urgent: readonly number[];
  readonly maxMoved?: number;
  /** Limit of work in all: routes asked for a place. */
  readonly looks?: number;
}

export interface RepairedDay {
  readonly plan: Plan;
  /** Visits that could not stay where they were. */
  readonly lost: readonly number[];
  /** Visits that could, and gave way to one of those. */
  readonly moved: readonly number[];
  /** Without a place, and a place was looked for. */
  readonly tried: readonly number[];
}

export const MOST_MOVED = 3;
/** A place costs one to two microseconds to ask for: some 200 ms at most. */
const MOST_LOOKS = 60_000;
const MOST_LOOKS_EACH = 20_000;

/**
 * The answer to a day that went wrong: every visit that still can stays with its engineer, begins when it was to begin, or as
 * little later within the window told as can be. The others get a place one after the other, the most urgent first: within the
 * window told if there is one, else at any time. At most `maxMoved` others give way in all, none of them out of the window told.
 * Nobody is moved for what costs less to leave out. Pure.
 */
export function repairDay({ plain, start, told, urgent, ...limits }: DayToRepair): RepairedDay {
  const instance = ownInstance(plain);
  const { maxMoved = MOST_MOVED, looks = MOST_LOOKS } = limits;
  const held = instance.copyToHold();
  told.forEach((window, visit) => {
    if (window !== null && instance.frozenVehicle(visit) < 0) held.hold(visit, window.from, window.to);
  });
  let plan = keep(held, start);
  const kept = visitsOf(plan);
  const lost = told.flatMap((window, visit) => (window === null || kept.has(visit) ? [] : [visit]));
  const wanted = [...lost, ...urgent.filter((visit) => !kept.has(visit))].sort(byUrgency(instance));
  const moved = new Set<number>();
  const place = (within: Instance, visit: number) => {
    const each = Math.min(MOST_LOOKS_EACH, Math.floor(looks / wanted.length));
    const repaired = repairPlan(within, plan, visit, { maxMoved: maxMoved - moved.size, looks: each });
    if (repaired.extra === null || repaired.extra.total >= 0) return;
    plan = repaired.plan;
    for (const other of repaired.moved) if (!wanted.includes(other.visit)) moved.add(other.visit);
  };
  for (const visit of wanted) place(held, visit);

  // Those left have no place in the window told: another one has to be told.
  const absent = () => wanted.filter((visit) => !visitsOf(plan).has(visit));
  const loose = instance.copyToHold();
  const free = new Set(absent());
  told.forEach((window, visit) => {
    if (window !== null && !free.has(visit) && instance.frozenVehicle(visit) < 0)
      loose.hold(visit, window.from, window.to);
  });
  for (const visit of free) place(loose, visit);
  return { plan: withAbsent(loose, plan, new Set(absent())), lost, moved: [...moved], tried: absent() };
}

/** As many of the visits of each day as can still be made as they were to be made; where not all can, the most urgent. */
function keep(held: Instance, start: Plan): Plan {
  const orders = new Map(start.routes.map(({ vehicle, stops }) => [vehicle, stops]));
  const fixed = Array.from({ length: held.visitCount }, (_, visit) => held.frozenVehicle(visit));
  const vehicles = [...new Set([...orders.keys(), ...fixed.filter((vehicle) => vehicle >= 0)])].sort((a, b) => a - b);
  const startOf = new Map(start.routes.flatMap(({ stops }) => stops.map(({ visit, startAt }) => [visit, startAt])));
  const begins = (visit: number) => (fixed[visit] === -1 ? (startOf.get(visit) as number) : held.frozenStart(visit));
  const byStart = (a: number, b: number) => begins(a) - begins(b) || a - b;
  const routes = vehicles.flatMap((vehicle) => {
    const engineer = held.engineerOf(vehicle);
    const frozen = fixed.flatMap((of, visit) => (of === vehicle ? [visit] : []));
    const free = (orders.get(vehicle) ?? [])
      .map(({ visit }) => visit)
      .filter((visit) => fixed[visit] === -1 && held.refusalOf(engineer, visit) === null);
    const whole = routeOf(held, vehicle, [...frozen, ...free].sort(byStart));
    if (whole !== null) return whole;
    let order = frozen.sort(byStart);
    for (const visit of free.sort(byUrgency(held))) {
      const more = [...order, visit].sort(byStart);
      if (routeOf(held, vehicle, more) !== null) order = more;
    }
    return routeOf(held, vehicle, order) ?? [];
  });
  return { routes: routes.filter(({ stops }) => stops.length > 0), unassigned: [] };
}

/** No waiting for preferred hours: whoever was told an hour keeps it. */
function routeOf(held: Instance, vehicle: number, order: readonly number[]): Route | null {
  const starts = new Float64Array(order.length);
  const homeAt = timeRoute(held, vehicle, order, starts, { from: ANY_FROM, to: ANY_TO, loose: order });
  return homeAt === NEVER ? null : timedRoute(held, vehicle, order, starts, homeAt);
}
const ANY_FROM = new Float64Array(0);
const ANY_TO = new Float64Array(0);

function byUrgency({ plain }: Instance) {
  const key = (visit: number) => {
    const { mandatory = false, priority = 0, due = Number.POSITIVE_INFINITY } = plain.visits[visit] ?? {};
    return { rank: (mandatory ? 1_000 : 0) + priority, due };
  };
  return (a: number, b: number) => {
    const [one, other] = [key(a), key(b)];
    return other.rank - one.rank || (one.due === other.due ? a - b : one.due - other.due);
  };
}

const visitsOf = ({ routes }: Plan) => new Set(routes.flatMap(({ stops }) => stops.map(({ visit }) => visit)));

/** Of whom nobody asked, it is only said that they are not in the plan. */
function withAbsent(instance: Instance, plan: Plan, tried: ReadonlySet<number>): Plan {
  const there = visitsOf(plan);
  const unassigned: Unassigned[] = [];
  for (let visit = 0; visit < instance.visitCount; visit++) {
    if (there.has(visit)) continue;
    const reason = tried.has(visit) ? closestRefusal(findPlaces(instance, plan, visit)) : 'cost';
    unassigned.push({ visit, reason });
  }
  return { ...plan, unassigned };
}
