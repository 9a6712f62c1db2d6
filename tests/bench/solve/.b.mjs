import { createRequire as __cr } from 'node:module';

const require = __cr(import.meta.url);

// tests/bench/solve/main.ts
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

// dispatch/src/solver/check-plan.ts
function checkPlan(instance, plan, options = {}) {
  const shifts = instance.plain.engineers.flatMap(({ shifts: shifts2 }, engineer) =>
    shifts2.map((shift, index) => ({ engineer, index, shift })),
  );
  const violations = [];
  const seenVehicles = /* @__PURE__ */ new Set();
  for (const route of plan.routes) {
    const owner = shifts[route.vehicle];
    const report = (kind, visit, by) => {
      violations.push({ kind, engineer: owner?.engineer ?? -1, vehicle: route.vehicle, visit, by });
    };
    if (owner === void 0 || owner.engineer !== route.engineer) report('unknown', -1, 1);
    if (seenVehicles.has(route.vehicle)) report('twice', -1, 1);
    seenVehicles.add(route.vehicle);
    if (owner !== void 0) new RouteCheck(instance, owner, route, options.judgeFrozen ?? false, report).run();
  }
  return [...violations, ...membership(instance, plan)];
}
function membership(instance, plan) {
  const { visits } = instance.plain;
  const violations = [];
  const counts = visits.map(() => 0);
  const served = /* @__PURE__ */ new Set();
  const count = (visit) => {
    if (counts[visit] === void 0) violations.push({ ...NOBODY, kind: 'unknown', visit, by: 1 });
    else counts[visit] += 1;
  };
  for (const route of plan.routes) {
    for (const { visit } of route.stops) {
      count(visit);
      served.add(visit);
    }
  }
  for (const { visit } of plan.unassigned) count(visit);
  counts.forEach((times, visit) => {
    const frozen = visits[visit]?.frozen;
    if (times > 1) violations.push({ ...NOBODY, kind: 'twice', visit, by: times - 1 });
    if (times === 0) violations.push({ ...NOBODY, kind: 'missing', visit, by: 1 });
    if (frozen !== void 0 && !served.has(visit))
      violations.push({ ...NOBODY, engineer: frozen.engineer, kind: 'frozen', visit, by: 1 });
  });
  return violations;
}
var NOBODY = { engineer: -1, vehicle: -1 };
var RouteCheck = class {
  instance;
  engineer;
  shiftIndex;
  shift;
  route;
  judgeFrozen;
  reportTo;
  constructor(instance, owner, route, judgeFrozen, report) {
    this.instance = instance;
    this.engineer = owner.engineer;
    this.shiftIndex = owner.index;
    this.shift = owner.shift;
    this.route = route;
    this.judgeFrozen = judgeFrozen;
    this.reportTo = report;
  }
  run() {
    const { shift, route } = this;
    let location = shift.freeAtLocation ?? shift.startLocation;
    let doneAt = Math.max(shift.from, shift.freeAt ?? shift.from);
    let first = true;
    let given = true;
    for (const stop of route.stops) {
      const visit = this.instance.plain.visits[stop.visit];
      if (visit === void 0 || !wholeTimes(stop)) {
        this.report('unknown', stop.visit, 1);
        return;
      }
      const fact = visit.frozen !== void 0 && !this.judgeFrozen;
      this.order(stop, fact && given, first ? 'shift' : 'overlap', doneAt, this.way(location, visit.location));
      this.own(stop, visit, fact);
      doneAt = Math.max(doneAt, stop.endAt);
      location = visit.location;
      first = false;
      given = fact;
    }
    if (route.stops.length > 0) this.homeward(location, doneAt, given);
    this.wholeShift();
  }
  /** What the visits add up to. Frozen ones alone may be too much: those are facts. */
  wholeShift() {
    const { shift, route } = this;
    const visits = route.stops.map((stop) => this.instance.plain.visits[stop.visit]);
    if (!this.judgeFrozen && visits.every((visit) => visit?.frozen !== void 0)) return;
    const last = route.stops.at(-1)?.visit ?? -1;
    (shift.capacity ?? []).forEach((most, kind) => {
      const taken = visits.reduce((sum, visit) => sum + (visit?.amount?.[kind] ?? 0), 0);
      this.report('capacity', last, taken - most);
    });
    const setOutAt2 = route.stops[0]?.departAt ?? route.homeAt;
    this.report('longest', last, route.homeAt - setOutAt2 - (shift.longestSeconds ?? Number.POSITIVE_INFINITY));
  }
  /** Leaves after being done, drives long enough, starts after being there, all outside unavailable time. */
  order(stop, given, early, doneAt, way) {
    const { visit, departAt, arriveAt, startAt } = stop;
    this.report('overlap', visit, arriveAt - startAt);
    if (given) return;
    this.report(early, visit, doneAt - departAt);
    this.report('travel', visit, way - (arriveAt - departAt));
    this.report('unavailable', visit, this.unavailableIn(departAt, arriveAt));
  }
  /** The rules of the visit itself. */
  own(stop, visit, fact) {
    const { startAt, endAt } = stop;
    this.report('duration', stop.visit, Math.abs(endAt - startAt - visit.serviceSeconds));
    if (visit.frozen !== void 0) {
      const elsewhere = visit.frozen.engineer !== this.engineer || visit.frozen.shift !== this.shiftIndex;
      this.report('frozen', stop.visit, elsewhere ? 1 : Math.abs(startAt - visit.frozen.startAt));
    }
    if (fact) return;
    for (const { skill, level } of visit.skills ?? []) {
      const has =
        this.instance.plain.engineers[this.engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
      this.report(has === 0 ? 'skill' : 'level', stop.visit, level - has);
    }
    this.report('excluded', stop.visit, visit.excludedEngineers?.includes(this.engineer) ? 1 : 0);
    this.report(
      'required',
      stop.visit,
      visit.requiredEngineer === void 0 || visit.requiredEngineer === this.engineer ? 0 : 1,
    );
    this.report('shift', stop.visit, endAt - this.latestEnd());
    this.report('release', stop.visit, (visit.release ?? startAt) - startAt);
    const outside = (visit.windows ?? []).map(({ from, to }) => Math.max(0, from - startAt, startAt - to));
    this.report('window', stop.visit, outside.length === 0 ? 0 : Math.min(...outside));
    this.report('unavailable', stop.visit, this.unavailableIn(startAt, Math.max(endAt, startAt + 1)));
  }
  homeward(location, doneAt, given) {
    const { shift, route } = this;
    const last = route.stops.at(-1)?.visit ?? -1;
    const whole = Number.isSafeInteger(route.homeDepartAt) && Number.isSafeInteger(route.homeAt);
    if (!whole) this.report('unknown', last, 1);
    const way = shift.endLocation === null ? 0 : this.way(location, shift.endLocation);
    this.report('overlap', last, doneAt - route.homeDepartAt);
    this.report('travel', last, way - (route.homeAt - route.homeDepartAt));
    if (shift.endLocation !== null)
      this.report('unavailable', last, this.unavailableIn(route.homeDepartAt, route.homeAt));
    if (!given) this.report('shift', last, route.homeAt - this.latestEnd());
  }
  latestEnd() {
    return this.shift.to + (this.shift.overtimeSeconds ?? 0);
  }
  way(from, to) {
    return this.instance.plain.travelSeconds[from * this.instance.plain.locationCount + to];
  }
  /** Seconds of [from, to) in unavailable time; overlapping intervals count once each. */
  unavailableIn(from, to) {
    const shared = (busy) => Math.max(0, Math.min(to, busy.to) - Math.max(from, busy.from));
    return (this.shift.unavailable ?? []).reduce((sum, busy) => sum + shared(busy), 0);
  }
  report(kind, visit, by) {
    if (by > 0) this.reportTo(kind, visit, by);
  }
};
function wholeTimes({ departAt, arriveAt, startAt, endAt }) {
  return [departAt, arriveAt, startAt, endAt].every(Number.isSafeInteger);
}

// dispatch/src/solver/highs.ts
async function loadHighs() {
  const { default: load } = await import('highs');
  const highs = await load();
  return (program, { seconds, nodes }) => {
    const solution = highs.solve(program, {
      output_flag: false,
      mip_max_nodes: nodes,
      mip_rel_gap: 0,
      ...(seconds !== void 0 && { time_limit: seconds }),
    });
    const columns = Object.entries(solution.Columns);
    const ones = columns.filter(([, { Primal }]) => Primal !== void 0 && Primal > 0.5).map(([name]) => name);
    return ones.length > 0 ? ones : null;
  };
}

// dispatch/src/solver/eligibility.ts
function staticRefusal(plain, engineer, visit) {
  const missing = (visit.skills ?? []).map(({ skill, level }) => ({ level, has: levelOf(plain, engineer, skill) }));
  if (missing.some(({ level, has }) => level > 0 && has === 0)) return 'skill';
  if (missing.some(({ level, has }) => has < level)) return 'level';
  if (visit.excludedEngineers?.includes(engineer)) return 'excluded';
  if (visit.requiredEngineer !== void 0 && visit.requiredEngineer !== engineer) return 'required-other';
  return null;
}
function levelOf(plain, engineer, skill) {
  return plain.engineers[engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
}
function levelsAbove(plain, engineer, visit) {
  let levels = 0;
  for (const { skill, level } of visit.skills ?? []) levels += Math.max(0, levelOf(plain, engineer, skill) - level);
  return levels;
}

// dispatch/src/solver/packing.ts
function merged(intervals) {
  const result = [];
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== void 0 && from <= last.to) result[result.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else result.push({ from, to });
  }
  return result;
}
function offsets(lengths) {
  const result = new Int32Array(lengths.length + 1);
  lengths.forEach((length, k) => {
    result[k + 1] = result[k] + length;
  });
  return result;
}
function pairs(intervals) {
  return Float64Array.from(intervals.flatMap(({ from, to }) => [from, to]));
}
function deepFreeze(value) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
function turned(square, side) {
  let symmetric = true;
  for (let a = 0; a < side && symmetric; a++)
    for (let b = 0; b < a && symmetric; b++) symmetric = square[a * side + b] === square[b * side + a];
  if (symmetric) return square;
  const result = square.slice();
  for (let a = 0; a < side; a++) for (let b = 0; b < side; b++) result[b * side + a] = square[a * side + b];
  return result;
}

// dispatch/src/solver/penalty.ts
function horizonEnd(plain) {
  let end = Number.NEGATIVE_INFINITY;
  for (const engineer of plain.engineers) {
    for (const shift of engineer.shifts) end = Math.max(end, shift.to + (shift.overtimeSeconds ?? 0));
  }
  for (const visit of plain.visits) {
    if (visit.frozen !== void 0) end = Math.max(end, visit.frozen.startAt + visit.serviceSeconds);
  }
  return end === Number.NEGATIVE_INFINITY ? 0 : end;
}
function latenessCost(visit, weights, startAt) {
  if (visit.due === void 0) return 0;
  return weights.lateSecond * (visit.latePerSecond ?? 1) * Math.max(0, startAt - visit.due);
}
function downtimeCost(visit, weights, startAt) {
  const segments = visit.downtime ?? [];
  let cost2 = 0;
  segments.forEach(({ from, perSecond }, k) => {
    const to = Math.min(startAt, segments[k + 1]?.from ?? startAt);
    cost2 += perSecond * Math.max(0, to - from);
  });
  return weights.downtime * cost2;
}
function mandatoryPenalty(plain) {
  const { weights, visits, engineers } = plain;
  const end = horizonEnd(plain);
  const shifts = engineers.flatMap((engineer) => engineer.shifts);
  const legCost =
    weights.travelSecond * largest(plain.travelSeconds) + weights.distanceMetre * largest(plain.distanceMetres ?? []);
  let bound = (visits.length + shifts.length) * legCost;
  for (const shift of shifts) {
    const overtime = shift.overtimeSeconds ?? 0;
    bound += weights.overtimeSecond * overtime + (shift.fixedCost ?? 0);
    bound += (weights.workSecond ?? 0) * Math.max(0, shift.to + overtime - shift.from);
  }
  for (const visit of visits) {
    bound += latenessCost(visit, weights, end) + downtimeCost(visit, weights, end);
    bound += visit.previous === void 0 ? 0 : weights.churnPerMovedVisit;
    bound += 3 * (visit.skills?.length ?? 0) * weights.overQualifiedLevel;
    bound += visit.mandatory ? 0 : (weights.unassignedByPriority[visit.priority] ?? 0);
  }
  const mandatory = visits.filter((visit) => visit.mandatory).length;
  const worstTotal = bound + mandatory * (bound + 1);
  return worstTotal <= Number.MAX_SAFE_INTEGER / 2 ? bound + 1 : Number.POSITIVE_INFINITY;
}
function largest(values2) {
  let most = 0;
  for (let k = 0; k < values2.length; k++) most = Math.max(most, values2[k]);
  return most;
}

// dispatch/src/solver/plan.ts
var REFUSALS = [
  'skill',
  'level',
  'excluded',
  'required-other',
  'shift',
  'window',
  'release',
  'capacity',
  'travel',
  'unavailable',
];

// dispatch/src/solver/validate.ts
var InstanceError = class extends Error {
  problems;
  constructor(problems) {
    const shown = problems.slice(0, 10).map(({ path, message }) => `${path}: ${message}`);
    const more = problems.length > 10 ? `; and ${problems.length - 10} more` : '';
    super(`instance refused: ${shown.join('; ')}${more}`);
    this.name = 'InstanceError';
    this.problems = problems;
  }
};
var LARGEST_TIME = 2 ** 40;
var LARGEST_ENTRY = 2 ** 31 - 1;
var LARGEST_WEIGHT = 2 ** 40;
var HIGHEST_LEVEL = 3;
function problemsIn(plain) {
  return new Inspection(plain).run();
}
var Inspection = class {
  plain;
  problems = [];
  constructor(plain) {
    this.plain = plain;
  }
  run() {
    const { plain } = this;
    this.whole('locationCount', plain.locationCount, 1, 2 ** 15);
    this.weights();
    this.matrix('travelSeconds', plain.travelSeconds);
    if (plain.distanceMetres !== void 0) this.matrix('distanceMetres', plain.distanceMetres);
    else
      this.refuseIf(plain.weights.distanceMetre > 0, 'distanceMetres', 'needed, as weights.distanceMetre is not zero');
    this.each('engineers', plain.engineers, (path, engineer) => this.engineer(path, engineer));
    this.each('visits', plain.visits, (path, visit) => this.visit(path, visit));
    return this.problems;
  }
  weights() {
    const { unassignedByPriority, ...single } = this.plain.weights;
    if (single.workSecond !== void 0) this.whole('weights.workSecond', single.workSecond, 0, LARGEST_WEIGHT);
    for (const name of WEIGHT_NAMES) this.whole(`weights.${name}`, single[name], 0, LARGEST_WEIGHT);
    this.refuseIf(unassignedByPriority.length === 0, 'weights.unassignedByPriority', 'must name at least one priority');
    this.each('weights.unassignedByPriority', unassignedByPriority, (path, cost2) => {
      this.whole(path, cost2, 0, LARGEST_WEIGHT);
    });
  }
  matrix(path, matrix) {
    const n = this.plain.locationCount;
    this.refuseIf(matrix.length !== n * n, path, `must have ${n} x ${n} = ${n * n} entries, has ${matrix.length}`);
    for (let k = 0; k < matrix.length; k++) {
      if (isWhole(matrix[k], 0, LARGEST_ENTRY)) continue;
      this.whole(`${path}[${Math.floor(k / n)} -> ${k % n}]`, matrix[k], 0, LARGEST_ENTRY);
    }
  }
  engineer(path, engineer) {
    this.skills(`${path}.skills`, engineer.skills);
    this.each(`${path}.shifts`, engineer.shifts, (shiftPath, shift, s) => {
      this.shift(shiftPath, shift);
      const before = engineer.shifts[s - 1];
      if (before === void 0) return;
      const over = before.to + (before.overtimeSeconds ?? 0) - shift.from;
      this.refuseIf(over > 0, `${shiftPath}.from`, `is ${over} s before the shift before it ends with its overtime`);
    });
  }
  shift(path, shift) {
    this.location(`${path}.startLocation`, shift.startLocation);
    if (shift.endLocation !== null) this.location(`${path}.endLocation`, shift.endLocation);
    this.interval(path, shift);
    this.refuseIf(shift.from === shift.to, `${path}.to`, 'must be after from');
    if (shift.overtimeSeconds !== void 0) this.whole(`${path}.overtimeSeconds`, shift.overtimeSeconds, 0, LARGEST_TIME);
    if (shift.freeAt !== void 0) this.time(`${path}.freeAt`, shift.freeAt);
    if (shift.freeAtLocation !== void 0) this.location(`${path}.freeAtLocation`, shift.freeAtLocation);
    this.each(`${path}.capacity`, shift.capacity, (inner, most) => this.whole(inner, most, 0, LARGEST_TIME));
    if (shift.longestSeconds !== void 0) this.whole(`${path}.longestSeconds`, shift.longestSeconds, 0, LARGEST_TIME);
    if (shift.fixedCost !== void 0) this.whole(`${path}.fixedCost`, shift.fixedCost, 0, LARGEST_WEIGHT);
    this.each(`${path}.unavailable`, shift.unavailable, (busyPath, busy) => this.interval(busyPath, busy));
  }
  visit(path, visit) {
    this.location(`${path}.location`, visit.location);
    this.whole(`${path}.serviceSeconds`, visit.serviceSeconds, 0, LARGEST_ENTRY);
    this.each(`${path}.windows`, visit.windows, (windowPath, window) => this.interval(windowPath, window));
    if (visit.release !== void 0) this.time(`${path}.release`, visit.release);
    this.skills(`${path}.skills`, visit.skills ?? []);
    if (visit.requiredEngineer !== void 0) this.engineerIndex(`${path}.requiredEngineer`, visit.requiredEngineer);
    this.each(`${path}.excludedEngineers`, visit.excludedEngineers, (inner, e) => this.engineerIndex(inner, e));
    this.each(`${path}.amount`, visit.amount, (inner, amount) => this.whole(inner, amount, 0, LARGEST_TIME));
    this.whole(`${path}.priority`, visit.priority, 0, this.plain.weights.unassignedByPriority.length - 1);
    if (visit.due !== void 0) this.time(`${path}.due`, visit.due);
    if (visit.latePerSecond !== void 0) this.whole(`${path}.latePerSecond`, visit.latePerSecond, 0, LARGEST_WEIGHT);
    this.each(`${path}.downtime`, visit.downtime, (segmentPath, { from, perSecond }, k) => {
      this.time(`${segmentPath}.from`, from);
      this.whole(`${segmentPath}.perSecond`, perSecond, 0, LARGEST_WEIGHT);
      const before = visit.downtime?.[k - 1];
      if (before === void 0) return;
      this.refuseIf(before.from >= from, `${segmentPath}.from`, 'must be after the segment before it');
    });
    if (visit.previous !== void 0) {
      this.engineerIndex(`${path}.previous.engineer`, visit.previous.engineer);
      this.time(`${path}.previous.startAt`, visit.previous.startAt);
    }
    if (visit.frozen !== void 0) {
      this.engineerIndex(`${path}.frozen.engineer`, visit.frozen.engineer);
      const shifts = this.plain.engineers[visit.frozen.engineer]?.shifts.length ?? 0;
      this.whole(`${path}.frozen.shift`, visit.frozen.shift, 0, shifts - 1);
      this.time(`${path}.frozen.startAt`, visit.frozen.startAt);
    }
  }
  skills(path, skills) {
    const seen = /* @__PURE__ */ new Set();
    this.each(path, skills, (inner, { skill, level }) => {
      this.whole(`${inner}.skill`, skill, 0, 2 ** 15);
      this.whole(`${inner}.level`, level, 0, HIGHEST_LEVEL);
      this.refuseIf(seen.has(skill), `${inner}.skill`, `${skill} is named twice`);
      seen.add(skill);
    });
  }
  interval(path, { from, to }) {
    this.time(`${path}.from`, from);
    this.time(`${path}.to`, to);
    this.refuseIf(to < from, `${path}.to`, `${to} is before from, ${from}`);
  }
  location(path, index) {
    this.whole(path, index, 0, this.plain.locationCount - 1);
  }
  engineerIndex(path, index) {
    this.whole(path, index, 0, this.plain.engineers.length - 1);
  }
  time(path, seconds) {
    const hint = Math.abs(seconds) > LARGEST_TIME ? ' (milliseconds instead of seconds?)' : '';
    this.whole(path, seconds, -LARGEST_TIME, LARGEST_TIME, hint);
  }
  whole(path, value, least, most, hint = '') {
    const wanted = `must be a whole number from ${least} to ${most}`;
    this.refuseIf(!isWhole(value, least, most), path, `${wanted}, is ${value}${hint}`);
  }
  each(path, list = [], inspect) {
    list.forEach((item, k) => {
      inspect(`${path}[${k}]`, item, k);
    });
  }
  refuseIf(wrong, path, message) {
    if (wrong) this.problems.push({ path, message });
  }
};
function isWhole(value, least, most) {
  return value !== void 0 && Number.isInteger(value) && value >= least && value <= most;
}
var WEIGHT_NAMES = [
  'travelSecond',
  'distanceMetre',
  'lateSecond',
  'downtime',
  'overtimeSecond',
  'churnPerMovedVisit',
  'churnToleranceSeconds',
  'overQualifiedLevel',
];

// dispatch/src/solver/instance.ts
function buildInstance(plain) {
  const problems = problemsIn(plain);
  if (problems.length > 0) throw new InstanceError(problems);
  const penalty = mandatoryPenalty(plain);
  if (penalty === Number.POSITIVE_INFINITY) {
    throw new InstanceError([
      { path: 'weights', message: 'a plan could cost more than 2^52 units, where sums stop being exact' },
    ]);
  }
  return new Instance(deepFreeze(structuredClone(plain)), penalty);
}
var Instance = class _Instance {
  plain;
  locationCount;
  engineerCount;
  vehicleCount;
  visitCount;
  horizonEnd;
  mandatoryPenalty;
  /** (locationCount + 1) square: the last row and column are "nowhere", to where every way is free. */
  ways;
  /** The same square: weighted travel time and distance. */
  legCosts;
  /** Both squares turned over, so that all ways TO a place lie side by side too. The same arrays where they are symmetric. */
  waysTo;
  legCostsTo;
  /** How many kinds of things `capacity` and `amount` speak of. */
  kindCount;
  capacities;
  // vehicle x kind
  amounts;
  // visit x kind
  engineers;
  // by vehicle
  firstVehicle;
  vehicleNumbers;
  // vehicle x VEHICLE_FIELDS
  firstBusyOf;
  busy;
  // from, to, from, to ...
  visitNumbers;
  // visit x VISIT_FIELDS
  firstWindowOf;
  windows;
  firstSegmentOf;
  segments;
  // from, weighted cost per second, ...
  refusals;
  // engineer x visit, 0 = none, else 1 + index into REFUSALS
  overQualification;
  // engineer x visit, cost
  constructor(plain, penalty) {
    const { weights, engineers, visits, locationCount } = plain;
    this.plain = plain;
    this.locationCount = locationCount;
    this.engineerCount = engineers.length;
    this.visitCount = visits.length;
    this.horizonEnd = horizonEnd(plain);
    this.mandatoryPenalty = penalty;
    const side = locationCount + 1;
    this.ways = new Int32Array(side * side);
    this.legCosts = new Float64Array(side * side);
    for (let a = 0; a < locationCount; a++) {
      for (let b = 0; b < locationCount; b++) {
        const seconds = plain.travelSeconds[a * locationCount + b];
        const metres = plain.distanceMetres?.[a * locationCount + b] ?? 0;
        this.ways[a * side + b] = seconds;
        this.legCosts[a * side + b] = seconds * weights.travelSecond + metres * weights.distanceMetre;
      }
    }
    this.waysTo = turned(this.ways, side);
    this.legCostsTo = turned(this.legCosts, side);
    const shifts = engineers.flatMap((engineer) => engineer.shifts);
    this.kindCount = Math.max(
      0,
      ...shifts.map(({ capacity }) => capacity?.length ?? 0),
      ...visits.map(({ amount }) => amount?.length ?? 0),
    );
    const kinds = Array.from({ length: this.kindCount }, (_, kind) => kind);
    this.capacities = Float64Array.from(
      shifts.flatMap(({ capacity }) => kinds.map((kind) => capacity?.[kind] ?? Number.POSITIVE_INFINITY)),
    );
    this.amounts = Float64Array.from(visits.flatMap(({ amount }) => kinds.map((kind) => amount?.[kind] ?? 0)));
    this.vehicleCount = shifts.length;
    this.engineers = Int32Array.from(engineers.flatMap((engineer, e) => engineer.shifts.map(() => e)));
    this.firstVehicle = offsets(engineers.map(({ shifts: shifts2 }) => shifts2.length));
    this.vehicleNumbers = Float64Array.from(shifts.flatMap(vehicleNumbers));
    const busy = shifts.map((shift) => merged((shift.unavailable ?? []).filter(({ from, to }) => from < to)));
    this.firstBusyOf = offsets(busy.map((intervals) => intervals.length));
    this.busy = pairs(busy.flat());
    this.visitNumbers = Float64Array.from(visits.flatMap((visit) => this.numbersOf(visit)));
    const windows = visits.map((visit) => merged(visit.windows ?? []));
    this.firstWindowOf = offsets(windows.map((intervals) => intervals.length));
    this.windows = pairs(windows.flat());
    const segments = visits.map((visit) => (weights.downtime > 0 ? (visit.downtime ?? []) : []));
    this.firstSegmentOf = offsets(segments.map((list) => list.length));
    this.segments = Float64Array.from(
      segments.flat().flatMap(({ from, perSecond }) => [from, perSecond * weights.downtime]),
    );
    const every = engineers.flatMap((_, e) => visits.map((visit) => ({ e, visit })));
    this.refusals = Uint8Array.from(every, ({ e, visit }) => 1 + REFUSALS.indexOf(staticRefusal(plain, e, visit)));
    this.overQualification = Float64Array.from(
      every,
      ({ e, visit }) => weights.overQualifiedLevel * levelsAbove(plain, e, visit),
    );
  }
  travelSeconds(a, b) {
    return this.ways[a * (this.locationCount + 1) + b];
  }
  /** Weighted travel time and distance from `a` to `b`. */
  legCost(a, b) {
    return this.legCosts[a * (this.locationCount + 1) + b];
  }
  distanceMetres(a, b) {
    return this.plain.distanceMetres?.[a * this.locationCount + b] ?? 0;
  }
  engineerOf(vehicle) {
    return this.engineers[vehicle];
  }
  /** `engineer`'s vehicles are `firstVehicleOf(engineer)` up to, not including, `firstVehicleOf(engineer + 1)`. */
  firstVehicleOf(engineer) {
    return this.firstVehicle[engineer];
  }
  vehicleOf(engineer, shift) {
    return this.firstVehicleOf(engineer) + shift;
  }
  startLocation(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS];
  }
  /** -1: the day ends at the last visit. */
  endLocation(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 1];
  }
  earliestDeparture(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 2];
  }
  shiftEnd(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 3];
  }
  /** The end of the shift with all its overtime. */
  latestEnd(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 4];
  }
  /** Infinity: not limited. */
  longestSeconds(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 5];
  }
  fixedCost(vehicle) {
    return this.vehicleNumbers[vehicle * VEHICLE_FIELDS + 6];
  }
  /** Whether it matters for how long somebody is on the way, and so when they set out (schedule.ts). */
  countsHours(vehicle) {
    return this.longestSeconds(vehicle) < Number.POSITIVE_INFINITY || (this.plain.weights.workSecond ?? 0) > 0;
  }
  /** Infinity: not limited. */
  capacity(vehicle, kind) {
    return this.capacities[vehicle * this.kindCount + kind];
  }
  amount(visit, kind) {
    return this.amounts[visit * this.kindCount + kind];
  }
  /** A vehicle's unavailable intervals are `firstBusy(vehicle)` up to `firstBusy(vehicle + 1)`: sorted, apart from each other. */
  firstBusy(vehicle) {
    return this.firstBusyOf[vehicle];
  }
  busyFrom(k) {
    return this.busy[2 * k];
  }
  busyTo(k) {
    return this.busy[2 * k + 1];
  }
  locationOf(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS];
  }
  serviceSeconds(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 1];
  }
  /** -Infinity when it may start at any time. */
  release(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 2];
  }
  /** +Infinity when there is none. */
  due(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 3];
  }
  /** Weighted. */
  latePerSecond(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 4];
  }
  /** -1: not frozen. */
  frozenVehicle(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 5];
  }
  frozenStart(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 6];
  }
  /** -1: never promised to anybody. */
  previousEngineer(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 7];
  }
  previousStart(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 8];
  }
  isMandatory(visit) {
    return this.visitNumbers[visit * VISIT_FIELDS + 9] === 1;
  }
  firstWindow(visit) {
    return this.firstWindowOf[visit];
  }
  windowFrom(k) {
    return this.windows[2 * k];
  }
  windowTo(k) {
    return this.windows[2 * k + 1];
  }
  firstSegment(visit) {
    return this.firstSegmentOf[visit];
  }
  segmentFrom(k) {
    return this.segments[2 * k];
  }
  /** Weighted. */
  segmentPerSecond(k) {
    return this.segments[2 * k + 1];
  }
  /** Why this engineer may never do this visit, whatever the plan: skill, level, excluded, required-other or nothing. */
  refusalOf(engineer, visit) {
    const code = this.refusals[engineer * this.visitCount + visit];
    return code === 0 ? null : REFUSALS[code - 1];
  }
  overQualificationCost(engineer, visit) {
    return this.overQualification[engineer * this.visitCount + visit];
  }
  /** The same problem in a world without leave and appointments: used to tell "unavailable" from "no time". */
  withoutUnavailability() {
    const unhindered = this.unhindered ?? Object.assign(Object.create(_Instance.prototype), this);
    if (this.unhindered === null)
      Object.assign(unhindered, { firstBusyOf: new Int32Array(this.vehicleCount + 1), busy: new Float64Array(0) });
    this.unhindered = unhindered;
    return unhindered;
  }
  unhindered = null;
  numbersOf(visit) {
    const { frozen, previous } = visit;
    return [
      visit.location,
      visit.serviceSeconds,
      visit.release ?? Number.NEGATIVE_INFINITY,
      visit.due ?? Number.POSITIVE_INFINITY,
      this.plain.weights.lateSecond * (visit.latePerSecond ?? 1),
      frozen === void 0 ? -1 : this.vehicleOf(frozen.engineer, frozen.shift),
      frozen?.startAt ?? 0,
      previous?.engineer ?? -1,
      previous?.startAt ?? 0,
      visit.mandatory ? 1 : 0,
    ];
  }
};
var VEHICLE_FIELDS = 7;
var VISIT_FIELDS = 10;
function vehicleNumbers(shift) {
  return [
    shift.freeAtLocation ?? shift.startLocation,
    shift.endLocation ?? -1,
    Math.max(shift.from, shift.freeAt ?? shift.from),
    shift.to,
    shift.to + (shift.overtimeSeconds ?? 0),
    shift.longestSeconds ?? Number.POSITIVE_INFINITY,
    shift.fixedCost ?? 0,
  ];
}

