import { checkRota } from './check-rota.ts';
import { type Duty, dayNumber, isoDate, meets, piecesOf, type RosterProblem, type Rota, spanOf } from './problem.ts';
import { owedMinutes, paidMinutes, scoreRota } from './score-rota.ts';

/**
 * A rota to begin with: day by day, always the duty that saves most, as long as one saves anything and breaks no rule. Whom
 * to ask first among equals: who is furthest behind the contract. With `keep`, what is published stays as far as the rules
 * allow, and the rest is filled in.
 */
export function firstRota(problem: RosterProblem, keep = false): Rota {
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
    if (keep) saved -= problem.weights.changedDay;
    const weekday = ((first + day + 3) % 7) + 1;
    for (const avoid of person.engineer.avoids)
      if ((avoid.weekday ?? weekday) === weekday && (avoid.shift ?? kind.id) === kind.id)
        saved -= avoided * avoid.weight;
    return { saved, duty: { engineer: person.engineer.id, date, shift: kind.id } };
  };

  const published = problem.present
    .filter(({ date }) => date >= problem.from && dayNumber(date) - first < days.length)
    .flatMap((duty) => {
      const person = people.find(({ engineer }) => engineer.id === duty.engineer)!;
      const kind = kinds.find(({ id }) => id === duty.shift)!;
      const met = covered(dayNumber(duty.date) - first, kind).filter((piece) =>
        meets(person.engineer, problem.demand[piece.demand]!),
      );
      return [{ duty, person, kind, met }];
    });
  const keepPublished = () => {
    const on = new Map<(typeof pieces)[number], number>();
    for (const { met } of published) for (const piece of met) on.set(piece, (on.get(piece) ?? 0) + 1);
    // What others could not stand in for is kept first: what the rules take then is where there are many.
    const spare = ({ met }: (typeof published)[number]) =>
      Math.min(Infinity, ...met.map((piece) => on.get(piece)! - problem.demand[piece.demand]!.minimum));
    const ranked = (duties: typeof published) =>
      duties
        .map((each) => ({ ...each, spare: spare(each) }))
        .sort((a, b) => a.spare - b.spare || (a.duty.date < b.duty.date ? -1 : 1));
    for (let open = ranked(published); open.length > 0; ) {
      const [{ duty, person, kind, met }] = open.splice(0, 1) as [(typeof open)[number]];
      if (checkRota(person.alone, { duties: [...person.duties, duty], onCall: [] }).length > 0) {
        // One fewer is there: whoever is left is needed more.
        for (const piece of met) on.set(piece, on.get(piece)! - 1);
        open = ranked(open);
        continue;
      }
      person.duties.push(duty);
      person.owed -= kind.paid;
      for (const piece of met) piece.onDuty++;
    }
  };
  if (keep) keepPublished();

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
  const rota = { duties, onCall: problem.rules.onCallWeekly ? firstCalls(problem) : [] };
  return keep ? withoutGaps(problem, rota) : rota;
}

const byDate = (a: Duty, b: Duty) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0);

/** Rotas are priced so often at most: a few milliseconds each. */
const MOST_TRIES = 400;

/** Where fewer than the minimum are on duty, somebody takes that shift, if that costs less: instead of another, of another day, or beside all. */
function withoutGaps(problem: RosterProblem, first: Rota): Rota {
  const begin = dayNumber(problem.from);
  let rota = first;
  const { cost, cover } = scoreRota(problem, rota);
  let total = cost.total;
  let tries = 0;
  for (const { demand, day, from, to, onDuty } of cover) {
    const block = problem.demand[demand]!;
    if (onDuty >= block.minimum) continue;
    const date = isoDate(begin + day);
    const kinds = problem.shifts.filter((kind) => {
      const { start, end } = spanOf(kind);
      return day * 1_440 + start <= from && day * 1_440 + end >= to;
    });
    const options = problem.engineers
      .filter((engineer) => meets(engineer, block))
      .flatMap((engineer) => kinds.map(({ id }) => ({ engineer, duty: { engineer: engineer.id, date, shift: id } })));
    let best = rota;
    for (const { engineer, duty } of options) {
      const alone = { ...problem, engineers: [engineer], rules: { ...problem.rules, onCallWeekly: false } };
      const others = rota.duties.filter((each) => each.engineer !== engineer.id || each.date !== date);
      const near = others.filter(
        (each) => each.engineer === engineer.id && Math.abs(dayNumber(each.date) - begin - day) < 7,
      );
      // Rest and hours may ask for another day off.
      for (const off of [null, ...near]) {
        if (tries >= MOST_TRIES) return rota;
        const duties = [...others.filter((each) => each !== off), duty].sort(byDate);
        const own = duties.filter((each) => each.engineer === engineer.id);
        if (checkRota(alone, { duties: own, onCall: [] }).length > 0) continue;
        tries += 1;
        const price = scoreRota(problem, { ...rota, duties }).cost.total;
        if (price < total) [total, best] = [price, { ...rota, duties }];
      }
    }
    rota = best;
  }
  return rota;
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
