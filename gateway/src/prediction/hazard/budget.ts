import { sigmoid } from './boost.ts';

/** Probabilities tried as thresholds: equal steps of log-odds from 0.2 % to 99 %. */
export const THRESHOLDS: readonly number[] = Array.from({ length: 45 }, (_, i) => sigmoid(-6.2 + i * 0.25));

/** What orders opened at each threshold would have cost. Plain data. */
export interface Spending {
  deviceMonths: number;
  /** By threshold: orders not followed by a failure within the horizon. */
  wrong: number[];
}

export const startSpending = (): Spending => ({ deviceMonths: 0, wrong: THRESHOLDS.map(() => 0) });

/** Scaled down to at most so many device-months: how much the past counts against what is seen now. */
export function weakened({ deviceMonths, wrong }: Spending, months: number): Spending {
  const share = deviceMonths > months ? months / deviceMonths : 1;
  return { deviceMonths: deviceMonths * share, wrong: wrong.map((count) => count * share) };
}

/** The lowest threshold at and above which no more false orders are opened than the budget allows; log-odds in between two of the grid. */
export function thresholdFor({ deviceMonths, wrong }: Spending, perDeviceMonth: number): number {
  const allowed = perDeviceMonth * deviceMonths;
  let i = wrong.length - 1;
  while (i >= 0 && (wrong[i] as number) <= allowed) i -= 1;
  if (i < 0) return THRESHOLDS[0] as number;
  if (i === wrong.length - 1) return 1;
  const [above, below] = [wrong[i] as number, wrong[i + 1] as number];
  const share = above > below ? (above - allowed) / (above - below) : 1;
  return sigmoid(-6.2 + 0.25 * (i + share));
}

/** Books of several trainings in one, by device model. */
export function pooled(books: readonly Readonly<Record<string, Spending>>[]): Record<string, Spending> {
  const all: Record<string, Spending> = {};
  for (const book of books)
    for (const [model, { deviceMonths, wrong }] of Object.entries(book)) {
      const sum = all[model] ?? startSpending();
      all[model] = sum;
      sum.deviceMonths += deviceMonths;
      wrong.forEach((count, i) => {
        sum.wrong[i] = (sum.wrong[i] as number) + count;
      });
    }
  return all;
}