// dispatch/src/solver/rescue.ts
function rescueMandatory(routes, recreate) {
  let rescued = true;
  while (rescued) {
    rescued = false;
    for (const visit of routes.absent()) {
      if (routes.instance.isMandatory(visit) && makeRoom(routes, recreate, visit)) rescued = true;
    }
    if (rescued) recreate.greedily();
  }
}
function makeRoom(routes, recreate, visit) {
  const { instance } = routes;
  const here = routes.cost;
  let best = null;
  for (const vehicle of recreate.vehiclesFor(visit)) {
    const full = routes.order(vehicle);
    const must = full.filter((other) => instance.isMandatory(other) || instance.frozenVehicle(other) >= 0);
    for (let place = 0; place <= must.length; place++) {
      const order = must.toSpliced(place, 0, visit);
      if (!routes.replace(vehicle, order)) continue;
      if (routes.cost < (best?.cost ?? here)) best = { vehicle, order, cost: routes.cost };
      routes.setOrders([[vehicle, full]]);
    }
  }
  return best !== null && routes.replace(best.vehicle, best.order);
}

// dispatch/src/solver/schedule.ts
var NEVER = Number.POSITIVE_INFINITY;
function earliestFree(instance, vehicle, from, seconds) {
  if (seconds === 0) return from;
  let moment = from;
  const last = instance.firstBusy(vehicle + 1);
  for (let k = instance.firstBusy(vehicle); k < last; k++) {
    if (instance.busyTo(k) <= moment) continue;
    if (instance.busyFrom(k) >= moment + seconds) break;
    moment = instance.busyTo(k);
  }
  return moment;
}
function latestDeparture(instance, vehicle, arriveBy, seconds) {
  if (seconds === 0) return arriveBy;
  let moment = arriveBy - seconds;
  const first = instance.firstBusy(vehicle);
  for (let k = instance.firstBusy(vehicle + 1) - 1; k >= first; k--) {
    if (instance.busyFrom(k) >= moment + seconds) continue;
    if (instance.busyTo(k) <= moment) break;
    moment = instance.busyFrom(k) - seconds;
  }
  return moment;
}
function arrival(instance, vehicle, ready, seconds) {
  return earliestFree(instance, vehicle, ready, seconds) + seconds;
}
function earliestStart(instance, vehicle, visit, arriveAt) {
  const needed = Math.max(1, instance.serviceSeconds(visit));
  const latest = instance.latestEnd(vehicle) - instance.serviceSeconds(visit);
  let moment = Math.max(arriveAt, instance.release(visit));
  const first = instance.firstWindow(visit);
  const last = instance.firstWindow(visit + 1);
  if (first === last) {
    moment = earliestFree(instance, vehicle, moment, needed);
    return moment <= latest ? moment : NEVER;
  }
  for (let k = first; k < last && moment <= latest; k++) {
    if (instance.windowTo(k) < moment) continue;
    moment = earliestFree(instance, vehicle, Math.max(moment, instance.windowFrom(k)), needed);
    if (moment <= instance.windowTo(k)) return moment <= latest ? moment : NEVER;
  }
  return NEVER;
}
function homeArrival(instance, vehicle, location, ready) {
  const home = instance.endLocation(vehicle);
  return home < 0 ? ready : arrival(instance, vehicle, ready, instance.travelSeconds(location, home));
}
function timeRoute(instance, vehicle, visits, starts) {
  const homeAt = timesFrom(instance, vehicle, visits, starts, instance.earliestDeparture(vehicle));
  if (homeAt === NEVER || visits.length === 0 || !instance.countsHours(vehicle)) return homeAt;
  if (visits.every((visit) => instance.frozenVehicle(visit) < 0))
    timesFrom(instance, vehicle, visits, starts, latestSettingOut(instance, vehicle, visits, homeAt));
  else if (visits.every((visit) => instance.frozenVehicle(visit) >= 0)) return homeAt;
  const hours = homeAt - setOutAt(instance, vehicle, visits, starts);
  return hours <= instance.longestSeconds(vehicle) ? homeAt : NEVER;
}
function setOutAt(instance, vehicle, visits, starts) {
  const first = visits[0];
  const travel = instance.travelSeconds(instance.startLocation(vehicle), instance.locationOf(first));
  const ready = instance.earliestDeparture(vehicle);
  const startAt = starts[0];
  if (arrival(instance, vehicle, ready, travel) <= startAt) return latestDeparture(instance, vehicle, startAt, travel);
  return Math.min(ready, startAt);
}
function latestStart(instance, vehicle, visit, by) {
  const service = instance.serviceSeconds(visit);
  const needed = Math.max(1, service);
  const first = instance.firstWindow(visit);
  const release = instance.release(visit);
  const most = Math.min(by, instance.latestEnd(vehicle) - service);
  if (first === instance.firstWindow(visit + 1)) {
    const moment = latestDeparture(instance, vehicle, most + needed, needed);
    return moment >= release ? moment : Number.NEGATIVE_INFINITY;
  }
  for (let k = instance.firstWindow(visit + 1) - 1; k >= first; k--) {
    const moment = latestDeparture(instance, vehicle, Math.min(most, instance.windowTo(k)) + needed, needed);
    if (moment < release) break;
    if (moment >= instance.windowFrom(k)) return moment;
  }
  return Number.NEGATIVE_INFINITY;
}
function latestSettingOut(instance, vehicle, visits, homeAt) {
  const home = instance.endLocation(vehicle);
  let by = homeAt;
  let location = home;
  for (let i = visits.length - 1; i >= 0; i--) {
    const visit = visits[i];
    const here = instance.locationOf(visit);
    if (location >= 0) by = latestDeparture(instance, vehicle, by, instance.travelSeconds(here, location));
    by = latestStart(instance, vehicle, visit, by - instance.serviceSeconds(visit));
    location = here;
  }
  return latestDeparture(instance, vehicle, by, instance.travelSeconds(instance.startLocation(vehicle), location));
}
function timesFrom(instance, vehicle, visits, starts, departAt) {
  let ready = departAt;
  let location = instance.startLocation(vehicle);
  let given = true;
  for (let i = 0; i < visits.length; i++) {
    const visit = visits[i];
    const next = instance.locationOf(visit);
    const arriveAt = arrival(instance, vehicle, ready, instance.travelSeconds(location, next));
    if (instance.frozenVehicle(visit) >= 0) {
      const start = instance.frozenStart(visit);
      if (!given && arriveAt > start) return NEVER;
      starts[i] = start;
      ready = Math.max(ready, start + instance.serviceSeconds(visit));
      given = true;
    } else {
      const start = earliestStart(instance, vehicle, visit, arriveAt);
      if (start === NEVER) return NEVER;
      starts[i] = start;
      ready = start + instance.serviceSeconds(visit);
      given = false;
    }
    location = next;
  }
  const homeAt = homeArrival(instance, vehicle, location, ready);
  return given || homeAt <= instance.latestEnd(vehicle) ? homeAt : NEVER;
}

// dispatch/src/solver/pricing.ts
function waitingCost(instance, visit, startAt) {
  let cost2 = startAt > instance.due(visit) ? instance.latePerSecond(visit) * (startAt - instance.due(visit)) : 0;
  const last = instance.firstSegment(visit + 1);
  for (let k = instance.firstSegment(visit); k < last; k++) {
    const from = instance.segmentFrom(k);
    if (from >= startAt) break;
    const to = k + 1 < last ? Math.min(startAt, instance.segmentFrom(k + 1)) : startAt;
    cost2 += instance.segmentPerSecond(k) * (to - from);
  }
  return cost2;
}
function stopCost(instance, visit, engineer, startAt) {
  const cost2 = waitingCost(instance, visit, startAt) + instance.overQualificationCost(engineer, visit);
  const promisedTo = instance.previousEngineer(visit);
  if (promisedTo < 0) return cost2;
  const { churnPerMovedVisit, churnToleranceSeconds } = instance.plain.weights;
  const kept = promisedTo === engineer && Math.abs(startAt - instance.previousStart(visit)) <= churnToleranceSeconds;
  return kept ? cost2 : cost2 + churnPerMovedVisit;
}
function leftOutCost(instance, visit) {
  const { weights, visits } = instance.plain;
  const churn = instance.previousEngineer(visit) < 0 ? 0 : weights.churnPerMovedVisit;
  const priority = visits[visit]?.priority;
  const penalty = instance.isMandatory(visit) ? instance.mandatoryPenalty : weights.unassignedByPriority[priority];
  return waitingCost(instance, visit, instance.horizonEnd) + churn + penalty;
}
function homeLegCost(instance, vehicle, location) {
  const home = instance.endLocation(vehicle);
  return home < 0 ? 0 : instance.legCost(location, home);
}
function overtimeCost(instance, vehicle, homeAt) {
  return instance.plain.weights.overtimeSecond * Math.max(0, homeAt - instance.shiftEnd(vehicle));
}
function shiftCost(instance, vehicle, setOutAt2, homeAt) {
  const hours = (instance.plain.weights.workSecond ?? 0) * Math.max(0, homeAt - setOutAt2);
  return instance.fixedCost(vehicle) + hours + overtimeCost(instance, vehicle, homeAt);
}
function idleCost(instance, vehicle) {
  return homeLegCost(instance, vehicle, instance.startLocation(vehicle));
}
function routeCost(instance, vehicle, visits, starts, homeAt) {
  if (visits.length === 0) return idleCost(instance, vehicle);
  const engineer = instance.engineerOf(vehicle);
  let cost2 = shiftCost(instance, vehicle, setOutAt(instance, vehicle, visits, starts), homeAt);
  let location = instance.startLocation(vehicle);
  for (let i = 0; i < visits.length; i++) {
    const visit = visits[i];
    cost2 += instance.legCost(location, instance.locationOf(visit)) + stopCost(instance, visit, engineer, starts[i]);
    location = instance.locationOf(visit);
  }
  return cost2 + homeLegCost(instance, vehicle, location);
}

