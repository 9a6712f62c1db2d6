import type { Figures, OrderGrade, QuantileEstimate, RecordRow } from '@uptower/domain';
import type { Tone } from '../../shared/ui/badges.tsx';

export type RowGrade = RecordRow['grade'];

/** In the order of the tabs: what was right, what was wrong, what nobody can say. */
export const ROW_GRADES = ['true', 'late', 'false', 'missed', 'avoided', 'open', 'repeated'] as const;

export const GRADE_TONE: Record<RowGrade, Tone> = {
  true: 'green',
  late: 'amber',
  false: 'red',
  missed: 'red',
  avoided: 'blue',
  open: 'grey',
  repeated: 'grey',
};
/** A shape for every grade: never colour alone. */
export const GRADE_SIGN: Record<RowGrade, string> = {
  true: '✓',
  late: '◔',
  false: '✗',
  missed: '!',
  avoided: '◆',
  open: '…',
  repeated: '=',
};

export const PERIODS = ['7', '30', '90', '365', 'all'] as const;
export type Period = (typeof PERIODS)[number];

const DAY = 86_400_000;

/**
 * Since when, in whole hours of the product's clock, so that the question stays the same for a while; undefined: from the
 * beginning.
 */
export function since(period: Period, now: number): number | undefined {
  if (period === 'all') return undefined;
  return Math.floor(now / 3_600_000) * 3_600_000 - Number(period) * DAY;
}

export interface RowFilter {
  readonly grade: RowGrade | null;
  readonly modelId: string | null;
  readonly ruleId: string | null;
}

export function countRows(rows: readonly RecordRow[]): Record<RowGrade, number> {
  const counts: Record<RowGrade, number> = { true: 0, late: 0, false: 0, missed: 0, avoided: 0, open: 0, repeated: 0 };
  for (const { grade } of rows) counts[grade] += 1;
  return counts;
}

/** A missed failure has no rule: it stays when a rule is chosen only if none is. */
export function filterRows(rows: readonly RecordRow[], { grade, modelId, ruleId }: RowFilter): RecordRow[] {
  return rows.filter(
    (row) =>
      (grade === null || row.grade === grade) &&
      (modelId === null || row.modelId === modelId) &&
      (ruleId === null || row.ruleId === ruleId),
  );
}

/** Nothing was ever opened, and nothing failed. */
export function isBlank({ orders, failures }: Figures): boolean {
  const opened = (Object.keys(orders) as OrderGrade[]).some((grade) => orders[grade] > 0);
  return !opened && failures.total + failures.unforeseeable === 0;
}

/** What the end of a scale is, that all of these fit on it: 1, 2 or 5 times a power of ten. */
export function scaleFor(estimates: readonly (QuantileEstimate | null)[]): number {
  const top = Math.max(0, ...estimates.map((each) => each?.high ?? each?.value ?? 0));
  if (top <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(top));
  return ([1, 2, 5].find((step) => step * power >= top * 0.999_999) ?? 10) * power;
}
