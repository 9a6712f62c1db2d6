import { CpModel, type Literal, not, type Term, type Variable } from '../exact/cp-model.ts';
import { dayNumber, isoDate, meets, piecesOf, type RosterProblem, type Rota, spanOf, weekdayOf } from './problem.ts';
import { hasPresent, owedMinutes, paidMinutes, weekendOf } from './score-rota.ts';

/**
 * A rota as a constraint model: one literal for each engineer, day and kind of shift (Ernst et al., Staff scheduling and
 * rostering, European Journal of Operational Research 153, 2004, for the terms). Rules are hard, demand and fairness cost.
 */
export interface RotaModel {
  readonly model: CpModel;
  rotaOf(values: readonly number[]): Rota;
  /** What the model's literals are in a rota; the other variables follow from them. */
  literalsOf(rota: Rota): ReadonlyMap<Literal, 0 | 1>;
  /** The literals of a stretch of days, of all engineers. */
  literalsWithin(fromDay: number, toDay: number): ReadonlySet<Literal>;
}

export function rotaModel(problem: RosterProblem): RotaModel {
  const writer = new RotaWriter(problem);
  writer.write();
  return {
    model: writer.model,
    rotaOf: (values) => writer.rotaOf(values),
    literalsOf: (rota) => writer.literalsOf(rota),
    literalsWithin: (fromDay, toDay) => writer.literalsWithin(fromDay, toDay),
  };
}

interface Kind {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly paid: number;
}

class RotaWriter {
  readonly model = new CpModel();
  private readonly problem: RosterProblem;
  private readonly first: number;
  private readonly days: readonly number[];
  private readonly kinds: readonly Kind[];
  /** By engineer and day: literals by kind of shift. Empty on leave. */
  private readonly duty: ReadonlyMap<string, Literal>[][];
  /** By engineer and week. */
  private readonly calls: (Literal | null)[][];

  constructor(problem: RosterProblem) {
    this.problem = problem;
    this.first = dayNumber(problem.from);
    this.days = Array.from({ length: 7 * problem.weeks }, (_, day) => day);
    this.kinds = problem.shifts.map((shift) => ({
      ...spanOf(shift),
      id: shift.id,
      paid: paidMinutes(problem, shift.id),
    }));
    this.duty = problem.engineers.map((_, e) => this.days.map((day) => this.dutiesOn(e, day)));
    this.calls = problem.engineers.map((_, e) => this.callsOf(e));
  }

  write(): void {
    this.coverage();
    this.problem.engineers.forEach((_, e) => {
      this.rest(e);
      this.runs(e);
      this.hours(e);
      this.wishes(e);
      this.changes(e);
    });
    this.weekends();
    if (this.problem.rules.onCallWeekly) this.onCall();
  }

  rotaOf(values: readonly number[]): Rota {
    const { engineers, weeks } = this.problem;
    const duties = this.days.flatMap((day) =>
      engineers.flatMap(({ id }, e) =>
        [...this.duty[e]![day]!]
          .filter(([, literal]) => values[literal] === 1)
          .map(([shift]) => ({ engineer: id, date: isoDate(this.first + day), shift })),
      ),
    );
    const onCall = Array.from({ length: weeks }, (_, week) => week).flatMap((week) =>
      engineers
        .filter((_, e) => values[this.calls[e]![week] ?? -1] === 1)
        .map(({ id }) => ({ from: isoDate(this.first + 7 * week), engineer: id })),
    );
    return { duties, onCall };
  }

  literalsOf(rota: Rota): Map<Literal, 0 | 1> {
    const on = new Set(rota.duties.map(({ engineer, date, shift }) => `${engineer} ${date} ${shift}`));
    const called = new Set(rota.onCall.map(({ from, engineer }) => `${engineer} ${from}`));
    const values = new Map<Literal, 0 | 1>();
    this.problem.engineers.forEach(({ id: engineer }, e) => {
      for (const day of this.days)
        for (const [shift, literal] of this.duty[e]![day]!)
          values.set(literal, on.has(`${engineer} ${isoDate(this.first + day)} ${shift}`) ? 1 : 0);
      this.calls[e]!.forEach((literal, week) => {
        if (literal !== null) values.set(literal, called.has(`${engineer} ${isoDate(this.first + 7 * week)}`) ? 1 : 0);
      });
    });
    return values;
  }