// dispatch/src/solver/routes.ts
var PLAIN = 0;
var HOURS = 1;
var TIMED = 2;
var SIMULATED = 3;
var Routes = class {
  instance;
  /** Cost of the whole plan. */
  cost = 0;
  /** Vehicles with visits. */
  usedCount = 0;
  /** The first `usedCount`, in no order. */
  usedList;
  usedAt;
  // by vehicle, into `usedList`
  startNode;
  // of vehicle 0
  endNode;
  next;
  previous;
  vehicleAt;
  // by node; -1: absent
  place;
  // location by node
  service;
  // seconds by node
  start;
  // of service, by node; at the end node: the arrival
  ready;
  // when the engineer can leave the node
  latest;
  // arrival at the node by then is in time for all that follows
  legCost;
  // of the way to the node
  wayTo;
  // seconds of the way to the node
  stopCosts;
  // by visit
  loads;
  // vehicle x kind
  lengths;
  // visits by vehicle
  /** The visits in no route; those taken out last are at the end of the first `absentCount`. */
  absentList;
  absentCount = 0;
  absentAt;
  // by visit, into `absentList`
  /** Of the order of a vehicle: another number after each change, the old one when that is undone. */
  version;
  mode;
  // by vehicle
  /** By visit: it may start in one window or at any time. */
  simple;
  open;
  // by visit: first and last moment it may start
  close;
  /** Where hours count (mode HOURS): see places.ts. */
  busySoFar;
  // travel and service from setting out until the node is done
  setOutBy;
  // latest setting out that keeps the windows up to the node
  homeFrom;
  // arrival home cannot be before this, however early the node is reached
  hours;
  // by vehicle
  overtime;
  // cost by vehicle
  leftOutCosts;
  // by visit
  hasStopCosts;
  starts;
  // scratch
  side;
  versions = 0;
  touched = [];
  // vehicles changed since `mark`, as they were then:
  touchedVersion = [];
  touchedFrom = [];
  // into `touchedOrder`
  touchedOrder = [];
  touchedMark;
  // by vehicle
  marks = 1;
  /** Only the frozen visits are in; all others are absent. */
  constructor(instance) {
    this.instance = instance;
    const { visitCount, vehicleCount, locationCount, plain } = instance;
    const nodes = visitCount + 2 * vehicleCount;
    this.side = locationCount + 1;
    this.startNode = visitCount;
    this.endNode = visitCount + vehicleCount;
    this.next = new Int32Array(nodes).fill(-1);
    this.previous = new Int32Array(nodes).fill(-1);
    this.vehicleAt = new Int32Array(nodes).fill(-1);
    this.place = new Int32Array(nodes);
    this.service = new Float64Array(nodes);
    this.start = new Float64Array(nodes);
    this.ready = new Float64Array(nodes);
    this.latest = new Float64Array(nodes);
    this.legCost = new Float64Array(nodes);
    this.wayTo = new Int32Array(nodes);
    this.stopCosts = new Float64Array(visitCount);
    this.loads = new Float64Array(vehicleCount * instance.kindCount);
    this.usedList = new Int32Array(vehicleCount);
    this.usedAt = new Int32Array(vehicleCount);
    this.lengths = new Int32Array(vehicleCount);
    this.absentList = Int32Array.from({ length: visitCount }, (_, visit) => visit);
    this.absentAt = Int32Array.from({ length: visitCount }, (_, visit) => visit);
    this.absentCount = visitCount;
    this.version = new Float64Array(vehicleCount);
    this.mode = new Uint8Array(vehicleCount);
    this.simple = new Uint8Array(visitCount);
    this.open = new Float64Array(visitCount);
    this.close = new Float64Array(visitCount);
    this.busySoFar = new Float64Array(nodes);
    this.setOutBy = new Float64Array(nodes);
    this.homeFrom = new Float64Array(nodes);
    this.hours = new Float64Array(vehicleCount);
    this.overtime = new Float64Array(vehicleCount);
    this.leftOutCosts = new Float64Array(visitCount);
    this.starts = new Float64Array(visitCount);
    this.touchedMark = new Float64Array(vehicleCount);
    let hasStopCosts = false;
    const { weights } = plain;
    plain.visits.forEach((visit, v) => {
      const first = instance.firstWindow(v);
      const count = instance.firstWindow(v + 1) - first;
      this.simple[v] = count <= 1 ? 1 : 0;
      this.open[v] = Math.max(instance.release(v), count === 0 ? Number.NEGATIVE_INFINITY : instance.windowFrom(first));
      this.close[v] = count === 0 ? Number.POSITIVE_INFINITY : instance.windowTo(instance.firstWindow(v + 1) - 1);
      this.place[v] = visit.location;
      this.service[v] = visit.serviceSeconds;
      this.leftOutCosts[v] = leftOutCost(instance, v);
      this.cost += this.leftOutCosts[v];
      hasStopCosts ||=
        (visit.due !== void 0 && weights.lateSecond > 0) ||
        (visit.downtime !== void 0 && weights.downtime > 0) ||
        (visit.previous !== void 0 && weights.churnPerMovedVisit > 0) ||
        ((visit.skills?.length ?? 0) > 0 && weights.overQualifiedLevel > 0);
    });
    this.hasStopCosts = hasStopCosts;
    const withFrozen = new Set(plain.visits.map((_, v) => instance.frozenVehicle(v)));
    const oneWindowEach = this.simple.every((one) => one === 1);
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++) {
      const overtime = weights.overtimeSecond > 0 && instance.latestEnd(vehicle) > instance.shiftEnd(vehicle);
      const busy = instance.firstBusy(vehicle + 1) > instance.firstBusy(vehicle);
      const timed = hasStopCosts || overtime || busy || withFrozen.has(vehicle) || !oneWindowEach;
      this.mode[vehicle] = instance.countsHours(vehicle) ? (timed ? SIMULATED : HOURS) : timed ? TIMED : PLAIN;
      const [from, to] = [this.startNode + vehicle, this.endNode + vehicle];
      const home = instance.endLocation(vehicle);
      this.place[from] = instance.startLocation(vehicle);
      this.place[to] = home < 0 ? locationCount : home;
      this.vehicleAt[from] = this.vehicleAt[to] = vehicle;
      this.ready[from] = this.start[from] = instance.earliestDeparture(vehicle);
      this.setOutBy[from] = Number.POSITIVE_INFINITY;
      this.latest[to] = instance.latestEnd(vehicle);
      this.join(from, to);
      this.settle(vehicle, to, from);
    }
    for (let vehicle = 0; vehicle < vehicleCount; vehicle++)
      if (withFrozen.has(vehicle)) this.replace(vehicle, frozenOrder(instance, vehicle));
  }
  order(vehicle) {
    const order = [];
    for (let v = this.first(vehicle); v < this.startNode; v = this.next[v]) order.push(v);
    return order;
  }
  /** The first visit, or the end node. */
  first(vehicle) {
    return this.next[this.startNode + vehicle];
  }
  isEmpty(vehicle) {
    return this.first(vehicle) >= this.startNode;
  }
  /** -1: absent. */
  vehicleOf(visit) {
    return this.vehicleAt[visit];
  }
  leftOutCost(visit) {
    return this.leftOutCosts[visit];
  }
  /** In order of number. */
  absent() {
    return [...this.absentList.subarray(0, this.absentCount)].sort((a, b) => a - b);
  }
  /** Seconds from node to node. */
  way(a, b) {
    return this.instance.ways[this.place[a] * this.side + this.place[b]];
  }
  /** Puts an absent visit after a node of the vehicle. Throws where it does not fit. */
  insertAfter(node, visit) {
    const vehicle = this.vehicleAt[node];
    this.touch(vehicle);
    this.link(node, visit);
    if (!this.settle(vehicle, visit, visit))
      throw new Error(`visit ${visit} does not fit after node ${node} of vehicle ${vehicle}`);
  }
  /**
   * Takes out the visits from `from` to `to` (in that order in one route, none of them frozen). False if what is left cannot
   * be driven, because the way by a visit taken out was the quicker one; then only the frozen visits are left.
   */
  remove(from, to) {
    const vehicle = this.vehicleAt[from];
    this.touch(vehicle);
    const before = this.previous[from];
    const after = this.next[to];
    for (let visit = from; visit !== after; visit = this.next[visit]) this.release(vehicle, visit);
    this.join(before, after);
    if (this.isEmpty(vehicle)) this.use(vehicle, -1);
    if (this.settle(vehicle, after, before)) return true;
    this.replace(vehicle, frozenOrder(this.instance, vehicle));
    return false;
  }
  /** Gives the vehicle this order; visits no longer in it become absent. False, and nothing changed, if it cannot be driven. */
  replace(vehicle, order) {
    if (timeRoute(this.instance, vehicle, order, this.starts) === NEVER || !this.holds(vehicle, order)) return false;
    this.touch(vehicle);
    this.setOrder(vehicle, order);
    return true;
  }
  /** From here on changes can be undone with `rollBack`. */
  mark() {
    this.marks++;
    this.touched.length = this.touchedVersion.length = this.touchedFrom.length = this.touchedOrder.length = 0;
  }
  rollBack() {
    for (const vehicle of this.touched) this.empty(vehicle);
    this.touched.forEach((vehicle, k) => {
      let last = this.startNode + vehicle;
      const to = this.touchedFrom[k + 1] ?? this.touchedOrder.length;
      for (let i = this.touchedFrom[k]; i < to; i++) {
        const visit = this.touchedOrder[i];
        this.link(last, visit);
        last = visit;
      }
      this.settleAll(vehicle);
      this.version[vehicle] = this.touchedVersion[k];
    });
    this.mark();
  }
  copyOrders() {
    return Array.from({ length: this.instance.vehicleCount }, (_, vehicle) => [vehicle, this.order(vehicle)]);
  }
  /** The orders must be drivable, and no visit may be in two vehicles afterwards. */
  setOrders(orders) {
    const changed = orders.filter(([vehicle, order]) => {
      const now = this.order(vehicle);
      return order.length !== now.length || order.some((visit, i) => visit !== now[i]);
    });
    for (const [vehicle] of changed) {
      this.touch(vehicle);
      this.empty(vehicle);
    }
    for (const [vehicle, order] of changed) this.setOrder(vehicle, order);
  }
  /** What the route would cost more with the visit after the node, by timing the whole day anew; NEVER if it cannot be. */
  simulate(vehicle, node, visit) {
    const { instance, starts } = this;
    const order = this.order(vehicle);
    const before = routeCostOf(instance, vehicle, order, starts);
    order.splice(node >= this.startNode ? 0 : order.indexOf(node) + 1, 0, visit);
    const after = routeCostOf(instance, vehicle, order, starts);
    return after === NEVER ? NEVER : after - before;
  }
  holds(vehicle, order) {
    const { instance } = this;
    for (let kind = 0; kind < instance.kindCount; kind++) {
      let load = 0;
      for (const visit of order) load += instance.amount(visit, kind);
      if (load > instance.capacity(vehicle, kind) && order.some((visit) => instance.frozenVehicle(visit) < 0))
        return false;
    }
    return true;
  }
  setOrder(vehicle, order) {
    this.empty(vehicle);
    let last = this.startNode + vehicle;
    for (const visit of order) {
      this.link(last, visit);
      last = visit;
    }
    this.settleAll(vehicle);
  }
  /** Leaves the numbers of the route to be settled. */
  empty(vehicle) {
    if (this.isEmpty(vehicle)) return;
    const end = this.endNode + vehicle;
    for (let visit = this.first(vehicle); visit !== end; visit = this.next[visit]) this.release(vehicle, visit);
    this.join(this.startNode + vehicle, end);
    this.use(vehicle, -1);
  }
  link(node, visit) {
    const vehicle = this.vehicleAt[node];
    const { instance } = this;
    if (this.isEmpty(vehicle)) this.use(vehicle, 1);
    const after = this.next[node];
    this.cost -= this.legCost[after];
    this.legCost[after] = 0;
    this.join(node, visit);
    this.join(visit, after);
    this.vehicleAt[visit] = vehicle;
    this.start[visit] = Number.NaN;
    this.latest[visit] = Number.NaN;
    this.cost -= this.leftOutCosts[visit];
    this.lengths[vehicle] = this.lengths[vehicle] + 1;
    const last = this.absentList[--this.absentCount];
    const at = this.absentAt[visit];
    this.absentList[at] = last;
    this.absentAt[last] = at;
    for (let kind = 0; kind < instance.kindCount; kind++)
      this.load(vehicle * instance.kindCount + kind, instance.amount(visit, kind));
  }
  release(vehicle, visit) {
    const { instance } = this;
    this.vehicleAt[visit] = -1;
    this.cost += this.leftOutCosts[visit] - this.stopCosts[visit] - this.legCost[visit];
    this.stopCosts[visit] = this.legCost[visit] = 0;
    this.lengths[vehicle] = this.lengths[vehicle] - 1;
    this.absentAt[visit] = this.absentCount;
    this.absentList[this.absentCount++] = visit;
    for (let kind = 0; kind < instance.kindCount; kind++)
      this.load(vehicle * instance.kindCount + kind, -instance.amount(visit, kind));
  }
  join(a, b) {
    const cell = this.place[a] * this.side + this.place[b];
    const cost2 = this.instance.legCosts[cell];
    this.wayTo[b] = this.instance.ways[cell];
    this.cost += cost2 - this.legCost[b];
    this.legCost[b] = cost2;
    this.next[a] = b;
    this.previous[b] = a;
  }
  load(cell, amount) {
    this.loads[cell] = this.loads[cell] + amount;
  }
  use(vehicle, one) {
    if (one > 0) {
      this.usedAt[vehicle] = this.usedCount;
      this.usedList[this.usedCount++] = vehicle;
    } else {
      const last = this.usedList[--this.usedCount];
      const at = this.usedAt[vehicle];
      this.usedList[at] = last;
      this.usedAt[last] = at;
    }
    this.cost += one * this.instance.fixedCost(vehicle);
  }
  touch(vehicle) {
    if (this.touchedMark[vehicle] === this.marks) return;
    this.touchedMark[vehicle] = this.marks;
    this.touched.push(vehicle);
    this.touchedVersion.push(this.version[vehicle]);
    this.touchedFrom.push(this.touchedOrder.length);
    for (let v = this.first(vehicle); v < this.startNode; v = this.next[v]) this.touchedOrder.push(v);
  }
  /** Every node of the order is new. */
  settleAll(vehicle) {
    if (!this.settle(vehicle, this.first(vehicle), this.previous[this.endNode + vehicle]))
      throw new Error(`the order of vehicle ${vehicle} cannot be driven`);
  }
  /** Brings the numbers of a route up to date after changes between the two nodes. False if it cannot be driven. */
  settle(vehicle, firstChanged, lastChanged) {
    this.version[vehicle] = ++this.versions;
    if (this.mode[vehicle] === SIMULATED) return this.timeAnew(vehicle);
    if (
      !(this.mode[vehicle] === TIMED ? this.forward(vehicle, firstChanged) : this.forwardPlain(vehicle, firstChanged))
    )
      return false;
    if (this.mode[vehicle] === TIMED) this.backward(vehicle, lastChanged);
    else this.backwardPlain(vehicle, lastChanged);
    return this.mode[vehicle] !== HOURS || this.countHours(vehicle);
  }
  /** `forward` where nothing but one window a visit is in the way, and times cost nothing. */
  forwardPlain(vehicle, from) {
    const { start, ready, open, close, service, next, wayTo } = this;
    const end = this.endNode + vehicle;
    let moment = ready[this.previous[from]];
    for (let node = from; node !== end; node = next[node]) {
      moment += wayTo[node];
      const opens = open[node];
      if (moment < opens) moment = opens;
      if (moment === start[node]) return true;
      if (moment > close[node]) return false;
      start[node] = moment;
      moment += service[node];
      ready[node] = moment;
    }
    start[end] = moment + wayTo[end];
    return start[end] <= this.latest[end] || this.isEmpty(vehicle);
  }
  backwardPlain(vehicle, from) {
    const { latest, open, close, service, previous, wayTo } = this;
    const begin = this.startNode + vehicle;
    let after = this.next[from];
    let by = latest[after];
    for (let node = from; node !== begin; node = previous[node]) {
      by -= wayTo[after] + service[node];
      if (by > close[node]) by = close[node];
      if (by < open[node]) by = Number.NEGATIVE_INFINITY;
      if (by === latest[node]) return;
      latest[node] = by;
      after = node;
    }
    latest[begin] = by - wayTo[after];
  }
  /** From `from` on, until nothing changes any more: the recurrence of schedule.ts, with its costs. */
  forward(vehicle, from) {
    const { instance, start, ready, next } = this;
    const end = this.endNode + vehicle;
    const engineer = instance.engineerOf(vehicle);
    let before = this.previous[from];
    for (let node = from; node !== end; node = next[node]) {
      const arriveAt = arrival(instance, vehicle, ready[before], this.way(before, node));
      let startAt;
      let readyAt;
      if (instance.frozenVehicle(node) >= 0) {
        startAt = instance.frozenStart(node);
        if (arriveAt > startAt && before < this.startNode && instance.frozenVehicle(before) < 0) return false;
        readyAt = Math.max(ready[before], startAt + instance.serviceSeconds(node));
      } else {
        startAt = earliestStart(instance, vehicle, node, arriveAt);
        if (startAt === NEVER) return false;
        readyAt = startAt + instance.serviceSeconds(node);
      }
      if (startAt === start[node] && readyAt === ready[node]) return true;
      start[node] = startAt;
      ready[node] = readyAt;
      if (this.hasStopCosts) this.setStopCost(node, stopCost(instance, node, engineer, startAt));
      before = node;
    }
    const homeAt = arrival(instance, vehicle, ready[before], this.way(before, end));
    start[end] = homeAt;
    this.setOvertime(vehicle, before >= this.startNode ? 0 : overtimeCost(instance, vehicle, homeAt));
    const given = before >= this.startNode || instance.frozenVehicle(before) >= 0;
    return given || homeAt <= instance.latestEnd(vehicle);
  }
  /** From `from` back, until nothing changes any more. */
  backward(vehicle, from) {
    const { instance, latest, previous } = this;
    const begin = this.startNode + vehicle;
    let after = this.next[from];
    for (let node = from; node !== begin; node = previous[node]) {
      let by = instance.frozenStart(node);
      if (instance.frozenVehicle(node) < 0) {
        const leaveBy = latestDeparture(instance, vehicle, latest[after], this.way(node, after));
        by = latestStart(instance, vehicle, node, leaveBy - instance.serviceSeconds(node));
      }
      if (by === latest[node]) return;
      latest[node] = by;
      after = node;
    }
  }
  /**
   * The shortest working time of an order is the longer of what there is to do, and the earliest arrival home less the
   * latest setting out; `busySoFar`, `homeFrom` and `setOutBy` are these three for the parts before and after a place.
   */
  countHours(vehicle) {
    const { next, previous, busySoFar, setOutBy, homeFrom, service, instance } = this;
    const begin = this.startNode + vehicle;
    const end = this.endNode + vehicle;
    for (let node = next[begin], before = begin; before !== end; before = node, node = next[node]) {
      const reached = busySoFar[before] + this.wayTo[node];
      if (node === end) {
        busySoFar[end] = reached;
        break;
      }
      setOutBy[node] = Math.min(setOutBy[before], this.close[node] - reached);
      busySoFar[node] = reached + service[node];
    }
    const total = busySoFar[end];
    homeFrom[end] = Number.NEGATIVE_INFINITY;
    let floor = Number.NEGATIVE_INFINITY;
    for (let node = previous[end]; node !== begin; node = previous[node]) {
      const toGo = total - busySoFar[node] + service[node];
      floor = Math.max(floor, this.open[node] + toGo);
      homeFrom[node] = floor;
    }
    const hours = this.isEmpty(vehicle) ? 0 : Math.max(total, this.start[end] - this.latest[begin]);
    this.setHours(vehicle, hours);
    return hours <= instance.longestSeconds(vehicle);
  }
  timeAnew(vehicle) {
    const { instance, starts } = this;
    const order = this.order(vehicle);
    const homeAt = timeRoute(instance, vehicle, order, starts);
    if (homeAt === NEVER) return false;
    order.forEach((visit, i) => {
      this.start[visit] = starts[i];
      this.setStopCost(visit, stopCost(instance, visit, instance.engineerOf(vehicle), starts[i]));
    });
    this.start[this.endNode + vehicle] = homeAt;
    this.setOvertime(vehicle, order.length === 0 ? 0 : overtimeCost(instance, vehicle, homeAt));
    this.setHours(vehicle, order.length === 0 ? 0 : Math.max(0, homeAt - setOutAt(instance, vehicle, order, starts)));
    return true;
  }
  setStopCost(visit, cost2) {
    this.cost += cost2 - this.stopCosts[visit];
    this.stopCosts[visit] = cost2;
  }
  setOvertime(vehicle, cost2) {
    this.cost += cost2 - this.overtime[vehicle];
    this.overtime[vehicle] = cost2;
  }
  setHours(vehicle, hours) {
    this.cost += (this.instance.plain.weights.workSecond ?? 0) * (hours - this.hours[vehicle]);
    this.hours[vehicle] = hours;
  }
  overtimeOf(vehicle) {
    return this.overtime[vehicle];
  }
};
function routeCostOf(instance, vehicle, order, starts) {
  const homeAt = timeRoute(instance, vehicle, order, starts);
  return homeAt === NEVER ? NEVER : routeCost(instance, vehicle, order, starts, homeAt);
}
function frozenOrder(instance, vehicle) {
  const frozen = [];
  for (let visit = 0; visit < instance.visitCount; visit++)
    if (instance.frozenVehicle(visit) === vehicle) frozen.push(visit);
  return frozen.sort((a, b) => instance.frozenStart(a) - instance.frozenStart(b) || a - b);
}

