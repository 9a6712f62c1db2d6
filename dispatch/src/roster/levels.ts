/**
 * How many visits a week a region needs for a skill, also where little is known. Counts are Poisson; the rate of a group (a
 * region and a skill) is Gamma around what its devices would need if all devices of that skill needed the same
 * (empirical Bayes: Clayton & Kaldor, Biometrics 43, 1987). With no history a group is exactly that; with much its own.
 */
export interface Group {
  readonly region: string;
  readonly skill: string;
  /** Devices there that may need it. */
  readonly devices: number;
  /** Visits in the whole history. */
  readonly visits: number;
}

export interface GroupLevel extends Group {
  readonly perWeek: number;
  /** The Gamma shape of what is believed: the standard deviation of `perWeek` is itself divided by the root of this. */
  readonly shape: number;
  /** Of the rate, how much rests on the group's own visits, 0 to 1. */
  readonly ownShare: number;
}

/** Groups whose counts differ hardly or wildly: the shape of their Gamma is kept between these. */
const LEAST_SHAPE = 0.5;
const MOST_SHAPE = 100;

/** `weeks`: the length of the history, above 0. A skill counts as one visit at what all skills have together. */
export function groupLevels(groups: readonly Group[], weeks: number): GroupLevel[] {
  const devices = sum(groups.map((group) => group.devices));
  const visits = sum(groups.map((group) => group.visits));
  // Half a visit more than seen (Jeffreys), so that a fleet without orders yet is not said to need none ever.
  const overall = devices === 0 ? 0 : (visits + 0.5) / (weeks * devices);
  const perDevice = new Map<string, number>();
  for (const skill of new Set(groups.map((group) => group.skill))) {
    const own = groups.filter((group) => group.skill === skill);
    const under = sum(own.map((group) => group.devices));
    perDevice.set(skill, under === 0 ? 0 : (1 + sum(own.map((group) => group.visits))) / (1 / overall + weeks * under));
  }
  const priors = groups.map((group) => group.devices * (perDevice.get(group.skill) ?? 0));
  const shape = priorShape(groups, priors, weeks);
  return groups.map((group, k) => {
    const prior = priors[k] as number;
    // Visits where no device is known any more: only the count speaks.
    if (prior === 0) return { ...group, perWeek: group.visits / weeks, shape: group.visits + LEAST_SHAPE, ownShare: 1 };
    const priorWeeks = shape / prior;
    const perWeek = (shape + group.visits) / (priorWeeks + weeks);
    return { ...group, perWeek, shape: shape + group.visits, ownShare: weeks / (priorWeeks + weeks) };
  });
}

/** Var(visits) = m + m² / shape, by moments over all groups. */
function priorShape(groups: readonly Group[], priors: readonly number[], weeks: number): number {
  let extra = 0;
  let squares = 0;
  groups.forEach(({ visits }, k) => {
    const mean = (priors[k] as number) * weeks;
    extra += (visits - mean) ** 2 - mean;
    squares += mean ** 2;
  });
  return extra <= 0 ? MOST_SHAPE : Math.min(MOST_SHAPE, Math.max(LEAST_SHAPE, squares / extra));
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/**
 * The least n such that, with probability `share`, no more than n come: a count that is Poisson with a Gamma rate of this
 * mean and shape is negative binomial.
 */
export function countToExpect(mean: number, shape: number, share: number): number {
  if (mean <= 0) return 0;
  const fail = mean / (shape + mean);
  let probability = (1 - fail) ** shape;
  let total = probability;
  let n = 0;
  while (total < share && n < 20 * mean + 200) {
    n += 1;
    probability *= ((n - 1 + shape) / n) * fail;
    total += probability;
  }
  return n;
}
