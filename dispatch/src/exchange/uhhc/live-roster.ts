import { Days } from './days.ts';
import type { HomeCare } from './read.ts';
import { type Choices, UNSERVED_MUST } from './roster.ts';
import { VisitWindows } from './visit-windows.ts';
import { WaitingLine } from './waiting-line.ts';

/**
 * What `Roster` does, a move at a time: only visits whose beginning may change are timed anew, in the order of the choices,
 * until nothing changes any more. Reads the choices as they are when called; `undo` once they are as they were before.
 */
export class LiveRoster {
  /** As `Roster.time` has it. */
  cost = 0;
  /** Who had the most unused time when it was last looked at. */
  mostIdle = -1;
  private readonly problem: HomeCare;
  private readonly choices: Choices;
  private readonly at: Int32Array;
  private readonly windows: VisitWindows;
  private readonly days: Days;
  private readonly line: WaitingLine;
  private readonly place: Int32Array; // by patient
  private readonly lasts: Int32Array; // by visit
  private readonly dislike: Uint8Array; // patient x caregiver
  private readonly optional: Uint8Array;
  // by visit, as they are timed now; `FIELDS` numbers each
  private readonly visits: Int32Array;
  // by caregiver; `DAY_FIELDS` numbers each
  private readonly ends: Int32Array;
  private readonly sums = new Float64Array(SUMS);
  private readonly sumsBefore = new Float64Array(SUMS);
  private costBefore = 0;
  // what the last change overwrote
  private readonly oldVisits: number[] = [];
  private readonly oldDays: number[] = [];
  private readonly touchedDays: number[] = [];
  private readonly dayStamp: Int32Array;
  private readonly visitStamp: Int32Array;
  private stamp = 0;
  private rescan = false;
  private touched: readonly number[] = [];

  /** `at`: by patient, its index in the order; kept by whoever changes the order. */
  constructor(problem: HomeCare, choices: Choices, at: Int32Array) {
    const { patients, caregivers } = problem;
    this.problem = problem;
    this.choices = choices;
    this.at = at;
    this.windows = new VisitWindows(problem);
    this.days = new Days(patients.length, caregivers.length);
    this.line = new WaitingLine(patients.length);
    this.place = Int32Array.from(patients, ({ place }) => place);
    this.lasts = Int32Array.from(patients.flatMap(({ services }) => [services[0]!.lasts, services[1]?.lasts ?? 0]));
    this.dislike = Uint8Array.from(
      patients.flatMap(({ preferred }) => caregivers.map((_, c) => (preferred === null || preferred.has(c) ? 0 : 1))),
    );
    this.optional = Uint8Array.from(patients, ({ optional }) => (optional ? 1 : 0));
    this.visits = new Int32Array(FIELDS * 2 * patients.length);
    this.ends = new Int32Array(DAY_FIELDS * caregivers.length);
    this.visitStamp = new Int32Array(2 * patients.length);
    this.dayStamp = new Int32Array(caregivers.length);
    for (let c = 0; c < caregivers.length; c++) this.endDay(c);
    for (const p of patients.keys()) this.countUnserved(p, 1);
    this.change([...patients.keys()], -1);
  }

  /** These patients have other caregivers, or another place in the order; this caregiver has lunch at another time (-1: nobody). */
  change(patients: readonly number[], lunchOf: number): void {
    const { days, line, at, choices } = this;
    this.stamp++;
    this.oldVisits.length = 0;
    this.oldDays.length = 0;
    this.touchedDays.length = 0;
    this.sumsBefore.set(this.sums);
    this.costBefore = this.cost;
    this.touched = patients;
    for (let k = 0; k < patients.length; k++) this.takeOut(patients[k] as number, true);
    for (let k = 0; k < patients.length; k++) {
      const p = patients[k] as number;
      this.putIn(p);
      if ((days.of[2 * p] as number) >= 0) this.countUnserved(p, -1);
      for (let v = 2 * p; v < 2 * p + 2; v++) {
        const c = days.of[v] as number;
        if (c < 0) continue;
        this.day(c);
        this.ends[DAY_FIELDS * c + BUSY] = (this.ends[DAY_FIELDS * c + BUSY] as number) + (this.lasts[v] as number);
        line.add(at[p] as number);
        const next = days.after[v] as number;
        if (next >= 0) line.add(at[next >> 1] as number);
      }
    }
    if (lunchOf >= 0) {
      this.day(lunchOf);
      for (let v = days.first[lunchOf] as number; v >= 0; v = days.after[v] as number) line.add(at[v >> 1] as number);
    }
    for (let i = line.next(); i >= 0; i = line.next()) this.timePatient(choices.order[i] as number);
    for (let k = 0; k < this.touchedDays.length; k++) this.endDay(this.touchedDays[k] as number);
    this.cost = this.total();
  }

