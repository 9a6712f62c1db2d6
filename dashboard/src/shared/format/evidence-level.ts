import type { Finding } from '@uptower/domain';

/** The line a metric is judged against on a chart, and the key of what it is called; a rate of change has none. */
export function levelOf({ value, level, usual, slopePerHour }: Finding['evidence']) {
  if (usual) return { value: level, label: 'chart.usual' } as const;
  if (slopePerHour !== undefined && level === value) return undefined;
  return { value: level, label: 'chart.limit' } as const;
}
