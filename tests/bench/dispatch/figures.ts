/** The value that a share of them does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export const spread = (values: readonly number[]) =>
  `p50 ${ms(quantile(values, 0.5))}, p99 ${ms(quantile(values, 0.99))}, most ${ms(Math.max(...values))}`;

/** Milliseconds of the processor this process has used, all threads. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

export function row(...cells: readonly (string | number)[]): void {
  const widths = [44, 14, 14, 16, 18, 34];
  console.log(cells.map((cell, k) => String(cell).padEnd(widths[k] ?? 12)).join(' '));
}