  undo(): void {
    const { visits, ends, oldVisits, oldDays, touched } = this;
    for (let k = 0; k < touched.length; k++) this.takeOut(touched[k] as number, false);
    for (let k = 0; k < touched.length; k++) this.putIn(touched[k] as number);
    for (let k = 0; k < oldVisits.length; k += FIELDS + 1) {
      const to = FIELDS * (oldVisits[k] as number);
      for (let f = 0; f < FIELDS; f++) visits[to + f] = oldVisits[k + 1 + f] as number;
    }
    for (let k = 0; k < oldDays.length; k += DAY_FIELDS + 1) {
      const to = DAY_FIELDS * (oldDays[k] as number);
      for (let f = 0; f < DAY_FIELDS; f++) ends[to + f] = oldDays[k + 1 + f] as number;
    }
    this.sums.set(this.sumsBefore);
    this.cost = this.costBefore;
  }

  /** Out of the days; with `counting`, out of the sums too, and what came next is timed anew. */
  private takeOut(p: number, counting: boolean): void {
    const { days, visits, sums, lasts } = this;
    if (counting && (days.of[2 * p] as number) >= 0) this.countUnserved(p, 1);
    for (let v = 2 * p; v < 2 * p + 2; v++) {
      const c = days.of[v] as number;
      if (c < 0) continue;
      const next = days.after[v] as number;
      days.takeOut(v);
      if (!counting) continue;
      if (next >= 0) this.line.add(this.at[next >> 1] as number);
      this.day(c);
      this.keep(v);
      const k = FIELDS * v;
      const end = DAY_FIELDS * c + BUSY;
      this.ends[end] =
        (this.ends[end] as number) - (lasts[v] as number) - (visits[k + WAY] as number) - (visits[k + REST] as number);
      sums[TRAVEL] = (sums[TRAVEL] as number) - (visits[k + WAY] as number);
      sums[TARDINESS] = (sums[TARDINESS] as number) - (visits[k + LATE] as number);
      sums[WAITING] = (sums[WAITING] as number) - (visits[k + WAIT] as number);
      if ((visits[k + LATE] as number) > 0 && visits[k + LATE] === sums[HIGHEST]) this.rescan = true;
      sums[WISHES] = (sums[WISHES] as number) - (visits[k + WISH] as number);
      visits.fill(0, k, k + FIELDS);
    }
  }

  private putIn(p: number): void {
    const { by } = this.choices;
    for (let v = 2 * p; v < 2 * p + 2; v++) if ((by[v] as number) >= 0) this.days.put(v, by[v] as number, this.at);
  }

  private timePatient(p: number): void {
    const { days, lasts, windows } = this;
    const [one, two] = [2 * p, 2 * p + 1];
    if ((days.of[one] as number) < 0) return;
    const apart = this.problem.patients[p]?.apart ?? null;
    let a = this.ready(one);
    const lunchA = this.lunchAt;
    if ((days.of[two] as number) < 0) {
      this.begin(one, windows.fit(p, a, lasts[one] as number), lunchA);
      return;
    }
    let b = this.ready(two);
    const lunchB = this.lunchAt;
    if (apart !== null) {
      a = windows.fit(p, Math.max(a, b - apart.max), lasts[one] as number);
      b = windows.fit(p, Math.max(b, a + apart.min), lasts[two] as number);
      if (b > a + apart.max) a = b - apart.max;
    } else {
      a = windows.fit(p, a, lasts[one] as number);
      b = windows.fit(p, b, lasts[two] as number);
    }
    this.begin(one, a, lunchA);
    this.begin(two, b, lunchB);
  }

  /** When the visit could begin; `lunchAt`: when its caregiver has lunch just before, or -1. */
  private ready(v: number): number {
    const { days, problem, visits } = this;
    const c = days.of[v] as number;
    const previous = days.before[v] as number;
    const there = this.freeAfter(previous, c) + this.wayFrom(previous, c, this.place[v >> 1] as number);
    this.lunchAt = -1;
    const fed = previous >= 0 && visits[FIELDS * previous + FED] === 1;
    const { lunch } = problem;
    if (lunch === null || fed || !problem.caregivers[c]?.lunch) return there;
    const wanted = this.choices.lunchFrom[c] as number;
    const start = Math.max(there, lunch.from);
    if ((start < wanted && there < wanted) || start + lunch.lasts > lunch.to) return there;
    this.lunchAt = start;
    return start + lunch.lasts;
  }
  private lunchAt = -1;

