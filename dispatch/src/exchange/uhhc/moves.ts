import type { Rng } from '../../solver/rng.ts';
import { followers } from './followers.ts';
import { LiveRoster } from './live-roster.ts';
import type { HomeCare } from './read.ts';
import type { Choices } from './roster.ts';

/** Kinds of moves by their share, each with those before it; a twenty-fifth drops somebody, the rest give to somebody at random. */
const LUNCHES = 0.03;
const NEARER = 0.2;
const SWAPS = 0.45;
const JOINS = 0.75;
const TAILS = 0.85;
const DROPS = 0.89;
/** How many who come well after a patient are known, and how often a swap looks beyond them. */
const KNOWN = 60;
const FAR = 0.5;
/** How often work goes to whoever has most unused time, as that alone is what counts of unused time. */
const TO_MOST_IDLE = 0.15;

/**
 * Choices, and the moves that change them. A move takes one or two patients, or all that two caregivers do from some hour on,
 * and gives them another caregiver, another place in the order, or both.
 */
export class Moves implements Choices {
  readonly order: Int32Array;
  readonly by: Int32Array;
  readonly lunchFrom: Int32Array;
  readonly roster: LiveRoster;
  /** What the move changed: patients, and the caregiver whose lunch is at another time (-1: nobody's). */
  readonly touched: number[] = [];
  lunchOf = -1;
  private readonly problem: HomeCare;
  /** [2 x patient + service]: who may. */
  private readonly able: readonly Int32Array[];
  /** By patient: who comes well after, and before. */
  private readonly after: readonly Int32Array[];
  private readonly before: readonly Int32Array[];
  private readonly at: Int32Array; // by patient: index in order
  // before the move
  private readonly orderBefore: Int32Array;
  private movedFrom = 0;
  private movedTo = 0;
  private readonly oldBy: [visit: number, caregiver: number][] = [];
  private oldLunch: [caregiver: number, from: number] | null = null;

  constructor(problem: HomeCare) {
    const { patients, caregivers, lunch } = problem;
    this.problem = problem;
    this.order = Int32Array.from(patients.keys());
    this.orderBefore = this.order.slice();
    this.at = this.order.slice();
    const opens = (p: number) => patients[p]!.windows[0]!.from;
    this.order.sort((x, y) => opens(x) - opens(y) || x - y);
    this.order.forEach((p, i) => {
      this.at[p] = i;
    });
    this.by = new Int32Array(2 * patients.length).fill(-1);
    this.lunchFrom = new Int32Array(caregivers.length).fill(lunch?.from ?? 0);
    this.able = patients.flatMap(({ services, incompatible }) =>
      [0, 1].map((s) => {
        const service = services[s]?.service;
        const may = caregivers.flatMap(({ abilities }, c) =>
          service !== undefined && abilities.has(service) && !incompatible.has(c) ? [c] : [],
        );
        return Int32Array.from(may);
      }),
    );
    this.after = followers(problem, KNOWN);
    this.before = patients.map(() => Int32Array.of());
    const before = patients.map((): number[] => []);
    this.after.forEach((list, p) => {
      for (const q of list) before[q]?.push(p);
    });
    this.before = before.map((list) => Int32Array.from(list));
    this.roster = new LiveRoster(problem, this, this.at);
  }

  copy(): Choices {
    return { order: this.order.slice(), by: this.by.slice(), lunchFrom: this.lunchFrom.slice() };
  }
  unserved(): number {
    return this.problem.patients.reduce((sum, _, p) => sum + (this.by[2 * p] === -1 ? 1 : 0), 0);
  }

  /** In order of their windows, each to whoever makes it cheapest. */
  begin(): void {
    const { patients } = this.problem;
    for (const p of this.order) {
      let [best, first, second] = [Number.POSITIVE_INFINITY, -1, -1];
      for (const one of this.able[2 * p] as Int32Array) {
        const others = patients[p]!.services.length === 2 ? (this.able[2 * p + 1] as Int32Array) : NOBODY;
        for (const other of others) {
          if (one === other) continue;
          this.by[2 * p] = one;
          this.by[2 * p + 1] = other;
          this.roster.change([p], -1);
          const { cost } = this.roster;
          if (cost < best) [best, first, second] = [cost, one, other];
        }
      }
      this.by[2 * p] = first;
      this.by[2 * p + 1] = second;
      this.roster.change([p], -1);
    }
  }

