/** Nothing where a route begins or ends at its own stop (place -1). */
export function way(table: Float64Array, count: number, from: number, to: number): number {
  return from < 0 || to < 0 ? 0 : (table[from * count + to] as number);
}

/** What a stop between two others adds. */
export function detour(table: Float64Array, count: number, from: number, by: number, to: number): number {
  return way(table, count, from, by) + way(table, count, by, to) - way(table, count, from, to);
}