// dispatch/src/solver/construct.ts
function adopt(instance, start) {
  const routes = new Routes(instance);
  for (const { vehicle, stops } of start?.routes ?? []) {
    if (!(vehicle >= 0 && vehicle < instance.vehicleCount)) continue;
    const wanted = stops.map((stop) => stop.visit).filter((visit) => mayServe(routes, vehicle, visit));
    if (keepsFrozen(routes, vehicle, wanted) && routes.replace(vehicle, wanted)) continue;
    for (const visit of wanted) insertCheapest(routes, vehicle, visit);
  }
  return routes;
}
function complete(routes, recreate) {
  recreate.greedily();
  rescueMandatory(routes, recreate);
}
function mayServe(routes, vehicle, visit) {
  const { instance } = routes;
  if (!(visit >= 0 && visit < instance.visitCount)) return false;
  const frozen = instance.frozenVehicle(visit);
  if (frozen >= 0) return frozen === vehicle;
  return routes.vehicleOf(visit) < 0 && instance.refusalOf(instance.engineerOf(vehicle), visit) === null;
}
function keepsFrozen(routes, vehicle, wanted) {
  const frozen = wanted.filter((visit) => routes.instance.frozenVehicle(visit) >= 0);
  return new Set(wanted).size === wanted.length && frozen.join() === routes.order(vehicle).join();
}
function insertCheapest(routes, vehicle, visit) {
  if (routes.vehicleOf(visit) >= 0) return;
  const order = routes.order(vehicle);
  let least = NEVER;
  let best = null;
  for (let place = 0; place <= order.length; place++) {
    const longer = order.toSpliced(place, 0, visit);
    if (!routes.replace(vehicle, longer)) continue;
    if (routes.cost >= least) continue;
    least = routes.cost;
    best = longer;
  }
  routes.replace(vehicle, best ?? order);
}

// dispatch/src/solver/cost.ts
function cost(instance, plan) {
  const { engineers, visits, weights } = instance.plain;
  const sum = {
    travel: 0,
    distance: 0,
    lateness: 0,
    downtime: 0,
    overtime: 0,
    work: 0,
    fixed: 0,
    churn: 0,
    overQualification: 0,
    unassigned: 0,
  };
  const served = /* @__PURE__ */ new Set();
  const leg = (a, b) => {
    if (b === null) return;
    sum.travel += weights.travelSecond * instance.travelSeconds(a, b);
    sum.distance += weights.distanceMetre * instance.distanceMetres(a, b);
  };
  const shiftCost2 = (shift, engineer, route) => {
    let location = shift.freeAtLocation ?? shift.startLocation;
    for (const { visit: index, startAt } of route?.stops ?? []) {
      const visit = visits[index];
      if (visit === void 0) throw new Error(`plan names visit ${index} of ${visits.length}`);
      served.add(index);
      leg(location, visit.location);
      location = visit.location;
      sum.lateness += latenessCost(visit, weights, startAt);
      sum.downtime += downtimeCost(visit, weights, startAt);
      for (const { skill, level } of visit.skills ?? []) {
        const has = engineers[engineer]?.skills.find((entry) => entry.skill === skill)?.level ?? 0;
        sum.overQualification += weights.overQualifiedLevel * Math.max(0, has - level);
      }
      if (visit.previous === void 0) continue;
      const moved =
        visit.previous.engineer !== engineer ||
        Math.abs(visit.previous.startAt - startAt) > weights.churnToleranceSeconds;
      sum.churn += moved ? weights.churnPerMovedVisit : 0;
    }
    leg(location, shift.endLocation);
    const setOutAt2 = route?.stops[0]?.departAt;
    if (route === void 0 || setOutAt2 === void 0) return;
    sum.overtime += weights.overtimeSecond * Math.max(0, route.homeAt - shift.to);
    sum.work += (weights.workSecond ?? 0) * Math.max(0, route.homeAt - setOutAt2);
    sum.fixed += shift.fixedCost ?? 0;
  };
  const routes = new Map(plan.routes.map((route) => [route.vehicle, route]));
  engineers.forEach(({ shifts }, engineer) => {
    shifts.forEach((shift, s) => {
      shiftCost2(shift, engineer, routes.get(instance.vehicleOf(engineer, s)));
    });
  });
  visits.forEach((visit, index) => {
    if (served.has(index)) return;
    sum.lateness += latenessCost(visit, weights, instance.horizonEnd);
    sum.downtime += downtimeCost(visit, weights, instance.horizonEnd);
    sum.churn += visit.previous === void 0 ? 0 : weights.churnPerMovedVisit;
    sum.unassigned += visit.mandatory ? instance.mandatoryPenalty : (weights.unassignedByPriority[visit.priority] ?? 0);
  });
  const total = Object.values(sum).reduce((a, b) => a + b, 0);
  return { ...sum, total };
}

// dispatch/src/solver/ruin.ts
var Ruin = class {
  instance;
  routes;
  vehiclesFor;
  ruined;
  // by vehicle
  stamps = 0;
  constructor(routes, vehiclesFor) {
    this.instance = routes.instance;
    this.routes = routes;
    this.vehiclesFor = vehiclesFor;
    this.ruined = new Float64Array(routes.instance.vehicleCount);
  }
  /**
   * `near` says who is near whom. With `wholeRoute` the first route loses all its visits, and more routes than else lose
   * a string, as its visits need the room. Ours: strings alone hardly ever close a route.
   */
  strings(near, wholeRoute, parameters, rng) {
    const { routes, instance } = this;
    const present = instance.visitCount - routes.absentCount;
    const longest = Math.min(parameters.longestString, routes.usedCount === 0 ? 1 : present / routes.usedCount);
    const mostStrings = (4 * parameters.averageRemoved) / (1 + longest) - 1;
    let strings = Math.floor(1 + rng.unit() * Math.max(1, mostStrings));
    if (wholeRoute) strings += BESIDE_WHOLE_ROUTE;
    const leftOut = routes.absentCount > 0 && rng.unit() < parameters.leftOutShare ? this.aLeftOutVisit(rng) : -1;
    const useful = leftOut < 0 ? null : this.vehiclesFor(leftOut);
    const center = leftOut < 0 ? rng.below(instance.visitCount) : leftOut;
    const stamp = ++this.stamps;
    let whole = wholeRoute;
    const list = near[center];
    for (let k = 0; k < list.length && strings > 0; k++) {
      const visit = list[k];
      const vehicle = routes.vehicleOf(visit);
      if (vehicle < 0 || this.ruined[vehicle] === stamp || instance.frozenVehicle(visit) >= 0) continue;
      if (useful?.includes(vehicle) === false) continue;
      this.ruined[vehicle] = stamp;
      strings--;
      if (whole) {
        whole = false;
        this.wholeRoute(vehicle);
        continue;
      }
      const length = Math.floor(1 + rng.unit() * Math.min(routes.lengths[vehicle], longest));
      this.stringAround(visit, length, parameters, rng);
    }
  }
  /** Takes out a run of `length` visits with the given one in it; or a longer run, of which the middle is kept. */
  stringAround(visit, length, parameters, rng) {
    const { routes } = this;
    const { next, previous } = routes;
    let kept = 0;
    const room = routes.lengths[routes.vehicleOf(visit)] - length;
    if (length > 1 && room > 0 && rng.unit() < parameters.splitShare) {
      kept = 1;
      while (kept < room && rng.unit() > parameters.splitStop) kept++;
    }
    let span = length + kept;
    let before = 0;
    for (let v = previous[visit]; before < span - 1 && this.isLoose(v); v = previous[v]) before++;
    let behind = 0;
    for (let v = next[visit]; behind < span - 1 && this.isLoose(v); v = next[v]) behind++;
    if (span > before + behind + 1) {
      span = before + behind + 1;
      kept = Math.max(0, span - length);
    }
    const least = Math.max(0, span - 1 - behind);
    let first = visit;
    for (let back = least + rng.below(Math.min(before, span - 1) - least + 1); back > 0; back--)
      first = previous[first];
    const removed = span - kept;
    if (kept === 0 || removed < 2) {
      routes.remove(first, this.along(first, removed - 1));
      return;
    }
    const head = 1 + rng.below(removed - 1);
    const headEnd = this.along(first, head - 1);
    const tail = this.along(headEnd, kept + 1);
    const tailEnd = this.along(tail, removed - head - 1);
    if (routes.remove(first, headEnd)) routes.remove(tail, tailEnd);
  }
  wholeRoute(vehicle) {
    const { routes } = this;
    let visit = routes.first(vehicle);
    while (visit < routes.startNode) {
      if (!this.isLoose(visit)) {
        visit = routes.next[visit];
        continue;
      }
      let last = visit;
      while (this.isLoose(routes.next[last])) last = routes.next[last];
      const after = routes.next[last];
      if (!routes.remove(visit, last)) return;
      visit = after;
    }
  }
  along(visit, steps) {
    let v = visit;
    for (let k = 0; k < steps; k++) v = this.routes.next[v];
    return v;
  }
  isLoose(node) {
    return node < this.routes.startNode && this.instance.frozenVehicle(node) < 0;
  }
  /** -1: all visits that anybody could serve are in. */
  aLeftOutVisit(rng) {
    const { absentList, absentCount } = this.routes;
    const hopeful = [];
    for (let k = 0; k < absentCount; k++) if (this.vehiclesFor(absentList[k]).length > 0) hopeful.push(absentList[k]);
    return hopeful.length === 0 ? -1 : hopeful[rng.below(hopeful.length)];
  }
};
var BESIDE_WHOLE_ROUTE = 2;

// dispatch/src/solver/chain.ts
var Chain = class {
  routes;
  bestCost;
  recreate;
  ruin;
  near;
  rivals;
  parameters;
  rng;
  best;
  // orders by vehicle
  bestVersions;
  constructor(routes, recreate, near, rivals, parameters, rng) {
    this.routes = routes;
    this.recreate = recreate;
    this.ruin = new Ruin(routes, (visit) => recreate.vehiclesFor(visit));
    this.near = near;
    this.rivals = rivals;
    this.parameters = parameters;
    this.rng = rng;
    this.best = Array.from({ length: routes.instance.vehicleCount }, (_, vehicle) => routes.order(vehicle));
    this.bestVersions = Float64Array.from(routes.version);
    this.bestCost = routes.cost;
  }
  /** One iteration. */
  step(temperature) {
    const { routes, rng, parameters, recreate } = this;
    const current = routes.cost;
    const threshold = current - temperature * Math.log(1 - rng.unit());
    const kind = rng.unit();
    if (kind < parameters.wholeRouteShare) recreate.mostUsed = routes.usedCount - 1;
    this.ruinAndRecreate(kind, threshold);
    recreate.mostUsed = Number.POSITIVE_INFINITY;
    if (routes.cost < this.bestCost) this.remember();
    else if (routes.cost >= threshold && routes.cost !== current) routes.rollBack();
  }
  /** To be undone with `rollBack`. `kind`, in [0, 1): the least ones take a whole route out, the largest open one. */
  ruinAndRecreate(kind, atMost) {
    const { routes, rng, parameters, recreate } = this;
    const absentBefore = routes.absentCount;
    routes.mark();
    const near = this.rivals !== this.near && rng.unit() < parameters.competingShare ? this.rivals : this.near;
    this.ruin.strings(near, kind < parameters.wholeRouteShare, parameters, rng);
    recreate.withBlinks(absentBefore, kind >= 1 - parameters.openingShare, atMost, parameters, rng);
  }
  /** The plan as it is now is the best. */
  remember() {
    const { routes } = this;
    this.bestCost = routes.cost;
    for (let vehicle = 0; vehicle < this.best.length; vehicle++) {
      const version = routes.version[vehicle];
      if (version === this.bestVersions[vehicle]) continue;
      this.bestVersions[vehicle] = version;
      this.best[vehicle] = routes.order(vehicle);
    }
  }
  bestOrders() {
    return this.best.map((order, vehicle) => [vehicle, order]);
  }
};

// dispatch/src/solver/fewer.ts
var FewerVehicles = class {
  routes;
  recreate;
  chain;
  rng;
  absences;
  fewest;
  /** The plan with all visits in it and the fewest vehicles so far. */
  complete = null;
  constructor(routes, recreate, chain, rng) {
    this.routes = routes;
    this.recreate = recreate;
    this.chain = chain;
    this.rng = rng;
    this.absences = new Float64Array(routes.instance.visitCount);
    this.fewest = fewestVehicles(routes.instance);
  }
  /** No plan has fewer vehicles than the one at hand. */
  get done() {
    return this.routes.absentCount === 0 && this.routes.usedCount <= this.fewest;
  }
  /** One iteration. The chain remembers each complete plan, as it costs less than the one with a vehicle more. */
  step(temperature) {
    const { routes, recreate, chain } = this;
    if (routes.absentCount === 0) {
      if (routes.cost < chain.bestCost) chain.remember();
      this.complete = routes.copyOrders();
      this.giveUpRoute();
    }
    const cost2 = routes.cost;
    const sum = this.sumOfAbsences();
    const count = routes.absentCount;
    recreate.mostUsed = routes.usedCount;
    chain.ruinAndRecreate(STRINGS_ONLY, Number.POSITIVE_INFINITY);
    recreate.mostUsed = Number.POSITIVE_INFINITY;
    const better = this.sumOfAbsences() < sum || routes.absentCount < count;
    const alike = routes.absentCount <= count && routes.cost < cost2 - temperature * Math.log(1 - this.rng.unit());
    for (let k = 0; k < routes.absentCount; k++) this.count(routes.absentList[k]);
    if (!better && !alike) routes.rollBack();
  }
  /** The one whose visits were absent least often. */
  giveUpRoute() {
    const { routes, absences } = this;
    let least = Number.POSITIVE_INFINITY;
    let vehicle = -1;
    for (let k = 0; k < routes.usedCount; k++) {
      const candidate = routes.usedList[k];
      const order = routes.order(candidate);
      if (order.some((visit) => routes.instance.frozenVehicle(visit) >= 0)) continue;
      const sum = order.reduce((total, visit) => total + 1e-3 + absences[visit], 0);
      if (sum >= least) continue;
      least = sum;
      vehicle = candidate;
    }
    if (vehicle >= 0) routes.replace(vehicle, []);
  }
  sumOfAbsences() {
    const { routes, absences } = this;
    let sum = 0;
    for (let k = 0; k < routes.absentCount; k++) sum += absences[routes.absentList[k]];
    return sum;
  }
  count(visit) {
    this.absences[visit] = this.absences[visit] + 1;
  }
};
var STRINGS_ONLY = 0.5;
function vehiclesCost(instance) {
  for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) if (instance.fixedCost(vehicle) > 0) return true;
  return false;
}
function fewFirst(routes) {
  const { instance, mode } = routes;
  for (let visit = 0; visit < instance.visitCount; visit++) if (!instance.isMandatory(visit)) return false;
  return routes.absentCount === 0 && mode.every((one) => one === PLAIN || one === HOURS);
}
function fewestVehicles(instance) {
  let fewest = Math.min(1, instance.visitCount);
  for (let kind = 0; kind < instance.kindCount; kind++) {
    let all = 0;
    for (let visit = 0; visit < instance.visitCount; visit++) all += instance.amount(visit, kind);
    let most = 0;
    for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++)
      most = Math.max(most, instance.capacity(vehicle, kind));
    if (most > 0) fewest = Math.max(fewest, Math.ceil(all / most));
  }
  return fewest;
}

// dispatch/src/solver/near.ts
var LONGEST_LIST = 1e3;
function neighbours(instance) {
  const { visitCount } = instance;
  const keys = new Float64Array(visitCount);
  return Array.from({ length: visitCount }, (_, visit) => {
    const here = instance.locationOf(visit);
    for (let other = 0; other < visitCount; other++) {
      const there = instance.locationOf(other);
      const away = other === visit ? -1 : instance.travelSeconds(here, there) + instance.travelSeconds(there, here);
      keys[other] = away * visitCount + other;
    }
    keys.sort();
    const list = new Int32Array(Math.min(visitCount, LONGEST_LIST));
    for (let k = 0; k < list.length; k++) list[k] = ((keys[k] % visitCount) + visitCount) % visitCount;
    return list;
  });
}
function competitors(near, vehiclesFor) {
  const kinds = /* @__PURE__ */ new Map();
  const kindOf = near.map((_, visit) => {
    const name = vehiclesFor(visit).join();
    const kind = kinds.get(name) ?? kinds.size;
    kinds.set(name, kind);
    return kind;
  });
  if (kinds.size === 1) return near;
  const members = new Map(kindOf.map((kind, visit) => [kind, visit]));
  const sets = [...kinds.values()].map((kind) => new Set(vehiclesFor(members.get(kind))));
  const shared = sets.map((mine) =>
    sets.map((theirs) => {
      let both = 0;
      for (const vehicle of mine) if (theirs.has(vehicle)) both++;
      return both / Math.max(1, mine.size + theirs.size - both);
    }),
  );
  return near.map((list, visit) => {
    const row = shared[kindOf[visit]];
    const alike = (other) => (other === visit ? 2 : row[kindOf[other]]);
    return Int32Array.from([...list].sort((a, b) => alike(b) - alike(a)));
  });
}

// dispatch/src/solver/pool.ts
var RoutePool = class {
  routes;
  fleet;
  seen;
  // version by vehicle when it was last looked at
  starts;
  byVisits = /* @__PURE__ */ new Map();
  most;
  constructor(routes, fleet, most) {
    this.routes = routes;
    this.fleet = fleet;
    this.most = most;
    this.seen = new Float64Array(routes.instance.vehicleCount).fill(Number.NaN);
    this.starts = new Float64Array(routes.instance.visitCount);
  }
  /** Takes up the routes of the present plan. */
  add() {
    const { routes, seen } = this;
    for (let vehicle = 0; vehicle < seen.length; vehicle++) {
      const version = routes.version[vehicle];
      if (seen[vehicle] === version || routes.isEmpty(vehicle)) continue;
      seen[vehicle] = version;
      this.put(vehicle, routes.order(vehicle));
    }
  }
  put(vehicle, order) {
    const { instance } = this.routes;
    const kind = this.fleet.kindOf[vehicle];
    const key = `${kind}:${[...order].sort((a, b) => a - b).join()}`;
    const homeAt = timeRoute(instance, vehicle, order, this.starts);
    const cost2 = routeCost(instance, vehicle, order, this.starts, homeAt);
    const known = this.byVisits.get(key);
    this.byVisits.delete(key);
    this.byVisits.set(key, known !== void 0 && known.cost <= cost2 ? known : { kind, order, cost: cost2 });
    if (this.byVisits.size <= this.most) return;
    for (const oldest of this.byVisits.keys()) {
      this.byVisits.delete(oldest);
      break;
    }
  }
  all() {
    return [...this.byVisits.values()];
  }
};