  literalsWithin(fromDay: number, toDay: number): Set<Literal> {
    const within = new Set<Literal>();
    this.problem.engineers.forEach((_, e) => {
      for (const day of this.days.slice(fromDay, toDay))
        for (const literal of this.duty[e]![day]!.values()) within.add(literal);
      this.calls[e]!.forEach((literal, week) => {
        if (literal !== null && 7 * week < toDay && 7 * week + 7 > fromDay) within.add(literal);
      });
    });
    return within;
  }

  private away(e: number, day: number): boolean {
    const date = isoDate(this.first + day);
    return this.problem.engineers[e]!.leave.some(({ from, to }) => from <= date && date <= to);
  }

  private dutiesOn(e: number, day: number): ReadonlyMap<string, Literal> {
    const free = this.kinds.filter(
      ({ end }) =>
        !this.away(e, day) && (end <= 1_440 || !this.away(e, day + 1)) && (end <= 2_880 || !this.away(e, day + 2)),
    );
    const literals = new Map(free.map(({ id }) => [id, this.model.bool()]));
    if (literals.size > 1) this.model.atMostOne([...literals.values()]);
    return literals;
  }

  private callsOf(e: number): (Literal | null)[] {
    const { engineers, weeks, rules } = this.problem;
    return Array.from({ length: weeks }, (_, week) => {
      const days = this.days.slice(7 * week, 7 * week + 7);
      const can = rules.onCallWeekly && engineers[e]!.onCall && !days.some((day) => this.away(e, day));
      return can ? this.model.bool() : null;
    });
  }

  /** The shift somebody had on a day before this rota. */
  private before(e: number, day: number): Kind | undefined {
    const date = isoDate(this.first + day);
    const duty = this.problem.present.find(
      (entry) => entry.engineer === this.problem.engineers[e]!.id && entry.date === date,
    );
    return this.kinds.find(({ id }) => id === duty?.shift);
  }

  private coverage(): void {
    const { demand, engineers, weights } = this.problem;
    for (const { demand: index, day, from, to } of piecesOf(this.problem)) {
      const block = demand[index]!;
      const { minimum, desired = minimum } = block;
      const covers = (on: number, { start, end }: Kind) => on * 1_440 + start <= from && on * 1_440 + end >= to;
      let carried = 0;
      const terms: Term[] = engineers.flatMap((engineer, e) => {
        if (!meets(engineer, block)) return [];
        const yesterday = day === 0 ? this.before(e, -1) : undefined;
        if (yesterday !== undefined && covers(-1, yesterday)) carried++;
        return [day - 1, day].flatMap((on) =>
          [...(this.duty[e]![on] ?? [])]
            .filter(([id]) => covers(on, this.kinds.find((kind) => kind.id === id)!))
            .map(([, literal]) => [literal, 1] as const),
        );
      });
      for (const [wanted, perMinute] of [
        [minimum, weights.belowMinimumMinute],
        [desired, weights.belowDesiredMinute],
      ] as const) {
        if (wanted - carried <= 0 || perMinute === 0) continue;
        const short = this.model.int(0, wanted - carried);
        this.model.atLeast([...terms, [short, 1]], wanted - carried);
        this.model.cost(short, perMinute * (to - from));
      }
    }
  }

  private rest(e: number): void {
    const least = this.problem.rules.restHours * 60;
    const tooClose = (one: Kind, other: Kind, days: number) => days * 1_440 + other.start - one.end < least;
    for (const day of this.days) {
      for (const apart of [1, 2, 3]) {
        const before = day - apart < 0 ? this.before(e, day - apart) : undefined;
        for (const other of this.kinds) {
          const literal = this.duty[e]![day]!.get(other.id);
          if (literal === undefined) continue;
          if (before !== undefined && tooClose(before, other, apart)) this.model.never(literal);
          for (const one of this.kinds) {
            const earlier = this.duty[e]![day - apart]?.get(one.id);
            if (earlier !== undefined && tooClose(one, other, apart)) this.model.atMostOne([earlier, literal]);
          }
        }
      }
    }
  }

  private runs(e: number): void {
    const most = this.problem.rules.longestRunDays;
    for (let from = -most; from + most < this.days.length; from++) {
      const window = Array.from({ length: most + 1 }, (_, k) => from + k);
      const worked = window.filter((day) => day < 0 && this.before(e, day) !== undefined).length;
      this.model.atMost(this.worked(e, window), Math.max(0, most - worked));
    }
  }

