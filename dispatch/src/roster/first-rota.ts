import { checkRota } from './check-rota.ts';
import { type Duty, dayNumber, isoDate, meets, piecesOf, type RosterProblem, type Rota, spanOf } from './problem.ts';
import { owedMinutes, paidMinutes } from './score-rota.ts';

/**
 * A rota to begin with: day by day, always the duty that saves most, as long as one saves anything and breaks no rule. Whom
 * to ask first among equals: who is furthest behind the contract.
 */
export function firstRota(problem: RosterProblem): Rota {
  const first = dayNumber(problem.from);
  const days = Array.from({ length: 7 * problem.weeks }, (_, day) => day);
  const pieces = piecesOf(problem).map((piece) => ({ ...piece, onDuty: 0 }));
  const kinds = problem.shifts.map((shift) => ({
    ...spanOf(shift),
    id: shift.id,
    paid: paidMinutes(problem, shift.id),
  }));
  const people = problem.engineers.map((engineer) => ({
    engineer,
    alone: { ...problem, engineers: [engineer], rules: { ...problem.rules, onCallWeekly: false } },
    duties: [] as Duty[],
    owed: owedMinutes(problem, engineer),
  }));
  const { belowMinimumMinute, belowDesiredMinute, underContractMinute, avoided } = problem.weights;

  const covered = (day: number, { start, end }: { start: number; end: number }) =>
    pieces.filter(({ from, to }) => day * 1_440 + start <= from && day * 1_440 + end >= to);
  const saving = (person: (typeof people)[number], day: number, kind: (typeof kinds)[number]) => {
    let saved = underContractMinute * Math.max(0, Math.min(person.owed, kind.paid));
    for (const { demand, from, to, onDuty } of covered(day, kind)) {
      const block = problem.demand[demand]!;
      if (!meets(person.engineer, block)) continue;
      if (onDuty < block.minimum) saved += belowMinimumMinute * (to - from);
      if (onDuty < (block.desired ?? block.minimum)) saved += belowDesiredMinute * (to - from);
    }
    const date = isoDate(first + day);
    const weekday = ((first + day + 3) % 7) + 1;
    for (const avoid of person.engineer.avoids)
      if ((avoid.weekday ?? weekday) === weekday && (avoid.shift ?? kind.id) === kind.id)
        saved -= avoided * avoid.weight;
    return { saved, duty: { engineer: person.engineer.id, date, shift: kind.id } };
  };

  for (const day of days) {
    const options = people.flatMap((person) => kinds.map((kind) => ({ person, kind })));
    for (let open = options; open.length > 0; ) {
      const ranked = open
        .map((option) => ({ ...option, ...saving(option.person, day, option.kind) }))
        .filter(({ saved }) => saved > 0)
        .sort((a, b) => b.saved - a.saved || b.person.owed - a.person.owed);
      const chosen = ranked.find(
        ({ person, duty }) => checkRota(person.alone, { duties: [...person.duties, duty], onCall: [] }).length === 0,
      );
      if (chosen === undefined) break;
      const { person, kind, duty } = chosen;
      person.duties.push(duty);
      person.owed -= kind.paid;
      for (const piece of covered(day, kind)) if (meets(person.engineer, problem.demand[piece.demand]!)) piece.onDuty++;
      open = ranked.filter((option) => option.person !== person);
    }
  }
  const duties = days.flatMap((day) =>
    people.flatMap((person) => person.duties.filter(({ date }) => date === isoDate(first + day))),
  );
  return { duties, onCall: problem.rules.onCallWeekly ? firstCalls(problem) : [] };
}

/** Each week the one who may and was on call least. */
function firstCalls(problem: RosterProblem): Rota['onCall'] {
  const calls: Rota['onCall'][number][] = [];
  const times = new Map(problem.engineers.map(({ id, onCallBefore }) => [id, onCallBefore]));
  for (let week = 0; week < problem.weeks; week++) {
    const from = isoDate(dayNumber(problem.from) + 7 * week);
    const able = problem.engineers
      .filter(({ id }) => checkRota(problem, { duties: [], onCall: [...calls, { from, engineer: id }] }).length === 0)
      .sort((a, b) => times.get(a.id)! - times.get(b.id)!);
    if (able[0] === undefined) continue;
    calls.push({ from, engineer: able[0].id });
    times.set(able[0].id, times.get(able[0].id)! + 1);
  }
  return calls;
}