  /** False when there was nothing to do; else `undo` takes it back. */
  move(rng: Rng): boolean {
    this.oldBy.length = 0;
    this.oldLunch = null;
    this.movedFrom = 0;
    this.movedTo = -1;
    const p = rng.below(this.problem.patients.length);
    this.touched.length = 0;
    this.lunchOf = -1;
    const kind = rng.unit();
    if (kind < LUNCHES) return this.shiftLunch(rng);
    this.touched.push(p);
    if (kind < NEARER) return this.moveNear(p, rng);
    if (kind < SWAPS) return this.swap(p, rng);
    if (kind < JOINS) return this.join(p, rng);
    if (kind < TAILS) return this.swapTails(p, rng);
    if (this.problem.patients[p]!.optional && kind < DROPS && this.by[2 * p] !== -1) return this.assign(p, -1, -1);
    if (!this.reassign(p, rng)) return false;
    if (rng.unit() < 0.7) this.moveNear(p, rng);
    return true;
  }

  undo(): void {
    for (let k = this.oldBy.length - 1; k >= 0; k--) {
      const [visit, caregiver] = this.oldBy[k] as [number, number];
      this.by[visit] = caregiver;
    }
    if (this.oldLunch !== null) this.lunchFrom[this.oldLunch[0]] = this.oldLunch[1];
    for (let i = this.movedFrom; i <= this.movedTo; i++) {
      const p = this.orderBefore[i] as number;
      this.order[i] = p;
      this.at[p] = i;
    }
  }

  private assign(p: number, first: number, second: number): boolean {
    this.oldBy.push([2 * p, this.by[2 * p] as number], [2 * p + 1, this.by[2 * p + 1] as number]);
    this.by[2 * p] = first;
    this.by[2 * p + 1] = second;
    return true;
  }

  private reassign(p: number, rng: Rng): boolean {
    const two = this.problem.patients[p]!.services.length === 2;
    const pick = (visit: number) => {
      const able = this.able[visit] as Int32Array;
      if (rng.unit() < TO_MOST_IDLE && able.includes(this.roster.mostIdle)) return this.roster.mostIdle;
      return able.length === 0 ? -1 : (able[rng.below(able.length)] as number);
    };
    let [first, second] = [this.by[2 * p] as number, this.by[2 * p + 1] as number];
    const served = first >= 0;
    if (!two) first = pick(2 * p);
    else {
      const which = served ? rng.below(3) : 2;
      if (which !== 1) first = pick(2 * p);
      if (which !== 0) second = pick(2 * p + 1);
      if (first === second || second < 0) return false;
    }
    if (first < 0 || (first === this.by[2 * p] && second === this.by[2 * p + 1])) return false;
    return this.assign(p, first, second);
  }

  /** The patient right after or before one it goes well with, by the same caregiver. */
  private join(p: number, rng: Rng): boolean {
    const ahead = rng.unit() < 0.5;
    const list = (ahead ? this.after : this.before)[p] as Int32Array;
    if (list.length === 0) return false;
    const q = list[Math.floor(rng.unit() * rng.unit() * list.length)] as number;
    const c = this.by[2 * q + this.side(q, rng)] as number;
    if (c < 0) return false;
    const s = this.side(p, rng);
    const [one, two] = [this.by[2 * p] as number, this.by[2 * p + 1] as number];
    if (!(this.able[2 * p + s] as Int32Array).includes(c)) return false;
    let [first, second] = s === 0 ? [c, two] : [one, c];
    if (this.problem.patients[p]!.services.length === 2 && one < 0) {
      const able = this.able[2 * p + 1] as Int32Array;
      if (able.length === 0) return false;
      [first, second] = [c, able[rng.below(able.length)] as number];
    }
    if (first === second) return false;
    const [from, to] = [this.at[p] as number, this.at[q] as number];
    // Right before q when q is to come after p.
    const place = ahead ? (from < to ? to - 1 : to) : from < to ? to : to + 1;
    if (place === from && first === one && second === two) return false;
    if (first !== one || second !== two) this.assign(p, first, second);
    if (place !== from) this.shift(from, place);
    return true;
  }

  /** Puts the patient just before or after somebody of the same caregiver; only that decides anything about the order. */
  private moveNear(p: number, rng: Rng): boolean {
    const c = this.by[2 * p + (this.by[2 * p + 1] !== -1 && rng.unit() < 0.5 ? 1 : 0)] as number;
    if (c < 0) return false;
    const { order, by } = this;
    const from = this.at[p] as number;
    const direction = rng.unit() < 0.5 ? -1 : 1;
    let jumps = 1 + (rng.unit() < 0.3 ? rng.below(4) : 0);
    let to = from;
    for (let i = from + direction; i >= 0 && i < order.length && jumps > 0; i += direction) {
      const other = order[i] as number;
      if (by[2 * other] !== c && by[2 * other + 1] !== c) continue;
      to = i;
      jumps--;
    }
    if (to === from) return false;
    this.shift(from, to);
    return true;
  }

