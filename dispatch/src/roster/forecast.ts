/**
 * Demand from history. Visits arrive as a Poisson process whose rate has a weekly season; a region and skill with little
 * history is drawn towards what everybody's week looks like (Gamma–Poisson shrinkage: Clayton & Kaldor, Biometrics 43, 1987).
 */
export interface PastVisit {
  readonly region: string;
  readonly skill: string;
  /** Any day number that counts days; see `dayNumber`. */
  readonly day: number;
}

export interface DemandRate {
  readonly region: string;
  readonly skill: string;
  /** 1 (Monday) to 7. */
  readonly weekday: number;
  /** Visits a day. */
  readonly rate: number;
}

export interface HistoryPeriod {
  /** First day, and the day after the last. */
  readonly from: number;
  readonly to: number;
  readonly weekdayOf: (day: number) => number;
}

/** As many weeks of the common season as a rate of one group is worth, where the history does not say otherwise. */
const WEAKEST_PRIOR_WEEKS = 1;

/**
 * Visits a day for each region and skill seen, and weekday. The prior of a cell is its group's mean day times the season of
 * all groups together; its strength (in weeks) is by moments: what cells differ from the prior beyond Poisson noise.
 */
export function forecastDemand(visits: readonly PastVisit[], { from, to, weekdayOf }: HistoryPeriod): DemandRate[] {
  const seen = visits.filter(({ day }) => day >= from && day < to);
  const exposure = new Map<number, number>();
  for (let day = from; day < to; day++) exposure.set(weekdayOf(day), (exposure.get(weekdayOf(day)) ?? 0) + 1);
  const days = to - from;
  const perDay = seen.length / days;
  const season = new Map(
    [...exposure].map(([weekday, count]) => {
      const visitsThen = seen.filter(({ day }) => weekdayOf(day) === weekday).length;
      return [weekday, perDay === 0 ? 1 : visitsThen / count / perDay];
    }),
  );
  const groups = new Map<string, PastVisit[]>();
  for (const visit of seen) {
    const key = JSON.stringify([visit.region, visit.skill]);
    const own = groups.get(key);
    if (own) own.push(visit);
    else groups.set(key, [visit]);
  }
  const cells = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, own]) => {
      const [region, skill] = JSON.parse(key) as [string, string];
      return [...exposure]
        .sort(([a], [b]) => a - b)
        .map(([weekday, weeks]) => ({
          region,
          skill,
          weekday,
          weeks,
          count: own.filter(({ day }) => weekdayOf(day) === weekday).length,
          prior: (own.length / days) * (season.get(weekday) ?? 1),
        }));
    });
  const strength = priorStrength(cells);
  return cells.map(({ region, skill, weekday, weeks, count, prior }) => ({
    region,
    skill,
    weekday,
    rate: strength === Infinity ? prior : (count + strength * prior) / (weeks + strength),
  }));
}

/**
 * Gamma prior with mean m and strength s has variance m / s, so a cell's squared miss (count / weeks - m)^2 is expected to be
 * m / weeks + m / s. Infinity: the cells differ by no more than chance.
 */
function priorStrength(cells: readonly { weeks: number; count: number; prior: number }[]): number {
  let extra = 0;
  let mean = 0;
  for (const { weeks, count, prior } of cells) {
    extra += (count / weeks - prior) ** 2 - prior / weeks;
    mean += prior;
  }
  return extra <= 0 ? Infinity : Math.max(WEAKEST_PRIOR_WEEKS, mean / extra);
}

/** The least n for which a Poisson day of that rate has no more than n visits, with probability `share` (below 1). */
export function visitsToExpect(rate: number, share: number): number {
  let probability = Math.exp(-rate);
  let sum = probability;
  let n = 0;
  while (sum < share && n < 10 * rate + 100) {
    n++;
    probability *= rate / n;
    sum += probability;
  }
  return n;
}

/** Engineers a day: for the mean, and for all but one day in ten; one does so many visits. */
export function engineersFor(rate: number, visitsADay: number): { minimum: number; desired: number } {
  const minimum = Math.max(0, Math.ceil(rate / visitsADay - 1e-9));
  return { minimum, desired: Math.max(minimum, Math.ceil(visitsToExpect(rate, 0.9) / visitsADay)) };
}
