import { circleIn } from './links.ts';
import type {
  PlainEngineer,
  PlainInstance,
  PlainInterval,
  PlainLink,
  PlainMatrix,
  PlainShift,
  PlainSkill,
  PlainSpeeds,
  PlainVisit,
} from './plain.ts';

export interface Problem {
  /** Such as `visits[3].windows[0].to`. */
  readonly path: string;
  readonly message: string;
}

/** Every problem found, each with its path: the caller mends them in one go. */
export class InstanceError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const shown = problems.slice(0, 10).map(({ path, message }) => `${path}: ${message}`);
    const more = problems.length > 10 ? `; and ${problems.length - 10} more` : '';
    super(`instance refused: ${shown.join('; ')}${more}`);
    this.name = 'InstanceError';
    this.problems = problems;
  }
}

/** 2^40 s is 34,865 years, and less than the milliseconds since 1970 in any year after 2004: that mix-up is caught here. */
const LARGEST_TIME = 2 ** 40;
/** Fits an Int32Array, with a setup on top. */
const LARGEST_ENTRY = 2 ** 31 - 1 - 86_400;
/** Keeps a single term in the safe range; the sum is checked in penalty.ts. */
const LARGEST_WEIGHT = 2 ** 40;
const HIGHEST_LEVEL = 3;
const FASTEST_PERCENT = 1000;
/** A day. Keeps a way with its setup within an Int32Array. */
const LONGEST_SETUP = 86_400;

export function problemsIn(plain: PlainInstance): Problem[] {
  return new Inspection(plain).run();
}

class Inspection {
  private readonly plain: PlainInstance;
  private readonly problems: Problem[] = [];
  constructor(plain: PlainInstance) {
    this.plain = plain;
  }

  run(): Problem[] {
    const { plain } = this;
    this.whole('locationCount', plain.locationCount, 1, 2 ** 15);
    this.weights();
    this.matrix('travelSeconds', plain.travelSeconds);
    if (plain.distanceMetres !== undefined) this.matrix('distanceMetres', plain.distanceMetres);
    else
      this.refuseIf(plain.weights.distanceMetre > 0, 'distanceMetres', 'needed, as weights.distanceMetre is not zero');
    if (plain.speeds !== undefined) this.speeds(plain.speeds);
    this.setups();
    this.each('engineers', plain.engineers, (path, engineer) => this.engineer(path, engineer));
    this.each('visits', plain.visits, (path, visit) => this.visit(path, visit));
    this.each('links', plain.links, (path, link) => this.link(path, link));
    if (this.problems.length === 0) this.circles();
    return this.problems;
  }

  private weights(): void {
    const { unassignedByPriority, waitingSecondByPriority, ...single } = this.plain.weights;
    this.each('weights.waitingSecondByPriority', waitingSecondByPriority, (path, cost) =>
      this.whole(path, cost, 0, LARGEST_WEIGHT),
    );
    for (const name of OPTIONAL_WEIGHTS) {
      if (single[name] !== undefined) this.whole(`weights.${name}`, single[name], 0, LARGEST_WEIGHT);
    }
    for (const name of WEIGHT_NAMES) this.whole(`weights.${name}`, single[name], 0, LARGEST_WEIGHT);
    this.refuseIf(unassignedByPriority.length === 0, 'weights.unassignedByPriority', 'must name at least one priority');
    this.each('weights.unassignedByPriority', unassignedByPriority, (path, cost) => {
      this.whole(path, cost, 0, LARGEST_WEIGHT);
    });
  }

  private matrix(path: string, matrix: PlainMatrix): void {
    const n = this.plain.locationCount;
    this.refuseIf(matrix.length !== n * n, path, `must have ${n} x ${n} = ${n * n} entries, has ${matrix.length}`);
    for (let k = 0; k < matrix.length; k++) {
      if (isWhole(matrix[k], 0, LARGEST_ENTRY)) continue;
      this.whole(`${path}[${Math.floor(k / n)} -> ${k % n}]`, matrix[k], 0, LARGEST_ENTRY);
    }
  }

  private speeds({ profiles, profileOf }: PlainSpeeds): void {
    this.refuseIf(profiles.length === 0, 'speeds.profiles', 'must name at least one profile');
    this.each('speeds.profiles', profiles, (path, steps) => {
      this.each(path, steps, (stepPath, { from, percent }, k) => {
        this.time(`${stepPath}.from`, from);
        this.whole(`${stepPath}.percent`, percent, 1, FASTEST_PERCENT);
        const before = steps[k - 1];
        this.refuseIf(
          before !== undefined && before.from >= from,
          `${stepPath}.from`,
          'must be after the step before it',
        );
      });
    });
    if (profileOf === undefined) return;
    const { locationCount } = this.plain;
    const count = profileOf.length;
    this.refuseIf(count !== locationCount, 'speeds.profileOf', `must have ${locationCount} entries, has ${count}`);
    this.each('speeds.profileOf', profileOf, (path, index) => this.whole(path, index, 0, profiles.length - 1));
  }

