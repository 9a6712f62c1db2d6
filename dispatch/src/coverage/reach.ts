/**
 * Who is reached how soon: the maximal covering location problem for one more facility (Church & ReVelle, Papers of the
 * Regional Science Association 32, 1974). Plain numbers: demand is a list of sites with visits by skill, engineers are the
 * minutes from their homes to each site.
 */
export interface DemandPoint {
  /** Index into the ways' rows. */
  readonly site: number;
  readonly skill: string;
  readonly level: number;
  /** Visits a week. */
  readonly visits: number;
}

export interface Person {
  /** Levels by skill. */
  readonly skills: Readonly<Record<string, number>>;
  /** Minutes from home to each site. */
  readonly minutesTo: readonly number[];
}

export interface Reach {
  readonly covered: number;
  readonly meanMinutes: number;
}

/** What nobody can do, and what is further than a working day, counts as so far away. */
export const FARTHEST_MINUTES = 480;

/** Minutes to each point from the nearest who can do it. */
export function nearest(points: readonly DemandPoint[], people: readonly Person[]): number[] {
  return points.map(({ site, skill, level }) =>
    people.reduce(
      (best, { skills, minutesTo }) =>
        (skills[skill] ?? 0) >= level ? Math.min(best, minutesTo[site] ?? FARTHEST_MINUTES) : best,
      FARTHEST_MINUTES,
    ),
  );
}

/** Weighted by visits; nothing to reach is covered. */
export function reachOf(points: readonly DemandPoint[], minutes: readonly number[], within: number): Reach {
  let visits = 0;
  let covered = 0;
  let sum = 0;
  points.forEach((point, k) => {
    const way = minutes[k] as number;
    visits += point.visits;
    sum += point.visits * way;
    if (way <= within) covered += point.visits;
  });
  return visits === 0 ? { covered: 1, meanMinutes: 0 } : { covered: covered / visits, meanMinutes: sum / visits };
}

/** How it would be if somebody with these skills lived where the ways are so long; a new engineer has every level. */
export function withNewcomer(
  points: readonly DemandPoint[],
  now: readonly number[],
  skills: ReadonlySet<string>,
  minutesTo: readonly number[],
): number[] {
  return points.map(({ site, skill }, k) =>
    skills.has(skill) ? Math.min(now[k] as number, minutesTo[site] as number) : (now[k] as number),
  );
}

export interface Ranked<Home> extends Reach {
  readonly home: Home;
  readonly gain: number;
  readonly minutesSaved: number;
}

/** Candidates by what they add to the covered share, then by the minutes they save; those that add nothing are left out. */
export function rankHomes<Home>(
  points: readonly DemandPoint[],
  people: readonly Person[],
  skills: ReadonlySet<string>,
  within: number,
  candidates: readonly { readonly home: Home; readonly minutesTo: readonly number[] }[],
): Ranked<Home>[] {
  const now = nearest(points, people);
  const before = reachOf(points, now, within);
  return candidates
    .map(({ home, minutesTo }) => {
      const then = reachOf(points, withNewcomer(points, now, skills, minutesTo), within);
      return {
        home,
        ...then,
        gain: then.covered - before.covered,
        minutesSaved: before.meanMinutes - then.meanMinutes,
      };
    })
    .filter(({ gain, minutesSaved }) => gain > 1e-9 || minutesSaved > 1e-9)
    .sort((a, b) => b.gain - a.gain || b.minutesSaved - a.minutesSaved);
}

/** The best that lie apart: neighbouring cells say the same. */
export function apart<Home>(
  ranked: readonly Ranked<Home>[],
  count: number,
  near: (a: Home, b: Home) => boolean,
): Ranked<Home>[] {
  const chosen: Ranked<Home>[] = [];
  for (const each of ranked) {
    if (chosen.length === count) break;
    if (!chosen.some(({ home }) => near(home, each.home))) chosen.push(each);
  }
  return chosen;
}
