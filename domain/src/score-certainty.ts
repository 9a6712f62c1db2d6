import { type DeviceGrade, quantile, type ScoredOrder, sumOf } from './score.ts';

export type ConfidenceInterval = readonly [low: number, high: number];

export interface ScoreIntervals {
  readonly recall: ConfidenceInterval | null;
  readonly precision: ConfidenceInterval | null;
  readonly falsePerDeviceMonth: ConfidenceInterval | null;
}

const DRAWS = 400;

/**
 * 95 % intervals by bootstrap over devices, since the failures of one device are not independent (Efron & Tibshirani
 * 1993, "An introduction to the bootstrap", percentile method). `random` gives numbers in [0, 1).
 */
export function scoreIntervals(grades: readonly DeviceGrade[], random: () => number): ScoreIntervals {
  const drawn = Array.from({ length: grades.length > 0 ? DRAWS : 0 }, () =>
    sumOf(grades.map(() => grades[Math.floor(random() * grades.length)] as DeviceGrade)),
  );
  const interval = (values: readonly (number | null)[]): ConfidenceInterval | null => {
    const known = values.filter((value) => value !== null).sort((a, b) => a - b);
    const [low, high] = [quantile(known, 0.025), quantile(known, 0.975)];
    return low === null || high === null ? null : [low, high];
  };
  return {
    recall: interval(drawn.map(({ recall }) => recall)),
    precision: interval(drawn.map(({ precision }) => precision)),
    falsePerDeviceMonth: interval(drawn.map(({ falsePerDeviceMonth }) => falsePerDeviceMonth)),
  };
}

export interface ReliabilityRow {
  readonly orders: number;
  /** Mean probability the orders gave, and the share of them that came true. */
  readonly said: number;
  readonly came: number;
}

export interface Reliability {
  /** By fifths of the probability given, empty ones left out. */
  readonly bins: readonly ReliabilityRow[];
  /** Mean distance between said and came, weighted by orders; null without orders. */
  readonly error: number | null;
}

/** Of orders that said 80 %, how many failed? Only orders that count as one are asked (`gradeOrders`). */
export function reliabilityOf(
  graded: readonly ScoredOrder[],
  probabilityOf: (order: ScoredOrder) => number | undefined,
): Reliability {
  const known = graded.flatMap((order) => {
    const said = probabilityOf(order);
    return said === undefined ? [] : [{ said, came: order.came ? 1 : 0 }];
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const bins = [0, 1, 2, 3, 4].flatMap((fifth) => {
    const mine = known.filter(({ said }) => Math.min(4, Math.floor(said * 5)) === fifth);
    if (mine.length === 0) return [];
    return [
      { orders: mine.length, said: mean(mine.map(({ said }) => said)), came: mean(mine.map(({ came }) => came)) },
    ];
  });
  if (known.length === 0) return { bins, error: null };
  const off = bins.reduce((sum, { orders, said, came }) => sum + orders * Math.abs(said - came), 0);
  return { bins, error: off / known.length };
}