// dispatch/src/solver/rng.ts
var Rng = class {
  a;
  b;
  c;
  counter = 1;
  constructor(seed) {
    this.a = seed | 0;
    this.b = Math.floor(seed / 2 ** 32) | 0;
    this.c = 2654435769 | 0;
    for (let round = 0; round < 12; round++) this.next();
  }
  /** A whole number, 0 to 2^32 - 1. */
  next() {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
  /** In [0, 1). */
  unit() {
    return this.next() / 2 ** 32;
  }
  /** A whole number, 0 to n - 1. The bias, below n / 2^32, does not matter here. */
  below(n) {
    return Math.floor(this.unit() * n);
  }
  /** Fisher-Yates, in place. */
  shuffle(list) {
    for (let k = list.length - 1; k > 0; k--) {
      const other = this.below(k + 1);
      const kept = list[k];
      list[k] = list[other];
      list[other] = kept;
    }
  }
};

// dispatch/src/solver/island.ts
var Island = class {
  routes;
  recreate;
  chain;
  pool;
  iterations = 0;
  parameters;
  fewer = null;
  fewFirst = false;
  // although they cost nothing
  fewerUntil;
  // share of the limit
  fewerRng;
  scale;
  meanLength = 1;
  // of routes, in legs
  cycles;
  constructor(routes, recreate, near, seed, parameters, cycles) {
    this.routes = routes;
    this.recreate = recreate;
    this.parameters = parameters;
    this.cycles = cycles;
    this.pool = new RoutePool(routes, recreate.fleet, parameters.largestPool);
    const rivals = competitors(near, (visit) => recreate.vehiclesFor(visit));
    this.chain = new Chain(routes, recreate, near, rivals, parameters, new Rng(seed));
    this.scale = meanLeg(routes);
    this.meanLength = meanLength(routes);
    this.fewerUntil = parameters.fewerShare;
    this.fewerRng = new Rng(seed + FEWER_SEED);
    if (vehiclesCost(routes.instance)) this.fewer = new FewerVehicles(routes, recreate, this.chain, this.fewerRng);
  }
  get bestCost() {
    return this.chain.bestCost;
  }
  /** Some iterations at the temperature of this moment, `used` being the share of the limit used up. */
  run(used, steps) {
    const { chain, parameters } = this;
    const { startTemperature, endTemperature } = parameters;
    const cycle = this.cycles.find(({ to }) => used < to) ?? this.cycles.at(-1);
    const within2 = Math.min(1, (used - cycle.from) / (cycle.to - cycle.from));
    const start = Math.max(endTemperature, cycle.heat * startTemperature * this.meanLength);
    const temperature = this.scale * start * (endTemperature / start) ** within2;
    const before = chain.bestCost;
    if (this.fewer !== null && used < this.fewerUntil && !this.fewer.done) {
      const { complete: complete2 } = this.fewer;
      for (let step = 0; step < steps; step++) this.fewer.step(this.scale * FEWER_TEMPERATURE);
      this.iterations += steps;
      if (this.fewFirst && this.fewer.complete !== complete2)
        this.fewerUntil = Math.min(parameters.fewFirstShare, LEAST_FEWER + PATIENCE * used);
      return;
    }
    if (this.fewer !== null) {
      if (this.routes.absentCount > 0) this.routes.setOrders(this.fewer.complete ?? this.chain.bestOrders());
      this.fewer = null;
    }
    for (let step = 0; step < steps; step++) chain.step(temperature);
    this.iterations += steps;
    if (within2 > POOL_FROM || chain.bestCost < before) this.pool.add();
  }
  /** Goes on from this plan. */
  adopt(orders) {
    this.routes.setOrders(orders);
    if (this.routes.cost < this.chain.bestCost) this.chain.remember();
  }
  /** Goes on from this plan if it costs less than the best one so far. */
  adoptIfBetter(orders) {
    const { routes, chain } = this;
    routes.mark();
    routes.setOrders(orders);
    if (routes.cost < chain.bestCost) {
      chain.remember();
      return true;
    }
    routes.rollBack();
    return false;
  }
  /** Goes on from the best plan it had. */
  toBest() {
    this.routes.setOrders(this.chain.bestOrders());
  }
  /**
   * Starts from few long routes: to open one more is easy for the search, to close one is hard. What comes of it may cost
   * more than the first answer, which is remembered; but nobody more is left out.
   */
  startThrifty() {
    const { routes, recreate } = this;
    const first = routes.copyOrders();
    const absent = routes.absentCount;
    routes.setOrders(first.map(([vehicle]) => [vehicle, frozenOrder(routes.instance, vehicle)]));
    recreate.thriftily();
    if (routes.absentCount > absent) routes.setOrders(first);
    this.meanLength = meanLength(routes);
    if (routes.cost < this.chain.bestCost) this.chain.remember();
    if (this.fewer !== null || !fewFirst(routes)) return;
    this.fewFirst = true;
    this.fewer = new FewerVehicles(routes, recreate, this.chain, this.fewerRng);
    this.fewerUntil = LEAST_FEWER;
  }
  /** Leaves the routes at the best plan, with all in it that could be had for less than leaving it out. */
  finish() {
    this.toBest();
    complete(this.routes, this.recreate);
    if (this.routes.cost < this.chain.bestCost) this.chain.remember();
  }
};
var ONE_CYCLE = [{ from: 0, to: 1, heat: 1 }];
var TWO_CYCLES = [
  { from: 0, to: 0.6, heat: 1 },
  { from: 0.6, to: 1, heat: 0.3 },
];
var FEWER_TEMPERATURE = 0.3;
var FEWER_SEED = 7919;
var LEAST_FEWER = 0.03;
var PATIENCE = 2;
var POOL_FROM = 0.6;
function meanLeg(routes) {
  let sum = 0;
  for (const cost2 of routes.legCost) sum += cost2;
  return Math.max(1, sum / Math.max(1, routes.instance.visitCount - routes.absentCount + routes.usedCount));
}
function meanLength(routes) {
  const present = routes.instance.visitCount - routes.absentCount;
  return (present + routes.usedCount) / Math.max(1, routes.usedCount);
}

// dispatch/src/solver/limit.ts
var Limit = class {
  iterations;
  milliseconds;
  now;
  began;
  lookedAt;
  lookedAfter = 0;
  steps = 1;
  constructor({ seed, iterations, milliseconds, now }) {
    if (!Number.isSafeInteger(seed)) throw new Error(`seed must be a whole number, is ${seed}`);
    if (iterations === void 0 && milliseconds === void 0)
      throw new Error('a limit is needed: iterations or milliseconds');
    if (iterations !== void 0 && !(iterations >= 0))
      throw new Error(`iterations must not be negative, is ${iterations}`);
    if (milliseconds !== void 0 && !(milliseconds >= 0))
      throw new Error(`milliseconds must not be negative, is ${milliseconds}`);
    if (milliseconds !== void 0 && now === void 0) throw new Error('milliseconds needs now: the solver reads no clock');
    this.iterations = iterations ?? Number.POSITIVE_INFINITY;
    this.milliseconds = milliseconds ?? Number.POSITIVE_INFINITY;
    this.now = milliseconds === void 0 || now === void 0 ? () => 0 : now;
    this.began = this.lookedAt = this.now();
  }
  /** 0 to 1, and more when it is overdrawn. Reads the clock. */
  used(iterations) {
    const now = this.now();
    const took = now - this.lookedAt;
    if (took < PAUSE / 2) this.steps = Math.min(2 * this.steps, MOST_STEPS);
    else if (took > 2 * PAUSE) this.steps = Math.max(1, this.steps >> 1);
    this.lookedAt = now;
    this.lookedAfter = iterations;
    if (this.iterations === 0 || this.milliseconds === 0) return 1;
    return Math.max(iterations / this.iterations, (now - this.began) / this.milliseconds);
  }
  /** A share of the time allowed, but no more than half of what is left; nothing where time is not limited. */
  secondsFor(share) {
    if (this.milliseconds === Number.POSITIVE_INFINITY) return {};
    const left = this.milliseconds - (this.now() - this.began);
    return { seconds: Math.max(1e-3, Math.min(share * this.milliseconds, left / 2) / 1e3) };
  }
  /** At least one. */
  stepsUntilNextLook() {
    const left = this.iterations - this.lookedAfter;
    if (this.milliseconds < Number.POSITIVE_INFINITY) return Math.min(this.steps, left);
    return Math.min(left, Math.max(1, Math.min(MOST_STEPS, Math.floor(this.iterations / 100))));
  }
};
var PAUSE = 8;
var MOST_STEPS = 1024;

// dispatch/src/solver/parameters.ts
var defaultParameters = {
  averageRemoved: 10,
  // paper: 10; with the next two, measured on 30 to 60 visits with scarce skills (README)
  longestString: 10,
  splitShare: 0.5,
  splitStop: 0.01,
  leftOutShare: 0.2,
  competingShare: 0.5,
  blinkRate: 0.01,
  newRouteShare: 0.3,
  wholeRouteShare: 0.05,
  openingShare: 0.05,
  largestPool: 3e3,
  fewerShare: 0.5,
  fewFirstShare: 0.15,
  thrifty: true,
  startTemperature: 0.09,
  endTemperature: 0.05,
};

// dispatch/src/solver/partition.ts
function bestOfPool(routes, fleet, pool, solveProgram2, limits) {
  const { instance } = routes;
  const vehicles = Array.from({ length: fleet.kindCount }, () => []);
  for (const [vehicle, kind] of fleet.kindOf.entries()) vehicles[kind]?.push(vehicle);
  const idle = vehicles.map(([vehicle = 0]) => idleCost(instance, vehicle));
  const rows2 = Array.from({ length: instance.visitCount }, (_, visit) =>
    instance.frozenVehicle(visit) >= 0 ? [] : [`y${visit}`],
  );
  const ofKind = vehicles.map(() => []);
  const terms = rows2.flatMap((row, visit) => (row.length > 0 ? [`${routes.leftOutCost(visit)} y${visit}`] : []));
  pool.forEach(({ kind, order, cost: cost2 }, k) => {
    terms.push(`${cost2 - idle[kind]} x${k}`);
    ofKind[kind]?.push(`x${k}`);
    for (const visit of order) rows2[visit]?.push(`x${k}`);
  });
  const constraints = [
    ...rows2.filter((row) => row.length > 0).map((row) => `${row.join(' + ')} = 1`),
    ...ofKind.flatMap((list, kind) => (list.length > 0 ? [`${list.join(' + ')} <= ${vehicles[kind]?.length}`] : [])),
  ];
  const names = [...pool.keys()].map((k) => `x${k}`);
  const out = rows2.flatMap((row, visit) => (row.length > 0 ? [`y${visit}`] : []));
  const program = `Minimize
 obj: ${wrapped(terms, ' + ')}
Subject To
${constraints.map(broken).join('\n')}
Binary
${wrapped([...names, ...out], ' ')}
End
`;
  const chosen = solveProgram2(program, limits);
  if (chosen === null) return null;
  return ordersOf(
    routes,
    fleet,
    vehicles,
    chosen.filter((name) => name.startsWith('x')).map((name) => pool[Number(name.slice(1))]),
  );
}
function ordersOf(routes, fleet, vehicles, chosen) {
  const orders = Array.from(fleet.kindOf, () => []);
  const taken = /* @__PURE__ */ new Set();
  const later = [];
  const give = (vehicle, order) => {
    taken.add(vehicle);
    orders[vehicle] = order;
  };
  for (const route of chosen) {
    const present = routes.vehicleOf(route.order[0]);
    if (present >= 0 && fleet.kindOf[present] === route.kind && !taken.has(present)) give(present, route.order);
    else later.push(route);
  }
  for (const { kind, order } of later) {
    const free = vehicles[kind]?.find((vehicle) => !taken.has(vehicle));
    if (free === void 0) return null;
    give(free, order);
  }
  return orders.map((order, vehicle) => [vehicle, order]);
}
var wrapped = (terms, join2) =>
  terms
    .map((term, k) =>
      k % 20 === 19
        ? `${term}
`
        : term,
    )
    .join(join2);
var broken = (constraint) => wrapped(constraint.split(' + '), ' + ');

// dispatch/src/solver/candidates.ts
function shiftRefusal(instance, vehicle, visit) {
  const from = instance.earliestDeparture(vehicle);
  const to = instance.latestEnd(vehicle) - instance.serviceSeconds(visit);
  if (from > to) return 'shift';
  if (!startsInWindow(instance, visit, from, to)) return 'window';
  if (!startsInWindow(instance, visit, Math.max(from, instance.release(visit)), to)) return 'release';
  return null;
}
function startsInWindow(instance, visit, from, to) {
  if (from > to) return false;
  const first = instance.firstWindow(visit);
  const last = instance.firstWindow(visit + 1);
  if (first === last) return true;
  for (let k = first; k < last; k++) {
    if (Math.max(from, instance.windowFrom(k)) <= Math.min(to, instance.windowTo(k))) return true;
  }
  return false;
}
function candidateVehicles(instance) {
  return Array.from({ length: instance.visitCount }, (_, visit) => {
    const vehicles = [];
    if (instance.frozenVehicle(visit) >= 0) return new Int32Array(0);
    for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
      if (instance.refusalOf(instance.engineerOf(vehicle), visit) !== null) continue;
      if (shiftRefusal(instance, vehicle, visit) === null) vehicles.push(vehicle);
    }
    return Int32Array.from(vehicles);
  });
}

// dispatch/src/solver/fleet.ts
var Fleet = class {
  /** For each visit the vehicles worth pricing, in order of number. */
  vehiclesFor;
  /** Vehicles that differ in nothing but their number have one kind. */
  kindOf;
  kindCount;
  allowed;
  // visit x vehicle
  constructor(instance) {
    const { vehicleCount } = instance;
    this.vehiclesFor = candidateVehicles(instance);
    this.allowed = new Uint8Array(instance.visitCount * vehicleCount);
    this.vehiclesFor.forEach((vehicles, visit) => {
      for (const vehicle of vehicles) this.allowed[visit * vehicleCount + vehicle] = 1;
    });
    const kinds = /* @__PURE__ */ new Map();
    const described = kindDescriptions(instance);
    this.kindOf = Int32Array.from(described, (description) => {
      const kind = kinds.get(description) ?? kinds.size;
      kinds.set(description, kind);
      return kind;
    });
    this.kindCount = kinds.size;
  }
  may(vehicle, visit) {
    return this.allowed[visit * this.kindOf.length + vehicle] === 1;
  }
};
function kindDescriptions({ plain, vehicleCount }) {
  const named = plain.engineers.map(() => []);
  plain.visits.forEach(({ requiredEngineer, excludedEngineers, previous, frozen }, visit) => {
    const name = (what, engineer) => {
      if (engineer !== void 0) named[engineer]?.push(`${what}${visit}`);
    };
    name('r', requiredEngineer);
    for (const engineer of excludedEngineers ?? []) name('x', engineer);
    name('p', previous?.engineer);
    name('f', frozen?.engineer);
  });
  const descriptions = plain.engineers.flatMap(({ skills, shifts }, engineer) => {
    const own = JSON.stringify([skills, named[engineer]]);
    return shifts.map((shift) => own + JSON.stringify(shift));
  });
  return descriptions.slice(0, vehicleCount);
}

// dispatch/src/solver/places.ts
var Places = class {
  /** The node after which the place found last lies, or -1. */
  after = -1;
  instance;
  routes;
  costs;
  // visit x vehicle
  nodes;
  versions;
  hasChurn;
  workSecond;
  perSecond;
  // cost of travel, where distance costs nothing; else 0
  constructor(routes) {
    const { instance } = routes;
    const cells = instance.visitCount * instance.vehicleCount;
    this.instance = instance;
    this.routes = routes;
    this.costs = new Float64Array(cells);
    this.nodes = new Int32Array(cells);
    this.versions = new Uint32Array(cells);
    const { travelSecond, distanceMetre } = instance.plain.weights;
    this.perSecond = distanceMetre === 0 ? travelSecond : 0;
    this.hasChurn = instance.plain.weights.churnPerMovedVisit > 0;
    this.workSecond = instance.plain.weights.workSecond ?? 0;
  }
  /** What the routes cost more with `visit` at its cheapest place in the route, or NEVER. That place lies behind `after`. */
  cheapest(vehicle, visit) {
    const cell = visit * this.instance.vehicleCount + vehicle;
    const version = this.routes.version[vehicle];
    if (this.versions[cell] === version) {
      this.after = this.nodes[cell];
      return this.costs[cell];
    }
    const cost2 = this.look(vehicle, visit);
    this.versions[cell] = version;
    this.costs[cell] = cost2;
    this.nodes[cell] = this.after;
    return cost2;
  }
  look(vehicle, visit) {
    const { routes, instance } = this;
    this.after = -1;
    for (let kind = 0; kind < instance.kindCount; kind++) {
      const load = routes.loads[vehicle * instance.kindCount + kind];
      if (load + instance.amount(visit, kind) > instance.capacity(vehicle, kind)) return NEVER;
    }
    if (routes.open[visit] > routes.close[visit]) return NEVER;
    const mode = routes.mode[vehicle];
    if (mode === PLAIN) return this.lookPlain(vehicle, visit);
    if (mode === HOURS) return this.lookHours(vehicle, visit);
    if (mode === SIMULATED) return this.lookSimulated(vehicle, visit);
    return this.lookTimed(vehicle, visit);
  }
  fixedCost(vehicle) {
    return this.routes.isEmpty(vehicle) ? this.instance.fixedCost(vehicle) : 0;
  }
  /** Nobody is sooner anywhere further down the route: once too late, always too late. */
  lookPlain(vehicle, visit) {
    const { routes, instance } = this;
    const { next, place, ready, latest, legCost, wayTo } = routes;
    const { perSecond } = this;
    const { ways, legCosts, waysTo, legCostsTo } = instance;
    const side = instance.locationCount + 1;
    const row = place[visit] * side;
    const opens = routes.open[visit];
    const closes = routes.close[visit];
    const service = routes.service[visit];
    const soonest = opens + service;
    const end = routes.endNode + vehicle;
    let least = NEVER;
    let best = -1;
    let node = routes.startNode + vehicle;
    while (node !== end) {
      const leave = ready[node];
      if (leave > closes) break;
      const after = next[node];
      const by = latest[after];
      if (by >= soonest) {
        const from = row + place[node];
        const to = row + place[after];
        const wayIn = waysTo[from];
        const wayOut = ways[to];
        const added =
          perSecond > 0
            ? perSecond * (wayIn + wayOut - wayTo[after])
            : legCostsTo[from] + legCosts[to] - legCost[after];
        if (added < least) {
          let start = leave + wayIn;
          if (start <= closes) {
            if (start < opens) start = opens;
            if (start + service + wayOut <= by) {
              least = added;
              best = node;
            }
          }
        }
      }
      node = after;
    }
    this.after = best;
    return best < 0 ? NEVER : least + this.fixedCost(vehicle);
  }
  /** See `Routes.countHours`: the three parts of the shortest working time, with the visit in. */
  lookHours(vehicle, visit) {
    const { routes, instance, workSecond } = this;
    const { next, place, ready, latest, legCost, busySoFar, setOutBy, homeFrom } = routes;
    const { ways, legCosts, waysTo, legCostsTo } = instance;
    const side = instance.locationCount + 1;
    const row = place[visit] * side;
    const opens = routes.open[visit];
    const closes = routes.close[visit];
    const service = routes.service[visit];
    const longest = instance.longestSeconds(vehicle);
    const end = routes.endNode + vehicle;
    const hoursNow = routes.hours[vehicle];
    const totalNow = busySoFar[end];
    let least = NEVER;
    let best = -1;
    let node = routes.startNode + vehicle;
    while (node !== end) {
      const leave = ready[node];
      if (leave > closes) break;
      const after = next[node];
      const from = row + place[node];
      const to = row + place[after];
      let added = legCostsTo[from] + legCosts[to] - legCost[after];
      const wayTo = waysTo[from];
      const wayOn = ways[to];
      const start = Math.max(leave + wayTo, opens);
      const arriveAt = start + service + wayOn;
      if ((added < least || workSecond > 0) && start <= closes && arriveAt <= latest[after]) {
        const total = totalNow + wayTo + service + wayOn - routes.wayTo[after];
        const toGo = totalNow - busySoFar[after] + (after === end ? 0 : routes.service[after]);
        const homeAt = Math.max(arriveAt + toGo, homeFrom[after]);
        const startBy = Math.min(closes, latest[after] - wayOn - service);
        const leaveBy = Math.min(setOutBy[node], startBy - busySoFar[node] - wayTo);
        const hours = Math.max(total, homeAt - leaveBy);
        if (hours <= longest) {
          added += workSecond * (hours - hoursNow);
          if (added < least) {
            least = added;
            best = node;
          }
        }
      }
      node = after;
    }
    this.after = best;
    return best < 0 ? NEVER : least + this.fixedCost(vehicle);
  }
  lookSimulated(vehicle, visit) {
    const { routes } = this;
    const end = routes.endNode + vehicle;
    let least = NEVER;
    for (let node = routes.startNode + vehicle; node !== end; node = routes.next[node]) {
      const added = routes.simulate(vehicle, node, visit);
      if (added >= least) continue;
      least = added;
      this.after = node;
    }
    return least;
  }
  lookTimed(vehicle, visit) {
    const { routes, instance } = this;
    const end = routes.endNode + vehicle;
    const closes = routes.close[visit];
    const engineer = instance.engineerOf(vehicle);
    let least = NEVER;
    for (let node = routes.startNode + vehicle; node !== end; node = routes.next[node]) {
      const leave = routes.ready[node];
      if (leave > closes) break;
      const after = routes.next[node];
      const start = earliestStart(instance, vehicle, visit, arrival(instance, vehicle, leave, routes.way(node, visit)));
      if (start === NEVER) continue;
      const ready = start + routes.service[visit];
      const arriveAt = arrival(instance, vehicle, ready, routes.way(visit, after));
      if (arriveAt > routes.latest[after]) continue;
      const here = routes.place[visit];
      const legs =
        instance.legCost(routes.place[node], here) +
        instance.legCost(here, routes.place[after]) -
        routes.legCost[after];
      const own = legs + stopCost(instance, visit, engineer, start);
      if (own >= least && !this.hasChurn) continue;
      const added = own + this.delayCost(vehicle, after, ready, visit);
      if (added >= least) continue;
      least = added;
      this.after = node;
    }
    return least === NEVER ? NEVER : least + this.fixedCost(vehicle);
  }
  /** What it costs the rest of the route that somebody leaves the new visit at `ready`. What is hard is known to hold. */
  delayCost(vehicle, from, readyAt, visit) {
    const { routes, instance } = this;
    const end = routes.endNode + vehicle;
    const engineer = instance.engineerOf(vehicle);
    let cost2 = 0;
    let ready = readyAt;
    let before = visit;
    for (let node = from; node !== end; node = routes.next[node]) {
      if (instance.frozenVehicle(node) >= 0) return cost2;
      const start = earliestStart(instance, vehicle, node, arrival(instance, vehicle, ready, routes.way(before, node)));
      if (start === routes.start[node]) return cost2;
      cost2 += stopCost(instance, node, engineer, start) - routes.stopCosts[node];
      ready = start + routes.service[node];
      before = node;
    }
    const homeAt = arrival(instance, vehicle, ready, routes.way(before, end));
    return cost2 + overtimeCost(instance, vehicle, homeAt) - routes.overtimeOf(vehicle);
  }
};