  private begin(v: number, start: number, lunchAt: number): void {
    const { days, visits, sums, problem } = this;
    const p = v >> 1;
    const c = days.of[v] as number;
    const k = FIELDS * v;
    const previous = days.before[v] as number;
    const fed = lunchAt >= 0 || (previous >= 0 && visits[FIELDS * previous + FED] === 1) ? 1 : 0;
    const way = this.wayFrom(previous, c, this.place[p] as number);
    const rest = lunchAt >= 0 ? (problem.lunch?.lasts ?? 0) : 0;
    const wait = previous < 0 ? 0 : start - this.freeAfter(previous, c) - way - rest;
    const late = this.windows.late(p, start, this.lasts[v] as number);
    const wish = this.dislike[p * problem.caregivers.length + c] as number;
    this.keep(v);
    this.day(c);
    const oldLate = visits[k + LATE] as number;
    const more = way - (visits[k + WAY] as number);
    const busy = DAY_FIELDS * c + BUSY;
    this.ends[busy] = (this.ends[busy] as number) + more + rest - (visits[k + REST] as number);
    sums[TRAVEL] = (sums[TRAVEL] as number) + more;
    sums[WAITING] = (sums[WAITING] as number) + wait - (visits[k + WAIT] as number);
    sums[TARDINESS] = (sums[TARDINESS] as number) + late - oldLate;
    sums[WISHES] = (sums[WISHES] as number) + wish - (visits[k + WISH] as number);
    if (late > (sums[HIGHEST] as number)) sums[HIGHEST] = late;
    else if (late < oldLate && oldLate === sums[HIGHEST]) this.rescan = true;
    const next = days.after[v] as number;
    if (next >= 0 && (start !== visits[k + START] || fed !== visits[k + FED]))
      this.line.add(this.at[next >> 1] as number);
    visits[k + START] = start;
    visits[k + FED] = fed;
    visits[k + WAY] = way;
    visits[k + REST] = rest;
    visits[k + WAIT] = wait;
    visits[k + LATE] = late;
    visits[k + WISH] = wish;
  }

  private endDay(c: number): void {
    const { ends, sums, problem, days, visits } = this;
    const { from, to, end, lunch } = problem.caregivers[c]!;
    const k = DAY_FIELDS * c;
    const last = days.last[c] as number;
    const home = last < 0 ? 0 : this.wayFrom(last, c, end);
    const extra = Math.max(0, this.freeAfter(last, c) + home - to);
    const missed = lunch && (last < 0 || visits[FIELDS * last + FED] === 0) ? 1 : 0;
    sums[TRAVEL] = (sums[TRAVEL] as number) + home - (ends[k + HOME] as number);
    sums[OVERTIME] = (sums[OVERTIME] as number) + extra - (ends[k + EXTRA] as number);
    sums[LUNCHES] = (sums[LUNCHES] as number) + missed - (ends[k + MISSED] as number);
    ends[k + HOME] = home;
    ends[k + EXTRA] = extra;
    ends[k + MISSED] = missed;
    ends[k + IDLE] = to - from - (ends[k + BUSY] as number) - home + extra;
  }

  private total(): number {
    const { sums, ends, visits, rescan } = this;
    const { weights } = this.problem;
    if (rescan) {
      let highest = 0;
      for (let k = LATE; k < visits.length; k += FIELDS)
        if ((visits[k] as number) > highest) highest = visits[k] as number;
      sums[HIGHEST] = highest;
      this.rescan = false;
    }
    let idle = 0;
    for (let c = 0, k = IDLE; k < ends.length; c++, k += DAY_FIELDS) {
      if ((ends[k] as number) <= idle) continue;
      idle = ends[k] as number;
      this.mostIdle = c;
    }
    return (
      weights.travel * (sums[TRAVEL] as number) +
      weights.tardiness * (sums[TARDINESS] as number) +
      weights.highestTardiness * (sums[HIGHEST] as number) +
      weights.waiting * (sums[WAITING] as number) +
      weights.overtime * (sums[OVERTIME] as number) +
      weights.highestIdle * idle +
      weights.preference * (sums[WISHES] as number) +
      weights.unserved * (sums[UNSERVED] as number) +
      weights.missedLunch * (sums[LUNCHES] as number) +
      UNSERVED_MUST * (sums[MUST] as number)
    );
  }

  private countUnserved(p: number, change: number): void {
    const which = this.optional[p] === 1 ? UNSERVED : MUST;
    this.sums[which] = (this.sums[which] as number) + change;
  }

  private freeAfter(previous: number, c: number): number {
    if (previous < 0) return this.problem.caregivers[c]!.from;
    return (this.visits[FIELDS * previous + START] as number) + (this.lasts[previous] as number);
  }

  private wayFrom(previous: number, c: number, to: number): number {
    const { travel, places, caregivers } = this.problem;
    const from = previous < 0 ? caregivers[c]!.start : (this.place[previous >> 1] as number);
    return travel[from * places + to] as number;
  }

  /** Remembers what a visit was before this change. */
  private keep(v: number): void {
    if (this.visitStamp[v] === this.stamp) return;
    this.visitStamp[v] = this.stamp;
    const { visits, oldVisits } = this;
    oldVisits.push(v);
    for (let f = 0; f < FIELDS; f++) oldVisits.push(visits[FIELDS * v + f] as number);
  }

  private day(c: number): void {
    if (this.dayStamp[c] === this.stamp) return;
    this.dayStamp[c] = this.stamp;
    const { ends, oldDays } = this;
    this.touchedDays.push(c);
    oldDays.push(c);
    for (let f = 0; f < DAY_FIELDS; f++) oldDays.push(ends[DAY_FIELDS * c + f] as number);
  }
}

const [START, FED, WAY, REST, WAIT, LATE, WISH, FIELDS] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const [BUSY, HOME, EXTRA, MISSED, IDLE, DAY_FIELDS] = [0, 1, 2, 3, 4, 5] as const;
const [TRAVEL, TARDINESS, HIGHEST, WAITING, OVERTIME, WISHES, UNSERVED, LUNCHES, MUST, SUMS] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
] as const;
