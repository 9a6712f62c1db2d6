import type { Instance } from './instance.ts';
import { gapOf, holdsOf, type Planned } from './links.ts';
import type { Plan } from './plan.ts';

/** The problem for somebody who gives one visit of a plan a place while all others keep theirs. */
export interface HeldPlan {
  /** Visits tied to others are held between moments that keep every tie. */
  readonly instance: Instance;
  /** Whether what the visit is tied to keeps the engineer from it, whatever the hour. */
  readonly refuses: (engineer: number) => boolean;
}

/** Without links the instance itself, and nobody is refused. */
export function heldAround(instance: Instance, plan: { readonly routes: Plan['routes'] }, visit: number): HeldPlan {
  const { links } = instance;
  if (links === null) return { instance, refuses: () => false };
  const held = instance.holdable();
  const planned = new Map(
    plan.routes.flatMap(({ vehicle, engineer, stops }) =>
      stops.map((stop) => [stop.visit, { vehicle, engineer, startAt: stop.startAt }]),
    ),
  );
  planned.delete(visit);
  const own = links.groupOf[visit] ?? null;
  for (const group of links.groups) {
    if (group === own) {
      for (const { other, startAt } of inPlan(group.flat(), planned)) held.hold(other, startAt, startAt);
      continue;
    }
    for (const { visit: other, from, to } of holdsOf(instance, group, (one) => planned.get(one))) {
      const { vehicle, startAt } = planned.get(other) as Planned;
      if (instance.countsHours(vehicle)) held.hold(other, startAt, startAt);
      else held.hold(other, from, to);
    }
  }
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  let torn = false;
  const refused: ((engineer: number) => boolean)[] = [];
  for (const tie of links.ties[visit] ?? []) {
    const there = planned.get(tie.other);
    torn ||= there === undefined && tie.needs;
    if (there === undefined) continue;
    const [least, most] = gapOf(instance, visit, tie, -1, there.vehicle); // whoever goes: its own time is not known yet
    from = Math.max(from, there.startAt + least);
    to = Math.min(to, there.startAt + most);
    if (tie.engineer !== 'any') refused.push((who) => (who === there.engineer) !== (tie.engineer === 'same'));
  }
  held.hold(visit, from, to);
  return { instance: held, refuses: (who) => torn || from > to || refused.some((refuses) => refuses(who)) };
}

function inPlan(visits: readonly number[], planned: ReadonlyMap<number, { startAt: number }>) {
  return visits.flatMap((other) => {
    const there = planned.get(other);
    return there === undefined ? [] : [{ other, startAt: there.startAt }];
  });
}