// dispatch/src/solver/recreate.ts
var Recreate = class {
  fleet;
  /** Vehicles that may be in use; no more are opened. */
  mostUsed = Number.POSITIVE_INFINITY;
  instance;
  routes;
  places;
  near;
  /** Visits come back in rising order of one of these keys, chosen by weight; mandatory ones always first. */
  keys;
  totalWeight;
  batch;
  sortKeys;
  seenVehicle;
  seenKind;
  stamps = 0;
  untilBlink = Number.POSITIVE_INFINITY;
  vehicle = -1;
  // of the cheapest place found so far
  after = -1;
  least = NEVER;
  constructor(routes, near) {
    const { instance } = routes;
    this.instance = instance;
    this.routes = routes;
    this.near = near;
    this.fleet = new Fleet(instance);
    this.places = new Places(routes);
    this.batch = new Int32Array(instance.visitCount);
    this.sortKeys = new Float64Array(instance.visitCount);
    this.seenVehicle = new Float64Array(instance.vehicleCount);
    this.seenKind = new Float64Array(this.fleet.kindCount);
    const key = (of) => Float64Array.from({ length: instance.visitCount }, (_, visit) => of(visit));
    const out = key((visit) => this.nearestStart(visit));
    const differ = (values2) => values2.some((value) => value !== values2[0]);
    const load = key((visit) => -shareOfLoad(instance, visit));
    const width = key((visit) => this.closes(visit) - Math.max(-Number.MAX_SAFE_INTEGER, routes.open[visit]));
    this.keys = [
      { weight: 4, key: load },
      // large first
      { weight: 4, key: key((visit) => -routes.leftOutCost(visit)) },
      // what hurts most when left out
      { weight: 2, key: out.map((value) => -value) },
      // far first
      { weight: 1, key: out },
      // close first
      { weight: 2, key: width },
      // narrow windows first
      { weight: 2, key: key((visit) => Math.max(-Number.MAX_SAFE_INTEGER, routes.open[visit])) },
      // early first
      { weight: 2, key: key((visit) => -this.closes(visit)) },
      // late deadline first
      { weight: 2, key: key((visit) => this.fleet.vehiclesFor[visit].length) },
      // few choices first
    ].filter(({ key: key2 }) => differ(key2));
    this.totalWeight = this.keys.reduce((sum, { weight }) => sum + weight, RANDOM_WEIGHT);
  }
  /** The visits a search can move: not frozen, and somebody could serve them. */
  get movable() {
    return [...this.fleet.vehiclesFor.keys()].filter((visit) => this.vehiclesFor(visit).length > 0);
  }
  vehiclesFor(visit) {
    return this.fleet.vehiclesFor[visit];
  }
  /**
   * In an order drawn at random, with blinks. The first `before` of the absent visits were not taken out just now. With
   * `opening` the first visit gets an empty vehicle even where that is not the cheapest place. Gives up when the plan costs
   * `atMost` or more even if the visits to come had their places for nothing.
   */
  withBlinks(before, opening, atMost, parameters, rng) {
    const { batch, routes } = this;
    let size = 0;
    const older = Math.min(before, MOST_OLDER);
    for (let k = 0; k < older; k++) batch[size++] = routes.absentList[older < before ? rng.below(before) : k];
    for (let k = before; k < routes.absentCount; k++) batch[size++] = routes.absentList[k];
    for (let k = size - 1; k > 0; k--) {
      const other = rng.below(k + 1);
      const kept = batch[k];
      batch[k] = batch[other];
      batch[other] = kept;
    }
    let ticket = rng.below(this.totalWeight) - RANDOM_WEIGHT;
    for (const { weight, key } of this.keys) {
      if (ticket >= 0 && ticket < weight) this.sortBatch(size, key);
      ticket -= weight;
    }
    this.mandatoryFirst(size);
    let toCome = 0;
    for (let k = 0; k < size; k++) toCome += routes.leftOutCost(batch[k]);
    for (let k = 0; k < size; k++) {
      if (routes.cost - toCome >= atMost) return;
      const visit = batch[k];
      toCome -= routes.leftOutCost(visit);
      if (routes.vehicleOf(visit) >= 0) continue;
      if (opening && k === 0) this.lookAtEmptyOnly(visit, parameters.blinkRate, rng);
      else this.look(visit, rng.unit() < parameters.newRouteShare, parameters.blinkRate, rng);
      if (this.vehicle >= 0) routes.insertAfter(this.after, visit);
    }
  }
  /** What hurts most when left out first, every place looked at. */
  greedily() {
    const { routes } = this;
    const absent = routes.absent().sort((a, b) => routes.leftOutCost(b) - routes.leftOutCost(a) || a - b);
    const [must, may] = [
      absent.filter((v) => this.instance.isMandatory(v)),
      absent.filter((v) => !this.instance.isMandatory(v)),
    ];
    for (const visit of [...must, ...may]) {
      this.lookEverywhere(visit);
      if (this.vehicle >= 0) routes.insertAfter(this.after, visit);
    }
  }
  /** Opens an empty vehicle only for a visit that fits in none in use, those that are far out first. */
  thriftily() {
    const { routes } = this;
    const far = (visit) => this.nearestStart(visit);
    const must = (visit) => (this.instance.isMandatory(visit) ? 0 : 1);
    const absent = routes.absent().sort((a, b) => must(a) - must(b) || far(b) - far(a) || a - b);
    for (const visit of absent) {
      const mostUsed = this.mostUsed;
      this.mostUsed = routes.usedCount;
      this.lookEverywhere(visit);
      this.mostUsed = mostUsed;
      if (this.vehicle < 0) this.lookEverywhere(visit);
      if (this.vehicle >= 0) routes.insertAfter(this.after, visit);
    }
  }
  /** The cheapest of the routes that pass near the visit, and of the empty ones if asked for, or if there is no other. */
  look(visit, withEmpty, blinkRate, rng) {
    const { routes } = this;
    this.vehicle = -1;
    this.least = routes.leftOutCost(visit);
    const near = this.near[visit];
    const granular = routes.usedCount > FEW_ROUTES && near.length > NEAREST;
    if (granular) {
      const stamp = ++this.stamps;
      for (let k = 1; k <= NEAREST; k++) {
        const vehicle = routes.vehicleOf(near[k]);
        if (vehicle < 0 || this.seenVehicle[vehicle] === stamp) continue;
        this.seenVehicle[vehicle] = stamp;
        if (this.fleet.may(vehicle, visit)) this.offer(vehicle, visit, blinkRate, rng);
      }
    } else {
      for (let k = 0; k < routes.usedCount; k++) {
        const vehicle = routes.usedList[k];
        if (this.fleet.may(vehicle, visit)) this.offer(vehicle, visit, blinkRate, rng);
      }
    }
    if (this.vehicle < 0 || withEmpty) this.lookAtEmpty(visit, blinkRate, rng);
    if (granular && this.vehicle < 0) this.lookEverywhere(visit);
  }
  lookAtEmptyOnly(visit, blinkRate, rng) {
    this.vehicle = -1;
    this.least = this.routes.leftOutCost(visit);
    this.lookAtEmpty(visit, blinkRate, rng);
    if (this.vehicle < 0) this.look(visit, false, blinkRate, rng);
  }
  lookAtEmpty(visit, blinkRate, rng) {
    const { routes, fleet } = this;
    if (routes.usedCount >= this.mostUsed) return;
    const stamp = ++this.stamps;
    for (const vehicle of this.vehiclesFor(visit)) {
      const kind = fleet.kindOf[vehicle];
      if (this.seenKind[kind] === stamp || !routes.isEmpty(vehicle)) continue;
      this.seenKind[kind] = stamp;
      this.offer(vehicle, visit, blinkRate, rng);
    }
  }
  offer(vehicle, visit, blinkRate, rng) {
    if (--this.untilBlink <= 0) {
      this.untilBlink = 1 + Math.floor(Math.log(1 - rng.unit()) / Math.log(1 - blinkRate));
      return;
    }
    const cost2 = this.places.cheapest(vehicle, visit);
    if (cost2 >= this.least) return;
    this.least = cost2;
    this.vehicle = vehicle;
    this.after = this.places.after;
  }
  lookEverywhere(visit) {
    const { routes } = this;
    this.vehicle = -1;
    this.least = routes.leftOutCost(visit);
    for (const vehicle of this.vehiclesFor(visit)) {
      if (routes.usedCount >= this.mostUsed && routes.isEmpty(vehicle)) continue;
      const cost2 = this.places.cheapest(vehicle, visit);
      if (cost2 >= this.least) continue;
      this.least = cost2;
      this.vehicle = vehicle;
      this.after = this.places.after;
    }
  }
  /** Insertion sort, stable: a batch is a dozen visits. */
  sortBatch(size, key) {
    const { batch, sortKeys } = this;
    for (let k = 0; k < size; k++) {
      const visit = batch[k];
      const own = key[visit];
      let at = k;
      for (; at > 0 && sortKeys[at - 1] > own; at--) {
        batch[at] = batch[at - 1];
        sortKeys[at] = sortKeys[at - 1];
      }
      batch[at] = visit;
      sortKeys[at] = own;
    }
  }
  mandatoryFirst(size) {
    const { batch, instance } = this;
    let first = 0;
    for (let k = 0; k < size; k++) {
      const visit = batch[k];
      if (!instance.isMandatory(visit)) continue;
      for (let at = k; at > first; at--) batch[at] = batch[at - 1];
      batch[first++] = visit;
    }
  }
  nearestStart(visit) {
    let nearest = NEVER;
    for (const vehicle of this.vehiclesFor(visit)) {
      nearest = Math.min(
        nearest,
        this.instance.travelSeconds(this.instance.startLocation(vehicle), this.instance.locationOf(visit)),
      );
    }
    return nearest === NEVER ? 0 : nearest;
  }
  closes(visit) {
    return Math.min(this.routes.close[visit], this.instance.due(visit), Number.MAX_SAFE_INTEGER);
  }
};
var RANDOM_WEIGHT = 4;
var FEW_ROUTES = 24;
var NEAREST = 40;
var MOST_OLDER = 30;
function shareOfLoad(instance, visit) {
  let share = 0;
  for (let kind = 0; kind < instance.kindCount; kind++) {
    share += instance.amount(visit, kind) / Math.max(1, largestAmount(instance, kind));
  }
  return share;
}
var largestCache = /* @__PURE__ */ new WeakMap();
function largestAmount(instance, kind) {
  const known = largestCache.get(instance) ?? /* @__PURE__ */ new Map();
  largestCache.set(instance, known);
  let most = known.get(kind);
  if (most === void 0) {
    most = 0;
    for (let visit = 0; visit < instance.visitCount; visit++) most = Math.max(most, instance.amount(visit, kind));
    known.set(kind, most);
  }
  return most;
}

// dispatch/src/solver/timed-route.ts
function timedRoute(instance, vehicle, visits, starts, homeAt) {
  const stops = [];
  let location = instance.startLocation(vehicle);
  let ready = instance.earliestDeparture(vehicle);
  visits.forEach((visit, i) => {
    const startAt = starts[i];
    const endAt = startAt + instance.serviceSeconds(visit);
    const travel = instance.travelSeconds(location, instance.locationOf(visit));
    const reachable = arrival(instance, vehicle, ready, travel) <= startAt;
    const departAt = reachable ? latestDeparture(instance, vehicle, startAt, travel) : Math.min(ready, startAt);
    stops.push({ visit, departAt, arriveAt: reachable ? departAt + travel : startAt, startAt, endAt });
    ready = Math.max(ready, endAt);
    location = instance.locationOf(visit);
  });
  const home = instance.endLocation(vehicle);
  const homeDepartAt =
    home < 0 ? ready : earliestFree(instance, vehicle, ready, instance.travelSeconds(location, home));
  return { vehicle, engineer: instance.engineerOf(vehicle), stops, homeDepartAt, homeAt };
}

// dispatch/src/solver/insertion.ts
function findPlaces(instance, plan, visit) {
  if (!(visit >= 0 && visit < instance.visitCount)) throw new Error(`there is no visit ${visit}`);
  if (instance.frozenVehicle(visit) >= 0) throw new Error(`visit ${visit} is frozen: it has its place`);
  const base = takeOut(instance, plan, visit);
  const routes = new Map(base.routes.map((route) => [route.vehicle, route]));
  const scan = { visit, routes, broken: base.broken, leftOutCost: leftOutCost(instance, visit) };
  const places = [];
  const refusals = [];
  let free = null;
  for (let engineer = 0; engineer < instance.engineerCount; engineer++) {
    let reason = instance.refusalOf(engineer, visit);
    if (reason === null) {
      const found = placesOf(instance, scan, engineer);
      reason = found.reason;
      places.push(...found.places);
    }
    if (reason === 'travel') {
      free ??= instance.withoutUnavailability();
      if (placesOf(free, scan, engineer).places.length > 0) reason = 'unavailable';
    }
    if (reason !== null) refusals.push({ engineer, reason });
  }
  places.sort((a, b) => a.delta - b.delta || a.startAt - b.startAt || a.vehicle - b.vehicle || a.position - b.position);
  return { visit, places, best: places[0] ?? null, refusals, leftOutCost: scan.leftOutCost };
}
function takeOut(instance, plan, visit) {
  let broken2 = -1;
  const without = (route) => {
    const stops = route.stops.filter((stop) => stop.visit !== visit);
    if (stops.length === route.stops.length) return [route];
    if (stops.length === 0) return [];
    const order = stops.map((stop) => stop.visit);
    const starts = new Float64Array(order.length);
    const homeAt = timeRoute(instance, route.vehicle, order, starts);
    if (homeAt !== NEVER) return [timedRoute(instance, route.vehicle, order, starts, homeAt)];
    broken2 = route.vehicle;
    return [{ ...route, stops }];
  };
  const routes = plan.routes.flatMap(without);
  return { routes, unassigned: plan.unassigned.filter((entry) => entry.visit !== visit), broken: broken2 };
}
function closestRefusal({ places, refusals }) {
  if (places.length > 0) return 'cost';
  const closest = Math.max(...refusals.map(({ reason }) => REFUSALS.indexOf(reason)));
  return refusals.length === 0 ? 'nobody' : REFUSALS[closest];
}
function placesOf(instance, scan, engineer) {
  const places = [];
  let furthest = REFUSALS.indexOf('shift');
  for (let vehicle = instance.firstVehicleOf(engineer); vehicle < instance.firstVehicleOf(engineer + 1); vehicle++) {
    const full = overloaded(instance, vehicle, [...orderOf(scan.routes.get(vehicle)), scan.visit]);
    const refusal = shiftRefusal(instance, vehicle, scan.visit) ?? (full ? 'capacity' : 'travel');
    furthest = Math.max(furthest, REFUSALS.indexOf(refusal));
    const open = scan.broken < 0 || scan.broken === vehicle;
    if (refusal === 'travel' && open) places.push(...placesIn(instance, scan, vehicle));
  }
  return { places, reason: places.length > 0 ? null : REFUSALS[furthest] };
}
function placesIn(instance, scan, vehicle) {
  const route = scan.routes.get(vehicle);
  const engineer = instance.engineerOf(vehicle);
  const before = plannedCost(instance, vehicle, route);
  const others = orderOf(route);
  const starts = new Float64Array(others.length + 1);
  const places = [];
  for (let position = 0; position <= others.length; position++) {
    const order = others.toSpliced(position, 0, scan.visit);
    const homeAt = timeRoute(instance, vehicle, order, starts);
    if (homeAt === NEVER) continue;
    const { arriveAt, startAt, endAt } = timedRoute(instance, vehicle, order, starts, homeAt).stops[position];
    const addedCost = routeCost(instance, vehicle, order, starts, homeAt) - before;
    const delta = addedCost - scan.leftOutCost;
    places.push({ vehicle, engineer, position, arriveAt, startAt, endAt, addedCost, delta });
  }
  return places;
}
function orderOf(route) {
  return route?.stops.map((stop) => stop.visit) ?? [];
}
function plannedCost(instance, vehicle, route) {
  if (route === void 0) return idleCost(instance, vehicle);
  const starts = Float64Array.from(route.stops, (stop) => stop.startAt);
  return routeCost(instance, vehicle, orderOf(route), starts, route.homeAt);
}
function overloaded(instance, vehicle, order) {
  for (let kind = 0; kind < instance.kindCount; kind++) {
    const load = order.reduce((sum, visit) => sum + instance.amount(visit, kind), 0);
    if (load > instance.capacity(vehicle, kind)) return true;
  }
  return false;
}

// dispatch/src/solver/to-plan.ts
function toPlan(routes) {
  return withReasons(routes.instance, timedRoutes(routes));
}
function timedRoutes(routes) {
  const { instance } = routes;
  const starts = new Float64Array(instance.visitCount);
  const timed = [];
  for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
    const order = routes.order(vehicle);
    if (order.length === 0) continue;
    const homeAt = timeRoute(instance, vehicle, order, starts);
    timed.push(timedRoute(instance, vehicle, order, starts, homeAt));
  }
  return timed;
}
function withReasons(instance, timed) {
  const bare = { routes: timed, unassigned: [] };
  const served = new Set(timed.flatMap((route) => route.stops.map((stop) => stop.visit)));
  const left = Array.from({ length: instance.visitCount }, (_, visit) => visit).filter((visit) => !served.has(visit));
  if (left.length === 0) return bare;
  const routes = new Routes(instance);
  routes.setOrders(timed.map(({ vehicle, stops }) => [vehicle, stops.map(({ visit }) => visit)]));
  const places = new Places(routes);
  return {
    routes: timed,
    unassigned: left.map((visit) => ({
      visit,
      reason: hasPlace(places, instance, visit) ? 'cost' : closestRefusal(findPlaces(instance, bare, visit)),
    })),
  };
}
function hasPlace(places, instance, visit) {
  for (let vehicle = 0; vehicle < instance.vehicleCount; vehicle++) {
    if (instance.refusalOf(instance.engineerOf(vehicle), visit) !== null) continue;
    if (shiftRefusal(instance, vehicle, visit) === null && places.cheapest(vehicle, visit) < NEVER) return true;
  }
  return false;
}