  private setups(): void {
    const { setupSeconds, locationCount, engineers } = this.plain;
    if (setupSeconds === undefined) return;
    const wanted = `must have an entry for each of ${locationCount} locations`;
    this.refuseIf(setupSeconds.length !== locationCount, 'setupSeconds', wanted);
    const ends = new Set(engineers.flatMap(({ shifts }) => shifts.map(({ endLocation }) => endLocation)));
    this.each('setupSeconds', setupSeconds, (path, seconds, location) => {
      this.whole(path, seconds, 0, LONGEST_SETUP);
      this.refuseIf(seconds > 0 && ends.has(location), path, 'a shift ends here: give its end a location of its own');
    });
  }

  private engineer(path: string, engineer: PlainEngineer): void {
    this.skills(`${path}.skills`, engineer.skills);
    this.each(`${path}.shifts`, engineer.shifts, (shiftPath, shift, s) => {
      this.shift(shiftPath, shift);
      const before = engineer.shifts[s - 1];
      if (before === undefined) return;
      const over = before.to + (before.overtimeSeconds ?? 0) - shift.from;
      this.refuseIf(over > 0, `${shiftPath}.from`, `is ${over} s before the shift before it ends with its overtime`);
    });
  }

  private shift(path: string, shift: PlainShift): void {
    this.location(`${path}.startLocation`, shift.startLocation);
    if (shift.endLocation !== null) this.location(`${path}.endLocation`, shift.endLocation);
    this.interval(path, shift);
    this.refuseIf(shift.from === shift.to, `${path}.to`, 'must be after from');
    if (shift.overtimeSeconds !== undefined)
      this.whole(`${path}.overtimeSeconds`, shift.overtimeSeconds, 0, LARGEST_TIME);
    if (shift.freeAt !== undefined) this.time(`${path}.freeAt`, shift.freeAt);
    if (shift.freeAtLocation !== undefined) this.location(`${path}.freeAtLocation`, shift.freeAtLocation);
    this.each(`${path}.capacity`, shift.capacity, (inner, most) => this.whole(inner, most, 0, LARGEST_TIME));
    if (shift.longestSeconds !== undefined) this.whole(`${path}.longestSeconds`, shift.longestSeconds, 0, LARGEST_TIME);
    if (shift.fixedCost !== undefined) this.whole(`${path}.fixedCost`, shift.fixedCost, 0, LARGEST_WEIGHT);
    this.each(`${path}.unavailable`, shift.unavailable, (busyPath, busy) => this.interval(busyPath, busy));
  }

  private visit(path: string, visit: PlainVisit): void {
    this.location(`${path}.location`, visit.location);
    this.whole(`${path}.serviceSeconds`, visit.serviceSeconds, 0, LARGEST_ENTRY);
    this.each(`${path}.windows`, visit.windows, (windowPath, window) => this.interval(windowPath, window));
    this.each(`${path}.preferred`, visit.preferred, (inner, window) => this.interval(inner, window));
    if (visit.waitingSince !== undefined) this.time(`${path}.waitingSince`, visit.waitingSince);
    if (visit.release !== undefined) this.time(`${path}.release`, visit.release);
    this.skills(`${path}.skills`, visit.skills ?? []);
    if (visit.requiredEngineer !== undefined) this.engineerIndex(`${path}.requiredEngineer`, visit.requiredEngineer);
    for (const list of ENGINEER_LISTS)
      this.each(`${path}.${list}`, visit[list], (inner, e) => this.engineerIndex(inner, e));
    this.serviceTimes(`${path}.serviceSecondsBy`, visit.serviceSecondsBy);
    this.each(`${path}.amount`, visit.amount, (inner, amount) => this.whole(inner, amount, 0, LARGEST_TIME));
    this.whole(`${path}.priority`, visit.priority, 0, this.plain.weights.unassignedByPriority.length - 1);
    if (visit.due !== undefined) this.time(`${path}.due`, visit.due);
    if (visit.latePerSecond !== undefined) this.whole(`${path}.latePerSecond`, visit.latePerSecond, 0, LARGEST_WEIGHT);
    this.each(`${path}.downtime`, visit.downtime, (segmentPath, { from, perSecond }, k) => {
      this.time(`${segmentPath}.from`, from);
      this.whole(`${segmentPath}.perSecond`, perSecond, 0, LARGEST_WEIGHT);
      const before = visit.downtime?.[k - 1];
      if (before === undefined) return;
      this.refuseIf(before.from >= from, `${segmentPath}.from`, 'must be after the segment before it');
    });
    if (visit.previous !== undefined) {
      this.engineerIndex(`${path}.previous.engineer`, visit.previous.engineer);
      this.time(`${path}.previous.startAt`, visit.previous.startAt);
    }
    if (visit.frozen !== undefined) {
      this.engineerIndex(`${path}.frozen.engineer`, visit.frozen.engineer);
      const shifts = this.plain.engineers[visit.frozen.engineer]?.shifts.length ?? 0;
      this.whole(`${path}.frozen.shift`, visit.frozen.shift, 0, shifts - 1);
      this.time(`${path}.frozen.startAt`, visit.frozen.startAt);
    }
  }

