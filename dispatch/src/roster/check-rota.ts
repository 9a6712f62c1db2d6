import type { RosterProblem, Rota } from './problem.ts';

/**
 * An independent judge of a rota: shares nothing with the model and works on instants, not on tables of days.
 *   unknown      an engineer, a shift or a date that is not in the problem
 *   twice        two shifts of one engineer begin on one day; two people on call in one week
 *   leave        on duty, or on call, on a day of leave
 *   rest         `by` minutes too little between two shifts
 *   run          `by` days too many in a row
 *   hours        `by` minutes more in a week (of seven days from the first) than the contract allows
 *   on-call      somebody who takes no part in it, or two weeks in a row
 */
export interface RotaViolation {
  readonly kind: 'unknown' | 'twice' | 'leave' | 'rest' | 'run' | 'hours' | 'on-call';
  readonly engineer: string;
  readonly date: string;
  readonly by: number;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const at = (date: string, time = '00:00') =>
  Date.parse(`${date}T00:00:00Z`) + (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * MINUTE;
const dateAt = (instant: number) => new Date(instant).toISOString().slice(0, 10);

export function checkRota(problem: RosterProblem, rota: Rota): RotaViolation[] {
  const found: RotaViolation[] = [];
  const begin = at(problem.from);
  const end = begin + 7 * problem.weeks * DAY;
  const kinds = new Map(problem.shifts.map((shift) => [shift.id, shift]));
  const people = new Map(problem.engineers.map((engineer) => [engineer.id, engineer]));
  for (const { engineer, date, shift } of rota.duties) {
    const inside = at(date) >= begin && at(date) < end;
    if (!people.has(engineer) || !kinds.has(shift) || !inside) found.push({ kind: 'unknown', engineer, date, by: 1 });
  }
  for (const person of problem.engineers) {
    const { id: engineer } = person;
    const report = (kind: RotaViolation['kind'], instant: number, by: number) => {
      if (by > 0) found.push({ kind, engineer, date: dateAt(instant), by });
    };
    const before = problem.present.filter((duty) => at(duty.date) < begin);
    const worked = [...before, ...rota.duties]
      .filter((duty) => duty.engineer === engineer && kinds.has(duty.shift))
      .map(({ date, shift }) => {
        const { from, to, breakMinutes } = kinds.get(shift)!;
        const start = at(date, from);
        const sameDay = at(date, to);
        const stop = sameDay > start ? sameDay : sameDay + DAY;
        return { day: at(date), start, stop, paid: (stop - start) / MINUTE - breakMinutes };
      })
      .sort((a, b) => a.start - b.start);
    const onLeave = (from: number, to: number) =>
      person.leave.some((leave) => from < at(leave.to) + DAY && at(leave.from) < to);

    let run = 0;
    worked.forEach((shift, k) => {
      const last = worked[k - 1];
      if (shift.day >= begin) report('leave', shift.day, onLeave(shift.start, shift.stop) ? 1 : 0);
      run = last !== undefined && shift.day - last.day <= DAY ? run + (shift.day > last.day ? 1 : 0) : 1;
      if (shift.day < begin) return;
      report('run', shift.day, run - problem.rules.longestRunDays);
      if (last === undefined) return;
      report('twice', shift.day, last.day === shift.day ? 1 : 0);
      report('rest', shift.day, problem.rules.restHours * 60 - (shift.start - last.stop) / MINUTE);
    });
    for (let week = begin; week < end; week += 7 * DAY) {
      const own = worked.filter(({ day }) => day >= week && day < week + 7 * DAY);
      const paid = own.reduce((sum, shift) => sum + shift.paid, 0);
      report('hours', week, paid - person.hoursPerWeek.most * 60);
    }
    const calls = rota.onCall.filter((call) => call.engineer === engineer).map(({ from }) => at(from));
    for (const call of calls) {
      report('leave', call, onLeave(call, call + 7 * DAY) ? 1 : 0);
      report('on-call', call, !person.onCall || calls.includes(call - 7 * DAY) ? 1 : 0);
    }
  }
  rota.onCall.forEach(({ from, engineer }, k) => {
    const week = (at(from) - begin) / (7 * DAY);
    const known = people.has(engineer) && Number.isInteger(week) && week >= 0 && week < problem.weeks;
    if (!known || !problem.rules.onCallWeekly) found.push({ kind: 'unknown', engineer, date: from, by: 1 });
    if (rota.onCall.findIndex((other) => other.from === from) !== k)
      found.push({ kind: 'twice', engineer, date: from, by: 1 });
  });
  return found;
}