// dispatch/src/solver/session.ts
var Session = class {
  instance;
  options;
  limit;
  island;
  startCost;
  kept;
  /** Nothing is left to search: of at most one visit every place was looked at. */
  isOptimal;
  /** The `index`-th of `count`. */
  constructor(instance, options, index, count) {
    this.instance = instance;
    this.options = options;
    const share = options.iterations === void 0 ? void 0 : Math.floor((options.iterations + index) / count);
    const own = { ...options, ...(share !== void 0 && { iterations: share }) };
    this.limit = new Limit(own);
    const routes = adopt(instance, options.start);
    const adopted = timedRoutes(routes);
    const near = neighbours(instance);
    const recreate = new Recreate(routes, near);
    this.isOptimal = recreate.movable.length <= 1;
    if (this.isOptimal) {
      for (const visit of recreate.movable) if (routes.vehicleOf(visit) >= 0) routes.remove(visit, visit);
    }
    complete(routes, recreate);
    this.kept = options.start === void 0 ? null : stillValid(instance, options.start);
    const began = options.start === void 0 ? timedRoutes(routes) : adopted;
    this.startCost = cost(instance, this.kept ?? { routes: began, unassigned: [] });
    const parameters = { ...defaultParameters, ...options.parameters };
    const seed = options.seed + index * SEED_STEP;
    this.island = new Island(routes, recreate, near, seed, parameters, cyclesOf(instance, own));
    if (options.start === void 0 && options.iterations !== 0 && !this.isOptimal) this.island.startThrifty();
  }
  get bestCost() {
    return this.island.bestCost;
  }
  get iterations() {
    return this.island.iterations;
  }
  get unassigned() {
    return this.island.routes.absentCount;
  }
  get pool() {
    return this.island.pool.all();
  }
  /** Until so much of the limit is used up. `tell` is called now and then. */
  runUntil(share, tell) {
    const { limit, island, options } = this;
    while (!this.isOptimal && !options.signal?.aborted) {
      const used = limit.used(island.iterations);
      if (used >= share) return;
      island.run(used, limit.stepsUntilNextLook());
      tell();
    }
  }
  /** The best plan that can be made of these routes and the best one so far. */
  review(pools) {
    const { island, limit, options } = this;
    if (options.solveProgram !== void 0) {
      const own = island.chain.bestOrders();
      for (const [vehicle, order] of own) if (order.length > 0) island.pool.put(vehicle, order);
      const limits = { nodes: PROGRAM_NODES, ...limit.secondsFor(PROGRAM_SHARE) };
      const found = bestOfPool(
        island.routes,
        island.recreate.fleet,
        [...island.pool.all(), ...pools.flat()],
        options.solveProgram,
        limits,
      );
      if (found !== null && !island.adoptIfBetter(found)) island.toBest();
    }
    return island.chain.bestOrders();
  }
  adopt(orders) {
    this.island.adopt(orders);
  }
  /** `iterations` of all searches together. */
  result(iterations) {
    const { island, instance, kept, startCost, options } = this;
    island.finish();
    const found = toPlan(island.routes);
    const foundCost = cost(instance, found);
    const stoppedBy = this.isOptimal ? 'optimum' : stopReason(options, iterations);
    if (kept !== null && startCost.total <= foundCost.total)
      return { plan: kept, cost: startCost, iterations, startCost, stoppedBy };
    return { plan: found, cost: foundCost, iterations, startCost, stoppedBy };
  }
};
var SEED_STEP = 16777219;
var PROGRAM_NODES = 200;
var PROGRAM_SHARE = 0.08;
var SHORT_MILLISECONDS = 800;
var LONG_MILLISECONDS = 3e3;
function sharesOf({ iterations, milliseconds }) {
  const time = milliseconds ?? Number.POSITIVE_INFINITY;
  if (time < SHORT_MILLISECONDS || (iterations ?? Number.POSITIVE_INFINITY) < MANY_ITERATIONS) return [1];
  return time < LONG_MILLISECONDS ? [0.85, 1] : [0.6, 0.94, 1];
}
function searchesOf({ iterations, milliseconds }, threads) {
  if (milliseconds !== void 0) return threads;
  return (iterations ?? 0) >= MANY_ITERATIONS ? 2 : 1;
}
var MANY_ITERATIONS = 2e4;
function cyclesOf({ visitCount }, { iterations, milliseconds }) {
  const enough =
    (milliseconds ?? Number.POSITIVE_INFINITY) >= 60 * visitCount &&
    (iterations ?? Number.POSITIVE_INFINITY) >= 3e3 * visitCount;
  return enough ? TWO_CYCLES : ONE_CYCLE;
}
function stopReason(options, iterations) {
  if (options.signal?.aborted) return 'signal';
  return options.iterations === void 0 || iterations < options.iterations ? 'time' : 'iterations';
}
function stillValid(instance, start) {
  const routes = start.routes.filter((route) => route.stops.length > 0).sort((a, b) => a.vehicle - b.vehicle);
  const violations = checkPlan(instance, { routes, unassigned: start.unassigned });
  return violations.some(({ kind }) => kind !== 'missing') ? null : withReasons(instance, routes);
}

// dispatch/src/solver/search.ts
function solve(instance, options) {
  const count = searchesOf(options, 1);
  const sessions = Array.from({ length: count }, (_, index) => new Session(instance, options, index, count));
  const iterations = () => sessions.reduce((sum, session) => sum + session.iterations, 0);
  let told = Number.POSITIVE_INFINITY;
  const tell = () => {
    const { bestCost, unassigned } = bestOf(sessions);
    if (bestCost >= told) return;
    told = bestCost;
    options.onProgress?.({ iterations: iterations(), cost: bestCost, unassigned });
  };
  tell();
  for (const share of sessions.some(({ isOptimal }) => isOptimal) ? [] : sharesOf(options)) {
    for (const session of sessions) session.runUntil(share, tell);
    if (share === 1 || options.signal?.aborted || instance.visitCount === 0) continue;
    const best = bestOf(sessions);
    const others = sessions.filter((session) => session !== best);
    const orders = best.review(others.map(({ pool }) => pool));
    for (const session of others) session.adopt(orders);
    tell();
  }
  return bestOf(sessions).result(iterations());
}
function bestOf(searches) {
  return searches.reduce((a, b) => (b.bestCost < a.bestCost ? b : a));
}

// dispatch/src/solver/parallel.ts
async function solveInParallel(makeWorker2, plain, options) {
  const { signal, onProgress, threads, processorTime, ...rest } = options;
  const { stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT), ...limits } = rest;
  const onAbort = () => void Atomics.store(new Int32Array(stop), 0, 1);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let told = Number.POSITIVE_INFINITY;
  const tell = (progress) => {
    if (progress.cost < told) onProgress?.(progress);
    told = Math.min(told, progress.cost);
  };
  const count = searchesOf(limits, threads);
  const searches = Array.from({ length: count }, () => new RemoteSearch(makeWorker2(), tell));
  const atOnce = Math.max(1, Math.min(threads, count));
  try {
    await inTurns(searches, atOnce, (search2, index) =>
      search2.ask({
        plain,
        limits,
        stop,
        search: { index, count },
        ...(processorTime && { processorThreads: atOnce }),
      }),
    );
    for (const share of sharesOf(limits)) {
      await inTurns(searches, atOnce, (search2) => search2.ask({ command: 'run', share }));
      if (share === 1 || Atomics.load(new Int32Array(stop), 0) !== 0 || plain.visits.length === 0) continue;
      const best = bestOf(searches);
      const others = searches.filter((search2) => search2 !== best);
      const reviewed = await best.ask({ command: 'review', pools: others.map(({ pool }) => pool) });
      if (reviewed.type !== 'orders') throw new Error(`expected orders, not ${reviewed.type}`);
      for (const search2 of others) search2.send({ command: 'adopt', orders: reviewed.orders });
    }
    const iterations = searches.reduce((sum, search2) => sum + search2.iterations, 0);
    const finished = await bestOf(searches).ask({ command: 'finish', iterations });
    if (finished.type !== 'result') throw new Error(`expected a result, not ${finished.type}`);
    return finished.result;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(searches.map((search2) => search2.end()));
  }
}
async function inTurns(searches, atOnce, ask) {
  for (let k = 0; k < searches.length; k += atOnce) {
    const answers = searches
      .slice(k, k + atOnce)
      .map(async (search2, i) => ({ search: search2, answer: await ask(search2, k + i) }));
    for (const { search: search2, answer } of await Promise.all(answers)) search2.take(answer);
  }
}
var RemoteSearch = class {
  bestCost = Number.POSITIVE_INFINITY;
  iterations = 0;
  pool = [];
  worker;
  tell;
  constructor(worker, tell) {
    this.worker = worker;
    this.tell = tell;
  }
  send(message) {
    this.worker.postMessage(message);
  }
  /** The next answer that is not progress. */
  ask(message) {
    const { worker } = this;
    return new Promise((resolve, reject) => {
      const done = () => {
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
      };
      const onMessage = (answer) => {
        if (answer.type === 'progress') {
          this.tell(answer.progress);
          return;
        }
        done();
        if (answer.type === 'refused') reject(answer.error);
        else resolve(answer);
      };
      const onError = (error) => {
        done();
        reject(error);
      };
      const onExit = (code) => {
        done();
        reject(new Error(`the solver's worker ended without an answer, exit code ${code}`));
      };
      worker.on('message', onMessage);
      worker.once('error', onError);
      worker.once('exit', onExit);
      this.send(message);
    });
  }
  take(answer) {
    if (answer.type !== 'state') throw new Error(`expected a state, not ${answer.type}`);
    this.bestCost = answer.bestCost;
    this.iterations = answer.iterations;
    this.pool = answer.pool;
  }
  async end() {
    await this.worker.terminate();
  }
};

// dispatch/src/solver/plain.ts
var onlyTravel = {
  travelSecond: 1,
  distanceMetre: 0,
  lateSecond: 0,
  downtime: 0,
  overtimeSecond: 0,
  churnPerMovedVisit: 0,
  churnToleranceSeconds: 0,
  overQualifiedLevel: 0,
  unassignedByPriority: [1e3],
};
var defaultWeights = {
  travelSecond: 10,
  distanceMetre: 0,
  lateSecond: 20,
  // a minute late = two minutes of driving
  downtime: 1,
  // the caller's slopes are already money
  overtimeSecond: 15,
  // time and a half
  churnPerMovedVisit: 6e3,
  // ring the hospital again = ten minutes of driving
  churnToleranceSeconds: 900,
  overQualifiedLevel: 1200,
  // two minutes of driving a level
  unassignedByPriority: [36e3, 72e3, 144e3, 288e3],
  // one to eight hours of driving
};

// tests/bench/solve/live.ts
var HOUR = 3600;
function liveProblem(seed, visitCount, engineerCount, dayCount) {
  const days = Array.from({ length: dayCount }, (_, day) => 24 * HOUR * day);
  const rng = new Rng(seed);
  const hospitals = Math.min(25 + Math.floor(visitCount / 10), visitCount);
  const points = Array.from({ length: hospitals + engineerCount }, () => ({
    x: rng.below(12e4),
    y: rng.below(12e4),
  }));
  const seconds = points.flatMap((a) =>
    points.map((b) => (a === b ? 0 : 180 + Math.round(Math.hypot(a.x - b.x, a.y - b.y) / 16))),
  );
  const engineers = Array.from({ length: engineerCount }, (_, e) => {
    const home = hospitals + e;
    const skills = [0, 1, 2, 3, 4, 5].filter(() => rng.unit() < 0.45);
    return {
      skills: skills.map((skill) => ({ skill, level: 1 + rng.below(3) })),
      shifts: days
        .filter(() => rng.unit() < 0.9)
        .map((day) => ({
          startLocation: home,
          endLocation: home,
          from: day + 7 * HOUR + rng.below(3) * HOUR,
          to: day + 16 * HOUR + rng.below(2) * HOUR,
          overtimeSeconds: HOUR,
          unavailable: rng.unit() < 0.25 ? [{ from: day + 12 * HOUR, to: day + 14 * HOUR }] : [],
        })),
    };
  });
  const visits = Array.from({ length: visitCount }, () => {
    const priority = rng.below(4);
    const windows = days.map((day) => ({ from: day + (8 + rng.below(5)) * HOUR, to: day + 14 * HOUR }));
    return {
      location: rng.below(hospitals),
      serviceSeconds: 1800 + rng.below(5) * 1800,
      priority,
      skills: [{ skill: rng.below(6), level: 1 + rng.below(2) }],
      downtime: [{ from: rng.below(10 * dayCount) * HOUR, perSecond: [0, 1, 3, 10][priority] }],
      mandatory: rng.unit() < 0.1,
      ...(rng.unit() < 0.3 && { windows }),
      ...(rng.unit() < 0.2 && { release: rng.below(dayCount) * 24 * HOUR + 8 * HOUR }),
      ...(rng.unit() < 0.6 && { due: (10 + rng.below(17 * dayCount)) * HOUR }),
    };
  });
  const weights = defaultWeights;
  return { locationCount: points.length, travelSeconds: Int32Array.from(seconds), engineers, visits, weights };
}

// tests/bench/solve/live-run.ts
async function runLive(shape, seconds, seed, now) {
  const [visits = 60, engineers = 18, days = 3] = shape.split(',').map(Number);
  const plain = liveProblem(seed, visits, engineers, days);
  const began = now();
  const instance = buildInstance(plain);
  const built = now();
  const first = solve(instance, { seed, iterations: 0 });
  console.log(
    `${shape}: built in ${Math.round(built - began)} ms, first answer in ${Math.round(now() - built)} ms: cost ${first.cost.total}, ${first.plan.unassigned.length} left out`,
  );
  const solveProgram2 = await loadHighs();
  for (const limit of seconds) {
    const {
      cost: cost2,
      plan,
      iterations,
    } = solve(instance, { seed, milliseconds: limit * 1e3, now, solveProgram: solveProgram2 });
    const wrong = checkPlan(instance, plan).length;
    const memory = Math.round(process.memoryUsage.rss() / 1e6);
    console.log(
      `  ${limit} s: cost ${cost2.total}, ${plan.unassigned.length} left out, ${plan.routes.length} days of work, ${iterations} iterations, ${wrong} rules broken, ${memory} MB`,
    );
  }
}

// tests/bench/solve/sets.ts
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// dispatch/src/exchange/text.ts
var FormatError = class extends Error {
  path;
  constructor(path, message) {
    super(`${path}: ${message}`);
    this.name = 'FormatError';
    this.path = path;
  }
};
function linesOf(text) {
  return text
    .split(/\r?\n/)
    .map((line, k) => ({ number: k + 1, text: line.trim() }))
    .filter((line) => line.text !== '');
}
function numbersOn({ number, text }) {
  return text.split(/[\s,]+/).map((word) => {
    const value = Number(word);
    if (word === '' || !Number.isFinite(value)) throw new FormatError(`line ${number}`, `"${word}" is not a number`);
    return value;
  });
}
function wholeNumber(path, value, least, most) {
  if (value === void 0 || !Number.isInteger(value) || value < least || value > most)
    throw new FormatError(path, `must be a whole number from ${least} to ${most}, is ${value ?? 'missing'}`);
  return value;
}
function euclideanTable(points, scale, round) {
  const table = new Int32Array(points.length ** 2);
  points.forEach((a, i) => {
    points.forEach((b, j) => {
      table[i * points.length + j] = round(scale * Math.hypot(a.x - b.x, a.y - b.y));
    });
  });
  return table;
}

// dispatch/src/exchange/solomon.ts
var MOST_NODES = 10001;
function readSolomon(text) {
  const lines = linesOf(text);
  const heading = lines.findIndex((line) => /^NUMBER\s+CAPACITY$/i.test(line.text));
  if (heading < 0) throw new FormatError('VEHICLE', 'there is no line "NUMBER CAPACITY"');
  const fleet = lines[heading + 1];
  const [vehicles, capacity] = fleet === void 0 ? [] : numbersOn(fleet);
  const first = lines.findIndex((line) => /^CUST\b/i.test(line.text));
  if (first < 0) throw new FormatError('CUSTOMER', 'there is no line "CUST NO. XCOORD. ..."');
  const nodes = lines.slice(first + 1).map(nodeOn);
  if (nodes.length === 0) throw new FormatError('CUSTOMER', 'there is no depot');
  if (nodes.length > MOST_NODES) throw new FormatError('CUSTOMER', `more than ${MOST_NODES} lines`);
  return {
    name: lines[0]?.text ?? '',
    vehicles: wholeNumber('VEHICLE.NUMBER', vehicles, 1, 1e4),
    capacity: wholeNumber('VEHICLE.CAPACITY', capacity, 0, 2 ** 31 - 1),
    nodes,
  };
}
function nodeOn(line, k) {
  const path = `line ${line.number}`;
  const [number, x, y, demand, ready, due, service, ...more] = numbersOn(line);
  if (service === void 0 || more.length > 0) throw new FormatError(path, 'a customer has seven numbers');
  if (number !== k) throw new FormatError(path, `customer ${k} is missing, ${number} comes instead`);
  const whole = (value) => wholeNumber(path, value, 0, 1e7);
  if (due !== void 0 && ready !== void 0 && due < ready) throw new FormatError(path, 'is due before it is ready');
  return {
    x: within(path, x),
    y: within(path, y),
    demand: whole(demand),
    ready: whole(ready),
    due: whole(due),
    service: whole(service),
  };
}
function within(path, coordinate) {
  if (coordinate === void 0 || Math.abs(coordinate) > 1e5)
    throw new FormatError(path, `coordinates lie within 100000 of the origin, one is ${coordinate}`);
  return coordinate;
}
var unitsOf = (objective2) => (objective2 === 'dimacs' ? 10 : 1e3);
function solomonToPlain(file, objective2) {
  const units = unitsOf(objective2);
  const up = (value) => Math.ceil(value - 1e-6);
  const travelSeconds = euclideanTable(file.nodes, units, objective2 === 'dimacs' ? cutOff : up);
  const [depot, ...customers] = file.nodes;
  const shift = {
    startLocation: 0,
    endLocation: 0,
    from: depot.ready * units,
    to: depot.due * units,
    capacity: [file.capacity],
    ...(objective2 === 'vehicles-first' && { fixedCost: moreThanAllWays(travelSeconds, file) }),
  };
  const visits = customers.map(({ demand, ready, due, service }, k) => ({
    location: k + 1,
    serviceSeconds: service * units,
    windows: [{ from: ready * units, to: due * units }],
    amount: [demand],
    priority: 0,
    mandatory: true,
  }));
  return {
    locationCount: file.nodes.length,
    travelSeconds,
    engineers: Array.from({ length: file.vehicles }, () => ({ skills: [], shifts: [shift] })),
    visits,
    // travel "seconds" are the file's units of distance
    weights: onlyTravel,
  };
}
var cutOff = (value) => Math.floor(value + 1e-9);
function moreThanAllWays(ways, file) {
  const longest = ways.reduce((most, way) => Math.max(most, way), 0);
  return (file.nodes.length + Math.min(file.vehicles, file.nodes.length)) * longest + 1;
}