  private shift(from: number, to: number): void {
    const { order, at } = this;
    const [low, high] = from < to ? [from, to] : [to, from];
    this.movedFrom = low;
    this.movedTo = high;
    for (let i = low; i <= high; i++) this.orderBefore[i] = order[i] as number;
    const p = order[from] as number;
    if (from < to) order.copyWithin(from, from + 1, to + 1);
    else order.copyWithin(to + 1, to, from);
    order[to] = p;
    for (let i = low; i <= high; i++) at[order[i] as number] = i;
  }

  /** Two patients change caregivers, where each may. */
  private swap(p: number, rng: Rng): boolean {
    const q = this.partner(p, rng);
    const [x, y] = [2 * p + this.side(p, rng), 2 * q + this.side(q, rng)];
    const [a, b] = [this.by[x] as number, this.by[y] as number];
    if (p === q || a < 0 || b < 0 || a === b) return false;
    if (this.by[x ^ 1] === b || this.by[y ^ 1] === a) return false;
    if (!(this.able[x] as Int32Array).includes(b) || !(this.able[y] as Int32Array).includes(a)) return false;
    this.oldBy.push([x, a], [y, b]);
    this.touched.push(q);
    this.by[x] = b;
    this.by[y] = a;
    if (rng.unit() < 0.5) {
      // into each other's place in the order
      const [from, to] = [this.at[p] as number, this.at[q] as number];
      this.movedFrom = Math.min(from, to);
      this.movedTo = Math.max(from, to);
      for (let i = this.movedFrom; i <= this.movedTo; i++) this.orderBefore[i] = this.order[i] as number;
      this.order[from] = q;
      this.order[to] = p;
      this.at[q] = from;
      this.at[p] = to;
    }
    return true;
  }

  private partner(p: number, rng: Rng): number {
    const list = (rng.unit() < 0.5 ? this.after : this.before)[p] as Int32Array;
    if (list.length === 0 || rng.unit() < FAR) return rng.below(this.problem.patients.length);
    return list[rng.below(list.length)] as number;
  }

  /** All that two caregivers do after a patient of each change hands, so that one comes right after the other. */
  private swapTails(p: number, rng: Rng): boolean {
    const list = this.after[p] as Int32Array;
    if (list.length === 0) return false;
    const q = list[Math.floor(rng.unit() * rng.unit() * list.length)] as number;
    const [a, b] = [this.by[2 * p + this.side(p, rng)] as number, this.by[2 * q + this.side(q, rng)] as number];
    const [after, from] = [this.at[p] as number, this.at[q] as number];
    if (a < 0 || b < 0 || a === b || from < after) return false;
    const { order, by, able } = this;
    const changes: [visit: number, caregiver: number][] = [];
    for (let i = after + 1; i < order.length; i++) {
      const one = order[i] as number;
      for (let v = 2 * one; v < 2 * one + 2; v++) {
        const to = by[v] === a ? b : by[v] === b && i >= from ? a : -1;
        if (to < 0) continue;
        if (!(able[v] as Int32Array).includes(to)) return false;
        changes.push([v, to]);
      }
    }
    this.touched.length = 0;
    for (const [v, c] of changes) {
      this.oldBy.push([v, by[v] as number]);
      by[v] = c;
      if (this.touched.at(-1) !== v >> 1) this.touched.push(v >> 1);
    }
    return this.touched.every((one) => by[2 * one] !== by[2 * one + 1] || by[2 * one] === -1) || this.takeBack();
  }

  private takeBack(): false {
    this.undo();
    return false;
  }

  private side(p: number, rng: Rng): number {
    return this.by[2 * p + 1] !== -1 && rng.unit() < 0.5 ? 1 : 0;
  }

  private shiftLunch(rng: Rng): boolean {
    const { lunch, caregivers } = this.problem;
    const c = rng.below(caregivers.length);
    if (lunch === null || !caregivers[c]!.lunch) return false;
    this.oldLunch = [c, this.lunchFrom[c] as number];
    this.lunchOf = c;
    this.lunchFrom[c] = lunch.from + rng.below(Math.max(1, lunch.to - lunch.lasts - lunch.from + 1));
    return true;
  }
}

const NOBODY = Int32Array.of(-1);
