import {
  dayNumber,
  isoDate,
  meets,
  type Piece,
  piecesOf,
  type RosterProblem,
  type Rota,
  spanOf,
  weekdayOf,
} from './problem.ts';

/** Whole units, by the problem's weights; `total` is the sum of the others. */
export interface RotaCost {
  readonly belowMinimum: number;
  readonly belowDesired: number;
  readonly underContract: number;
  readonly weekends: number;
  readonly onCall: number;
  readonly avoided: number;
  readonly changes: number;
  readonly total: number;
}

export interface PieceCover extends Piece {
  readonly onDuty: number;
}

/** The cost of a rota from nothing, and who covers what. */
export function scoreRota(problem: RosterProblem, rota: Rota): { cost: RotaCost; cover: PieceCover[] } {
  const { weights, engineers, weeks } = problem;
  const first = dayNumber(problem.from);
  const kinds = new Map(problem.shifts.map((shift) => [shift.id, shift]));
  const people = new Map(engineers.map((engineer) => [engineer.id, engineer]));
  const carried = problem.present.filter(({ date }) => dayNumber(date) === first - 1);
  const spans = [...carried, ...rota.duties].map(({ engineer, date, shift }) => {
    const { start, end } = spanOf(kinds.get(shift)!);
    const midnight = (dayNumber(date) - first) * 1_440;
    return { engineer: people.get(engineer)!, from: midnight + start, to: midnight + end };
  });
  const cover = piecesOf(problem).map((piece) => {
    const on = spans.filter(({ from, to }) => from <= piece.from && to >= piece.to);
    const demand = problem.demand[piece.demand]!;
    return { ...piece, onDuty: on.filter(({ engineer }) => meets(engineer, demand)).length };
  });
  const sum = { belowMinimum: 0, belowDesired: 0, underContract: 0, weekends: 0, onCall: 0, avoided: 0, changes: 0 };
  for (const { demand, from, to, onDuty } of cover) {
    const { minimum, desired = minimum } = problem.demand[demand]!;
    sum.belowMinimum += weights.belowMinimumMinute * (to - from) * Math.max(0, minimum - onDuty);
    sum.belowDesired += weights.belowDesiredMinute * (to - from) * Math.max(0, desired - onDuty);
  }
  const weekends: number[] = [];
  const calls: number[] = [];
  for (const engineer of engineers) {
    const own = rota.duties.filter((duty) => duty.engineer === engineer.id);
    const shiftOn = new Map(own.map(({ date, shift }) => [dayNumber(date) - first, shift]));
    const paid = own.reduce((minutes, { shift }) => minutes + paidMinutes(problem, shift), 0);
    sum.underContract += weights.underContractMinute * Math.max(0, owedMinutes(problem, engineer) - paid);
    for (const [day, shift] of shiftOn)
      for (const avoid of engineer.avoids)
        if ((avoid.weekday ?? weekdayOf(first + day)) === weekdayOf(first + day) && (avoid.shift ?? shift) === shift)
          sum.avoided += weights.avoided * avoid.weight;
    const was = new Map(
      problem.present.filter((duty) => duty.engineer === engineer.id).map(({ date, shift }) => [date, shift]),
    );
    if (hasPresent(problem))
      for (let day = 0; day < 7 * weeks; day++)
        if (was.get(isoDate(first + day)) !== shiftOn.get(day)) sum.changes += weights.changedDay;
    const weekendsOn = new Set(
      [...shiftOn.keys()].filter((day) => weekdayOf(first + day) >= 6).map((day) => weekendOf(first, day)),
    );
    weekends.push(engineer.weekendsBefore + weekendsOn.size);
    if (engineer.onCall)
      calls.push(engineer.onCallBefore + rota.onCall.filter((call) => call.engineer === engineer.id).length);
  }
  sum.weekends = weights.weekendSpread * spread(weekends);
  if (problem.rules.onCallWeekly)
    sum.onCall = weights.onCallSpread * spread(calls) + weights.noOnCall * (weeks - rota.onCall.length);
  const total = Object.values(sum).reduce((a, b) => a + b, 0);
  return { cost: { ...sum, total }, cover };
}

const spread = (counts: readonly number[]) => (counts.length === 0 ? 0 : Math.max(...counts) - Math.min(...counts));

/** Saturday and the Sunday after it are one weekend, also where the rota begins on the Sunday. */
export function weekendOf(first: number, day: number): number {
  return Math.floor((first + day + 3) / 7);
}

/** Whether there is a rota for these days that could be changed. */
export function hasPresent({ from, present }: RosterProblem): boolean {
  return present.some(({ date }) => date >= from);
}

export function paidMinutes({ shifts }: RosterProblem, id: string): number {
  const shift = shifts.find((kind) => kind.id === id)!;
  const { start, end } = spanOf(shift);
  return end - start - shift.breakMinutes;
}

/** What the contract asks for in all these weeks; a day of leave is a seventh of a week. */
export function owedMinutes(
  { from, weeks }: RosterProblem,
  { hoursPerWeek, leave }: RosterProblem['engineers'][number],
) {
  const first = dayNumber(from);
  const days = Array.from({ length: 7 * weeks }, (_, day) => isoDate(first + day));
  const present = days.filter((day) => !leave.some((away) => away.from <= day && day <= away.to)).length;
  return Math.floor((hoursPerWeek.least * 60 * present) / 7);
}