  private worked(e: number, days: readonly number[]): Term[] {
    return days.flatMap((day) => [...(this.duty[e]![day]?.values() ?? [])].map((literal) => [literal, 1] as const));
  }

  private hours(e: number): void {
    const { engineers, weeks, weights } = this.problem;
    const paid = (days: readonly number[]): Term[] =>
      days.flatMap((day) =>
        [...this.duty[e]![day]!].map(
          ([id, literal]) => [literal, this.kinds.find((kind) => kind.id === id)!.paid] as const,
        ),
      );
    for (let week = 0; week < weeks; week++)
      this.model.atMost(
        paid(this.days.slice(7 * week, 7 * week + 7)),
        Math.floor(engineers[e]!.hoursPerWeek.most * 60),
      );
    const owed = owedMinutes(this.problem, engineers[e]!);
    if (owed === 0 || weights.underContractMinute === 0) return;
    const under = this.model.int(0, owed);
    this.model.atLeast([...paid(this.days), [under, 1]], owed);
    this.model.cost(under, weights.underContractMinute);
  }

  private wishes(e: number): void {
    for (const avoid of this.problem.engineers[e]!.avoids)
      for (const day of this.days) {
        const there = (avoid.weekday ?? weekdayOf(this.first + day)) === weekdayOf(this.first + day);
        for (const [id, literal] of there ? this.duty[e]![day]! : [])
          if ((avoid.shift ?? id) === id) this.model.cost(literal, this.problem.weights.avoided * avoid.weight);
      }
  }

  private changes(e: number): void {
    const { changedDay } = this.problem.weights;
    if (!hasPresent(this.problem) || changedDay === 0) return;
    for (const day of this.days) {
      const was = this.before(e, day);
      const literals = this.duty[e]![day]!;
      const same = was === undefined ? undefined : literals.get(was.id);
      if (was === undefined) for (const literal of literals.values()) this.model.cost(literal, changedDay);
      if (was !== undefined) this.model.fixedCost(changedDay);
      if (same !== undefined) this.model.cost(same, -changedDay);
    }
  }

  private weekends(): void {
    const { engineers, weights } = this.problem;
    if (weights.weekendSpread === 0) return;
    const counts = engineers.map(({ weekendsBefore }, e) => {
      const byWeekend = new Map<number, Literal[]>();
      for (const day of this.days.filter((each) => weekdayOf(this.first + each) >= 6)) {
        const weekend = weekendOf(this.first, day);
        byWeekend.set(weekend, [...(byWeekend.get(weekend) ?? []), ...this.duty[e]![day]!.values()]);
      }
      const works = [...byWeekend.values()].map((literals) => {
        const any = this.model.bool();
        for (const literal of literals) this.model.implies(literal, any);
        this.model.anyOf([not(any), ...literals]);
        return [any, 1] as const;
      });
      return { terms: works, before: weekendsBefore };
    });
    this.spread(counts, weights.weekendSpread);
  }

  private onCall(): void {
    const { engineers, weeks, weights } = this.problem;
    for (let week = 0; week < weeks; week++) {
      const nobody = this.model.bool();
      const literals = this.calls.flatMap((calls) => calls[week] ?? []);
      this.model.exactlyOne([nobody, ...literals]);
      this.model.cost(nobody, weights.noOnCall);
      for (const calls of this.calls) {
        const [one, next] = [calls[week], calls[week + 1]];
        if (one != null && next != null) this.model.atMostOne([one, next]);
      }
    }
    const counts = engineers.flatMap(({ onCall, onCallBefore }, e) =>
      onCall
        ? [
            {
              terms: this.calls[e]!.flatMap((call) => (call === null ? [] : [[call, 1] as const])),
              before: onCallBefore,
            },
          ]
        : [],
    );
    this.spread(counts, weights.onCallSpread);
  }

  /** What the largest count is above the smallest costs so much a unit. */
  private spread(counts: readonly { terms: readonly Term[]; before: number }[], perUnit: number): void {
    if (counts.length < 2 || perUnit === 0) return;
    const high = Math.max(...counts.map(({ terms, before }) => terms.length + before));
    const [most, least]: Variable[] = [this.model.int(0, high), this.model.int(0, high)];
    for (const { terms, before } of counts) {
      this.model.atMost([...terms, [most!, -1]], -before);
      this.model.atLeast([...terms, [least!, -1]], -before);
    }
    this.model.cost(most!, perUnit);
    this.model.cost(least!, -perUnit);
  }
}
