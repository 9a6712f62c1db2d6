import { arriveAfter, firstIn, lastIn, NEVER } from './gaps.ts';
import { Loads } from './loads.ts';
import type { VroomModel } from './model.ts';
import type { ProblemVehicle, VroomProblem } from './problem.ts';
import { way } from './way.ts';

/** One line of a route, with every time written out. Seconds on the request's own axis. */
export interface Step {
  readonly type: 'start' | 'job' | 'pickup' | 'delivery' | 'break' | 'end';
  /** Index among the problem's stops, or among the breaks of the request's vehicle; -1 for start and end. */
  readonly index: number;
  /** -1: a break, which is wherever the vehicle is. */
  readonly location: number;
  readonly arrival: number;
  readonly waiting: number;
  readonly setup: number;
  readonly service: number;
  /** Driven so far. */
  readonly travel: number;
  readonly metres: number;
  readonly load: readonly number[];
}

/** What comes after what: stops by index, and after which of them (0: the start) each break is taken, in order. */
export interface Sequence {
  readonly stops: readonly number[];
  readonly breakAfter: readonly number[];
}

/** Where breaks go so that the route ends as early as it can. The route must be one that `VroomModel.build` gives. */
export function placeBreaks(
  model: VroomModel,
  problem: VroomProblem,
  vehicle: number,
  stops: readonly number[],
): Sequence {
  const v = model.vehicle(vehicle);
  const loads = new Loads(problem, stops);
  const states = v.breaks.length + 1;
  const width = stops.length + 2;
  const best = new Float64Array(width * states).fill(NEVER);
  const cameFrom = new Int32Array(width * states).fill(-1);
  best[0] = v.from;
  let from = v.start;
  for (let i = 0; i <= stops.length; i++) {
    const stop = stops[i];
    const to = stop === undefined ? v.end : model.locationOf(stop);
    const travel = way(v.ways.seconds, v.ways.count, from, to);
    for (let k = 0; k < states; k++) {
      const moment = best[i * states + k] as number;
      if (moment === NEVER) continue;
      for (let k2 = k; k2 <= model.breaksWith(v, k, loads, i); k2++) {
        const arrival = arriveAfter(v.breaks, k, k2, moment, travel);
        const done =
          stop === undefined ? arrival : firstIn(problem.stops[stop]!.windows, arrival) + model.action(v, stop, from);
        const at = (i + 1) * states + k2;
        if (done >= (best[at] as number)) continue;
        best[at] = done;
        cameFrom[at] = k;
      }
    }
    from = to;
  }
  const breakAfter: number[] = new Array(v.breaks.length);
  let k = v.breaks.length;
  for (let i = stops.length + 1; i > 0; i--) {
    const before = cameFrom[i * states + k] as number;
    for (let taken = before; taken < k; taken++) breakAfter[taken] = i - 1;
    k = before;
  }
  return { stops, breakAfter };
}

/**
 * Times of a sequence: it ends as early as it can, and everything before is as late as that end allows, so that the
 * vehicle leaves late rather than waits.
 */
export function timelineOf(model: VroomModel, problem: VroomProblem, vehicle: number, sequence: Sequence): Step[] {
  const v = model.vehicle(vehicle);
  const legs = legsOf(model, v, sequence);
  let moment = v.from;
  for (const { first, end, travel, stop, action } of legs) {
    moment = arriveAfter(v.breaks, first, end, moment, travel);
    if (stop >= 0) moment = firstIn(problem.stops[stop]!.windows, moment) + action;
  }
  const begins = new Float64Array(legs.length); // service of each leg's stop, or the arrival at the end
  const breaks = v.breaks.map(() => ({ start: 0, drivenAfter: 0 }));
  let drivenFirst = 0;
  let by = moment;
  for (let i = legs.length - 1; i >= 0; i--) {
    const { first, end, travel, stop, action } = legs[i] as Leg;
    if (stop >= 0) by = lastIn(problem.stops[stop]!.windows, by - action);
    begins[i] = by;
    let left = travel;
    for (let k = end - 1; k >= first; k--) {
      const { windows, service } = v.breaks[k]!;
      const start = lastIn(windows, by - service);
      const driven = Math.min(left, by - service - start);
      breaks[k] = { start, drivenAfter: driven };
      left -= driven;
      by = start;
    }
    if (i === 0) drivenFirst = by - left;
    by -= left;
  }
  return stepsOf(problem, v, legs, { begins, breaks, leave: Math.max(v.from, drivenFirst), stops: sequence.stops });
}