  private serviceTimes(path: string, times: PlainVisit['serviceSecondsBy']): void {
    const seen = new Set<number>();
    this.each(path, times, (inner, { engineer, seconds }) => {
      this.engineerIndex(`${inner}.engineer`, engineer);
      this.whole(`${inner}.seconds`, seconds, 0, LARGEST_ENTRY);
      this.refuseIf(seen.has(engineer), `${inner}.engineer`, `${engineer} is named twice`);
      seen.add(engineer);
    });
  }

  private link(path: string, { kind, first, second, minGapSeconds, maxGapSeconds, sameEngineer }: PlainLink): void {
    const last = this.plain.visits.length - 1;
    this.refuseIf(kind !== 'together' && kind !== 'after', `${path}.kind`, `must be together or after, is ${kind}`);
    this.whole(`${path}.first`, first, 0, last);
    this.whole(`${path}.second`, second, 0, last);
    this.refuseIf(first === second, `${path}.second`, 'must be another visit than first');
    const ofAfter = { minGapSeconds, maxGapSeconds, sameEngineer };
    for (const [name, value] of Object.entries(ofAfter))
      this.refuseIf(
        kind === 'together' && value !== undefined,
        `${path}.${name}`,
        'says nothing where both start together',
      );
    if (minGapSeconds !== undefined) this.whole(`${path}.minGapSeconds`, minGapSeconds, 0, LARGEST_TIME);
    if (maxGapSeconds !== undefined)
      this.whole(`${path}.maxGapSeconds`, maxGapSeconds, minGapSeconds ?? 0, LARGEST_TIME);
  }

  private circles(): void {
    const circle = circleIn(this.plain.links ?? []);
    if (circle === null) return;
    const at = (this.plain.links ?? []).findIndex(
      ({ kind, first, second }) => kind === 'after' && first === circle[0] && second === circle[1],
    );
    const names = [...circle, circle[0]].map((visit) => `visits[${visit}]`).join(' -> ');
    this.refuseIf(true, `links[${at}]`, `goes in a circle: ${names}`);
  }

  private skills(path: string, skills: readonly PlainSkill[]): void {
    const seen = new Set<number>();
    this.each(path, skills, (inner, { skill, level }) => {
      this.whole(`${inner}.skill`, skill, 0, 2 ** 15);
      this.whole(`${inner}.level`, level, 0, HIGHEST_LEVEL);
      this.refuseIf(seen.has(skill), `${inner}.skill`, `${skill} is named twice`);
      seen.add(skill);
    });
  }

  private interval(path: string, { from, to }: PlainInterval): void {
    this.time(`${path}.from`, from);
    this.time(`${path}.to`, to);
    this.refuseIf(to < from, `${path}.to`, `${to} is before from, ${from}`);
  }

  private location(path: string, index: number): void {
    this.whole(path, index, 0, this.plain.locationCount - 1);
  }

  private engineerIndex(path: string, index: number): void {
    this.whole(path, index, 0, this.plain.engineers.length - 1);
  }

  private time(path: string, seconds: number): void {
    const hint = Math.abs(seconds) > LARGEST_TIME ? ' (milliseconds instead of seconds?)' : '';
    this.whole(path, seconds, -LARGEST_TIME, LARGEST_TIME, hint);
  }

  private whole(path: string, value: number | undefined, least: number, most: number, hint = ''): void {
    const wanted = `must be a whole number from ${least} to ${most}`;
    this.refuseIf(!isWhole(value, least, most), path, `${wanted}, is ${value}${hint}`);
  }

  private each<T>(
    path: string,
    list: readonly T[] = [],
    inspect: (path: string, item: T, index: number) => void,
  ): void {
    list.forEach((item, k) => {
      inspect(`${path}[${k}]`, item, k);
    });
  }

  private refuseIf(wrong: boolean, path: string, message: string): void {
    if (wrong) this.problems.push({ path, message });
  }
}

function isWhole(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}

const WEIGHT_NAMES = [
  'travelSecond',
  'distanceMetre',
  'lateSecond',
  'downtime',
  'overtimeSecond',
  'churnPerMovedVisit',
  'churnToleranceSeconds',
  'overQualifiedLevel',
] as const;

/** Zero where they are left out. */
const OPTIONAL_WEIGHTS = [
  'workSecond',
  'unevenHours',
  'notPreferred',
  'unfamiliar',
  'outOfTerritory',
  'outsidePreferred',
] as const;
const ENGINEER_LISTS = ['excludedEngineers', 'preferredEngineers', 'familiarEngineers', 'territoryEngineers'] as const;