// dispatch/src/exchange/vrplib.ts
var MOST_NODES2 = 2e4;
var LARGEST = 1e7;
function readVrplib(text) {
  const { fields, sections } = split(linesOf(text));
  const weights = fields.get('EDGE_WEIGHT_TYPE');
  if (weights !== 'EUC_2D')
    throw new FormatError('EDGE_WEIGHT_TYPE', `only EUC_2D can be read, is ${weights ?? 'missing'}`);
  const known = new Set(KNOWN_SECTIONS);
  for (const name of sections.keys()) if (!known.has(name)) throw new FormatError(name, 'is not a section known here');
  const dimension = wholeNumber('DIMENSION', numberField(fields, 'DIMENSION'), 1, MOST_NODES2);
  const table = (name, columns) => rows(sections, name, dimension, columns);
  const coordinates = table('NODE_COORD_SECTION', 2);
  if (coordinates === null) throw new FormatError('NODE_COORD_SECTION', 'is missing');
  const demands = table('DEMAND_SECTION', 1);
  const services = table('SERVICE_TIME_SECTION', 1);
  const windows = table('TIME_WINDOW_SECTION', 2);
  const uniform = fields.has('SERVICE_TIME') ? (numberField(fields, 'SERVICE_TIME') ?? 0) : 0;
  const nodes = coordinates.map(([x = 0, y = 0], k) => {
    const [from = 0, to = Number.POSITIVE_INFINITY] = windows?.[k] ?? [];
    if (to < from) throw new FormatError(`TIME_WINDOW_SECTION[${k + 1}]`, 'ends before it begins');
    return { x, y, demand: demands?.[k]?.[0] ?? 0, service: services?.[k]?.[0] ?? uniform, from, to };
  });
  const depots = depotsOf(sections, dimension);
  return { name: fields.get('NAME') ?? '', nodes, depots, vehicles: vehiclesOf(fields, sections, dimension, depots) };
}
var KNOWN_SECTIONS = [
  'NODE_COORD_SECTION',
  'DEMAND_SECTION',
  'SERVICE_TIME_SECTION',
  'TIME_WINDOW_SECTION',
  'CAPACITY_SECTION',
  'VEHICLES_DEPOT_SECTION',
  'VEHICLES_ALLOWED_CLIENTS_SECTION',
  'VEHICLES_MAX_DURATION_SECTION',
  'DEPOT_SECTION',
];
function split(lines) {
  const fields = /* @__PURE__ */ new Map();
  const sections = /* @__PURE__ */ new Map();
  let section = null;
  for (const line of lines) {
    if (line.text === 'EOF') break;
    const field = /^([A-Z_0-9]+)\s*:\s*(.*)$/.exec(line.text);
    if (field !== null) fields.set(field[1], field[2]);
    else if (/_SECTION$/.test(line.text)) {
      section = [];
      sections.set(line.text, section);
    } else if (section === null)
      throw new FormatError(`line ${line.number}`, `"${line.text.slice(0, 40)}" is no field`);
    else section.push(line);
  }
  return { fields, sections };
}
function numberField(fields, name) {
  const text = fields.get(name);
  if (text === void 0) return void 0;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new FormatError(name, `"${text}" is not a number`);
  return value;
}
function rows(sections, name, count, columns) {
  const lines = sections.get(name);
  if (lines === void 0) return null;
  if (lines.length !== count) throw new FormatError(name, `must have ${count} lines, has ${lines.length}`);
  return lines.map((line, k) => {
    const [index, ...values2] = numbersOn(line);
    if (index !== k + 1) throw new FormatError(`line ${line.number}`, `${name} must go on with ${k + 1}`);
    if (columns > 0 && values2.length !== columns)
      throw new FormatError(`line ${line.number}`, `${name} has ${columns} numbers after the index`);
    const large = values2.find((value) => Math.abs(value) > LARGEST);
    if (large !== void 0) throw new FormatError(`line ${line.number}`, `${large} is too large`);
    if (name !== 'NODE_COORD_SECTION' && values2.some((value) => value < 0))
      throw new FormatError(`line ${line.number}`, `${name} must not be negative`);
    return values2;
  });
}
function depotsOf(sections, dimension) {
  const numbers = (sections.get('DEPOT_SECTION') ?? []).flatMap(numbersOn).filter((number) => number !== -1);
  const depots = numbers.map((number) => wholeNumber('DEPOT_SECTION', number, 1, dimension) - 1);
  return depots.length > 0 ? depots : [0];
}
function vehiclesOf(fields, sections, dimension, depots) {
  const count = wholeNumber('VEHICLES', numberField(fields, 'VEHICLES') ?? dimension - depots.length, 0, MOST_NODES2);
  const capacity = numberField(fields, 'CAPACITY') ?? Number.POSITIVE_INFINITY;
  const duration = numberField(fields, 'VEHICLES_MAX_DURATION') ?? Number.POSITIVE_INFINITY;
  const capacities = rows(sections, 'CAPACITY_SECTION', count, 1);
  const durations = rows(sections, 'VEHICLES_MAX_DURATION_SECTION', count, 1);
  const homes = rows(sections, 'VEHICLES_DEPOT_SECTION', count, 1);
  const allowed = rows(sections, 'VEHICLES_ALLOWED_CLIENTS_SECTION', count, 0);
  const node = (name, number) => wholeNumber(name, number, 1, dimension) - 1;
  return Array.from({ length: count }, (_, k) => ({
    depot: homes === null ? depots[0] : node('VEHICLES_DEPOT_SECTION', homes[k]?.[0]),
    capacity: capacities?.[k]?.[0] ?? capacity,
    longestDuration: durations?.[k]?.[0] ?? duration,
    allowed:
      allowed === null ? null : new Set(allowed[k]?.map((number) => node('VEHICLES_ALLOWED_CLIENTS_SECTION', number))),
  }));
}
var VRPLIB_UNITS = 1e3;
function vrplibToPlain(file) {
  const scaled = (value) => Math.round(value * VRPLIB_UNITS);
  const depots = new Set(file.depots);
  const nodeOfVisit = file.nodes.map((_, k) => k).filter((k) => !depots.has(k));
  const end = file.nodes.reduce((most, { to }) => (to === Number.POSITIVE_INFINITY ? most : Math.max(most, to)), 0);
  const horizon = (to) => scaled(to === Number.POSITIVE_INFINITY ? Math.max(end, LARGEST) : to);
  const engineers = file.vehicles.map((vehicle) => {
    const { from, to } = file.nodes[vehicle.depot];
    const shift = {
      startLocation: vehicle.depot,
      endLocation: vehicle.depot,
      from: scaled(from),
      to: horizon(to),
      ...(vehicle.capacity !== Number.POSITIVE_INFINITY && { capacity: [vehicle.capacity] }),
      ...(vehicle.longestDuration !== Number.POSITIVE_INFINITY && {
        longestSeconds: scaled(vehicle.longestDuration),
      }),
    };
    return { skills: [], shifts: [shift] };
  });
  const visits = nodeOfVisit.map((k) => {
    const { demand, service, from, to } = file.nodes[k];
    const excludedEngineers = file.vehicles.flatMap(({ allowed }, e) =>
      allowed === null || allowed.has(k) ? [] : [e],
    );
    return {
      location: k,
      serviceSeconds: scaled(service),
      windows: [{ from: scaled(from), to: horizon(to) }],
      amount: [demand],
      priority: 0,
      mandatory: true,
      ...(excludedEngineers.length > 0 && { excludedEngineers }),
    };
  });
  const travelSeconds = euclideanTable(file.nodes, VRPLIB_UNITS, Math.round);
  const plain = { locationCount: file.nodes.length, travelSeconds, engineers, visits, weights: onlyTravel };
  return { plain, nodeOfVisit };
}

// tests/bench/solve/judge.ts
function judgeSolomon(file, objective2, routes) {
  const way = (a, b) => {
    const [p, q] = [file.nodes[a], file.nodes[b]];
    if (p === void 0 || q === void 0) throw new Error(`there is no customer ${p === void 0 ? a : b}`);
    const real = Math.sqrt((p.x - q.x) ** 2 + (p.y - q.y) ** 2);
    return objective2 === 'dimacs' ? Math.floor(10 * real + 1e-9) / 10 : real;
  };
  everyOnce(file.nodes.length, [0], routes);
  if (routes.length > file.vehicles) throw new Error(`${routes.length} routes for ${file.vehicles} vehicles`);
  let distance = 0;
  for (const route of routes) {
    let load = 0;
    let time = file.nodes[0]?.ready ?? 0;
    let at = 0;
    for (const customer of [...route, 0]) {
      const node = file.nodes[customer];
      distance += way(at, customer);
      time = Math.max(node.ready, time + way(at, customer));
      if (time > node.due + 1e-6) throw new Error(`at ${customer} after ${node.due}, at ${time}`);
      time += node.service;
      load += node.demand;
      at = customer;
    }
    if (load > file.capacity) throw new Error(`a load of ${load} in room for ${file.capacity}`);
  }
  return { distance, vehicles: routes.length };
}
function judgeVrplib(file, routes) {
  const way = (a, b) => {
    const [p, q] = [file.nodes[a], file.nodes[b]];
    if (p === void 0 || q === void 0) throw new Error(`there is no node ${p === void 0 ? a : b}`);
    return Math.round(1e3 * Math.sqrt((p.x - q.x) ** 2 + (p.y - q.y) ** 2));
  };
  everyOnce(file.nodes.length, file.depots, routes);
  let distance = 0;
  let vehicles = 0;
  routes.forEach((route, k) => {
    const vehicle = file.vehicles[k];
    if (vehicle === void 0) throw new Error(`there is no vehicle ${k}`);
    if (route.length === 0) return;
    vehicles++;
    const home = file.nodes[vehicle.depot];
    const load = route.reduce((sum, node) => sum + (file.nodes[node]?.demand ?? 0), 0);
    if (load > vehicle.capacity) throw new Error(`vehicle ${k}: a load of ${load} in room for ${vehicle.capacity}`);
    let at = vehicle.depot;
    let time = 1e3 * home.from;
    const steps = [];
    for (const node of route) {
      const { from, to, service } = file.nodes[node];
      if (vehicle.allowed !== null && !vehicle.allowed.has(node)) throw new Error(`vehicle ${k} may not serve ${node}`);
      const step = { way: way(at, node), open: 1e3 * from, close: 1e3 * to, service: 1e3 * service };
      time = Math.max(step.open, time + step.way);
      if (time > step.close) throw new Error(`vehicle ${k} is at ${node} at ${time}, after ${step.close}`);
      time += step.service;
      distance += step.way;
      steps.push(step);
      at = node;
    }
    const homeward = way(at, vehicle.depot);
    distance += homeward;
    time += homeward;
    if (time > 1e3 * home.to) throw new Error(`vehicle ${k} is home at ${time}, after ${1e3 * home.to}`);
    let by = time - homeward;
    for (const step of steps.reverse()) by = Math.min(by - step.service, step.close) - step.way;
    const hours = time - by;
    if (hours > 1e3 * vehicle.longestDuration) throw new Error(`vehicle ${k} is out for ${hours}`);
  });
  return { distance, vehicles };
}
function everyOnce(nodeCount, depots, routes) {
  const seen = new Set(depots);
  for (const node of routes.flat()) {
    if (seen.has(node)) throw new Error(`${node} is served twice, or is a depot`);
    seen.add(node);
  }
  for (let node = 0; node < nodeCount; node++) if (!seen.has(node)) throw new Error(`${node} is not served`);
}

// tests/bench/solve/made-up.ts
function madeUpVrptw(seed, kind, type, customers, share) {
  const rng = new Rng(seed);
  const side = Math.round(100 * Math.sqrt(customers / 100));
  const service = kind === 'c' ? 90 : 10;
  const day = (type === 1 ? 4 : 16) * side + (type === 1 ? 8 : 32) * service;
  const half = kind === 'r' ? 1 : kind === 'c' ? 0 : 0.5;
  const seeds = Array.from({ length: Math.max(1, Math.round(customers / 12)) }, () => [rng.unit(), rng.unit()]);
  const depot = { x: Math.floor(side / 2), y: Math.floor(side / 2) };
  const within2 = (value) => Math.min(side, Math.max(0, Math.round(value)));
  const lines = Array.from({ length: customers }, (_, k) => {
    const [cx, cy] = seeds[rng.below(seeds.length)];
    const scattered = rng.unit() < half;
    const spread = () => 0.03 * side * (rng.unit() + rng.unit() + rng.unit() - 1.5);
    const x = within2(scattered ? side * rng.unit() : side * cx + spread());
    const y = within2(scattered ? side * rng.unit() : side * cy + spread());
    const way = Math.ceil(Math.hypot(x - depot.x, y - depot.y));
    const last = day - way - service;
    const width = Math.round((type === 1 ? 10 : 60) * (1 + 2 * rng.unit()));
    const from = Math.max(0, Math.min(last - width, way + rng.below(Math.max(1, last - way)) - (width >> 1)));
    const [opens, closes] = rng.unit() < share ? [from, from + width] : [0, last];
    return [k + 1, x, y, 1 + rng.below(35), opens, Math.max(closes, way), service].join(' ');
  });
  const capacity = type === 1 ? 200 : 1e3;
  return [
    `${kind}${type}_${customers}_${seed}`,
    '',
    'VEHICLE',
    'NUMBER CAPACITY',
    `${Math.ceil(customers / 4)} ${capacity}`,
    '',
    'CUSTOMER',
    'CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME',
    '',
    `0 ${depot.x} ${depot.y} 0 0 ${day} 0`,
    ...lines,
    '',
  ].join('\n');
}

// tests/bench/solve/sets.ts
var SETS = ['solomon', 'homberger', 'skills', 'homes'];
function loadSet(data, set, objective2, only) {
  const folder = join(data, set);
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
  const files = readdirSync(folder).filter((file) => /\.(txt|vrp)$/i.test(file) && only.test(file));
  const known =
    set === 'skills' || set === 'homes'
      ? /* @__PURE__ */ new Map()
      : bestKnown(join(data, 'best-known.csv'), objective2);
  return files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = file.replace(/\.\w+$/, '');
    if (file.endsWith('.vrp')) return vrplibCase(name, text, readFileSync(join(folder, `${name}.sol`), 'utf8'));
    return solomonCase(name, text, objective2, known);
  });
}
function bestKnown(file, objective2) {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', , dimacs, dimacsVehicles, vehicles, distance] = line.split(',');
      const best =
        objective2 === 'dimacs'
          ? { distance: Number(dimacs), vehicles: Number(dimacsVehicles) }
          : { distance: Number(distance), vehicles: Number(vehicles) };
      return [name.toLowerCase(), best];
    }),
  );
}
function solomonCase(name, text, objective2, known) {
  const best = known.get(name.toLowerCase());
  if (best === void 0) throw new Error(`best-known.csv does not have ${name}`);
  return caseOf(name, text, objective2, best);
}
function madeUpCase(kind, customers, seed) {
  const [, form, type] = /^(r|c|rc)([12])$/.exec(kind) ?? [];
  if (form === void 0) throw new Error(`--made-up: ${kind} is none of r1, c1, rc1, r2, c2, rc2`);
  const text = madeUpVrptw(seed, form, type === '1' ? 1 : 2, customers, 0.75);
  return caseOf(`${kind}_${customers}`, text, 'dimacs', { distance: 1, vehicles: 0 });
}
function caseOf(name, text, objective2, best) {
  const file = readSolomon(text);
  return {
    name,
    plain: solomonToPlain(file, objective2),
    units: unitsOf(objective2),
    best,
    judge: (plan) =>
      judgeSolomon(
        file,
        objective2,
        plan.routes.map((route) => route.stops.map(({ visit }) => visit + 1)),
      ),
  };
}
function vrplibCase(name, text, solution) {
  const file = readVrplib(text);
  const { plain, nodeOfVisit } = vrplibToPlain(file);
  const published = [...solution.matchAll(/^Route #\d+:(.*)$/gm)].map((match) =>
    (match[1] ?? '').split(/\s+/).filter(Boolean).map(Number),
  );
  const best = judgeVrplib(file, published);
  return {
    name,
    plain,
    units: 1,
    best: { distance: best.distance, vehicles: best.vehicles },
    judge(plan) {
      const routes = file.vehicles.map(() => []);
      for (const route of plan.routes) routes[route.vehicle] = route.stops.map(({ visit }) => nodeOfVisit[visit]);
      return judgeVrplib(file, routes);
    },
  };
}

// tests/bench/solve/main.ts
var { values } = parseArgs({
  options: {
    data: { type: 'string' },
    set: { type: 'string', default: 'solomon' },
    seconds: { type: 'string', default: '1' },
    threads: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    objective: { type: 'string', default: 'dimacs' },
    only: { type: 'string', default: '' },
    parameters: { type: 'string', default: '{}' },
    live: { type: 'string' },
    'made-up': { type: 'string' },
    customers: { type: 'string', default: '1000' },
    each: { type: 'boolean', default: false },
  },
});
var cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};
var tsx = `import { register } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; register();`;
var execArgv = ['--import', `data:text/javascript,${encodeURIComponent(tsx)}`];
var makeWorker = () =>
  new Worker(new URL('../../../dispatch/src/solver/solver.worker.ts', import.meta.url), { execArgv });
async function search(one, milliseconds, seed) {
  const threads = Number(values.threads);
  if (threads > 1) return solveInParallel(makeWorker, one.plain, { seed, milliseconds, threads, processorTime: true });
  const began = cpu();
  const instance = buildInstance(one.plain);
  return solve(instance, {
    seed,
    milliseconds: Math.max(0, milliseconds - (cpu() - began)),
    now: cpu,
    parameters: JSON.parse(values.parameters),
    solveProgram,
  });
}
async function run(one, milliseconds, seed) {
  const { plan, iterations } = await search(one, milliseconds, seed);
  const instance = buildInstance(one.plain);
  const violations = checkPlan(instance, plan);
  if (violations.length > 0) throw new Error(`${one.name}: ${JSON.stringify(violations.slice(0, 3))}`);
  const missing = plan.unassigned.length;
  if (missing > 0) return { gap: Number.NaN, vehicles: plan.routes.length, missing, iterations };
  const { distance, vehicles } = one.judge(plan);
  return { gap: 100 * (distance / one.best.distance - 1), vehicles, missing, iterations };
}
var solveProgram = await loadHighs();
var mean = (list) => list.reduce((sum, x) => sum + x, 0) / Math.max(1, list.length);
if (values.live !== void 0) {
  await runLive(values.live, values.seconds.split(',').map(Number), Number(values.seed), cpu);
  process.exit(0);
}
var madeUp = values['made-up'];
if (madeUp !== void 0) {
  for (const kind of madeUp.split(',')) {
    const one = madeUpCase(kind, Number(values.customers), Number(values.seed));
    const found = [];
    for (const seconds of values.seconds.split(',').map(Number)) {
      const outcome = await run(one, 1e3 * seconds, Number(values.seed));
      found.push({ seconds, distance: 1 + outcome.gap / 100, outcome });
    }
    const least = Math.min(...found.map(({ distance }) => distance));
    for (const { seconds, distance, outcome } of found) {
      const gap = (100 * (distance / least - 1)).toFixed(2);
      const { vehicles, missing, iterations } = outcome;
      console.log(
        `${one.name} ${seconds} s: ${distance.toFixed(1)} (${gap} % over the best here), ${vehicles} vehicles, ${missing} missing, ${iterations} iterations`,
      );
    }
  }
  process.exit(0);
}
if (values.data === void 0 || !SETS.includes(values.set)) {
  process.stderr.write(`--data FOLDER and --set ${SETS.join(' | ')} are needed
`);
  process.exit(2);
}
var objective = values.objective === 'vehicles-first' ? 'vehicles-first' : 'dimacs';
var cases = loadSet(values.data, values.set, objective, new RegExp(values.only, 'i'));
for (const seconds of values.seconds.split(',').map(Number)) {
  for (const seed of values.seed.split(',').map(Number)) {
    const groups = /* @__PURE__ */ new Map();
    const all = [];
    for (const one of cases) {
      const outcome = await run(one, 1e3 * seconds, seed);
      const group = one.name.replace(/^([a-z]+\d).*/i, '$1').toUpperCase();
      groups.set(group, [...(groups.get(group) ?? []), outcome]);
      all.push(outcome);
      if (values.each)
        console.log(
          `  ${one.name.padEnd(10)} ${outcome.gap.toFixed(3).padStart(8)} %  ${outcome.vehicles} (${one.best.vehicles}) vehicles, ${outcome.missing} missing, ${outcome.iterations} iterations`,
        );
    }
    const line = (name, list) => {
      const served = list.filter(({ missing }) => missing === 0);
      const unserved = list.length - served.length;
      const incomplete = unserved > 0 ? ` (${unserved} incomplete)` : '';
      return `${name} ${mean(served.map(({ gap }) => gap)).toFixed(3)} %${incomplete}`;
    };
    const vehicles = all.reduce((sum, outcome) => sum + outcome.vehicles, 0);
    console.log(
      `${values.set} ${objective} ${seconds} s seed ${seed}: mean gap ${line('', all)}, worst ${Math.max(...all.map(({ gap }) => gap)).toFixed(3)} %, ${vehicles} vehicles, ${Math.round(mean(all.map(({ iterations }) => iterations)) / seconds)} iterations/s; ` +
        [...groups].map(([name, list]) => line(name, list)).join(', '),
    );
  }
}