export interface Times {
  /** Service of each leg's stop, or the arrival at the end. */
  readonly begins: Float64Array;
  /** By number of break; what is driven after it and before the next thing. */
  readonly breaks: readonly { readonly start: number; readonly drivenAfter: number }[];
  readonly leave: number;
  readonly stops: readonly number[];
}

export interface Leg {
  /** Breaks taken on it. */
  readonly first: number;
  readonly end: number;
  readonly travel: number;
  readonly metres: number;
  /** Where it leads; -1: the end. */
  readonly stop: number;
  readonly location: number;
  readonly action: number;
  readonly setup: number;
}

export function legsOf(model: VroomModel, v: ProblemVehicle, { stops, breakAfter }: Sequence): Leg[] {
  const legs: Leg[] = [];
  let from = v.start;
  let first = 0;
  for (let i = 0; i <= stops.length; i++) {
    let end = first;
    while (end < breakAfter.length && breakAfter[end] === i) end++;
    const stop = stops[i] ?? -1;
    const location = stop < 0 ? v.end : model.locationOf(stop);
    const action = stop < 0 ? 0 : model.action(v, stop, from);
    legs.push({
      first,
      end,
      travel: way(v.ways.seconds, v.ways.count, from, location),
      metres: v.ways.metres === null ? 0 : way(v.ways.metres, v.ways.count, from, location),
      stop,
      location,
      action,
      setup: stop < 0 ? 0 : action - (v.service[stop] as number),
    });
    from = location;
    first = end;
  }
  return legs;
}

/** Writes out a route whose moments are known; one that has no start (or end) has no such step. */
export function stepsOf(problem: VroomProblem, v: ProblemVehicle, legs: readonly Leg[], times: Times): Step[] {
  const loads = new Loads(problem, times.stops);
  const nothing = { waiting: 0, setup: 0, service: 0 };
  const steps: Step[] = [];
  if (v.start >= 0)
    steps.push({
      type: 'start',
      index: -1,
      location: v.start,
      arrival: times.leave,
      travel: 0,
      metres: 0,
      load: loads.on(0),
      ...nothing,
    });
  let ready = times.leave;
  let travel = 0;
  let metres = 0;
  legs.forEach((leg, i) => {
    const load = loads.on(i);
    let left =
      leg.travel - times.breaks.slice(leg.first, leg.end).reduce((sum, { drivenAfter }) => sum + drivenAfter, 0);
    const drive = () => {
      travel += left;
      metres += leg.travel === 0 ? 0 : (leg.metres * left) / leg.travel;
      return ready + left;
    };
    for (let k = leg.first; k < leg.end; k++) {
      const { start, drivenAfter } = times.breaks[k]!;
      const { index, service } = v.breaks[k]!;
      const arrival = drive();
      steps.push({
        type: 'break',
        index,
        location: -1,
        arrival,
        waiting: start - arrival,
        setup: 0,
        service,
        travel,
        metres: Math.round(metres),
        load,
      });
      ready = start + service;
      left = drivenAfter;
    }
    const arrival = drive();
    const at = { index: leg.stop, location: leg.location, arrival, travel, metres: Math.round(metres) };
    if (leg.stop < 0) {
      if (v.end >= 0) steps.push({ type: 'end', load, ...at, ...nothing });
      return;
    }
    const begin = times.begins[i] as number;
    const { kind } = problem.stops[leg.stop]!;
    const service = leg.action - leg.setup;
    steps.push({ type: kind, ...at, waiting: begin - arrival, setup: leg.setup, service, load: loads.on(i + 1) });
    ready = begin + leg.action;
  });
  return steps;
}
