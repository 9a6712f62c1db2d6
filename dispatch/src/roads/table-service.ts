import type { Place } from '@uptower/domain';

/** Ways from each source to each destination, row by row. NaN where there is no way. */
export interface WayTable {
  /** Whole seconds. */
  readonly seconds: Float64Array;
  /** Whole metres. */
  readonly metres: Float64Array;
}

/** Somebody who knows the roads: an OSRM or a Valhalla. Rejects when it gives no usable answer. */
export interface TableService {
  readonly name: 'osrm' | 'valhalla';
  /** Most places a request may name, sources and destinations together. */
  readonly mostPlaces: number;
  table(sources: readonly Place[], destinations: readonly Place[], signal: AbortSignal): Promise<WayTable>;
}

/** The answer was no table, or not the one that was asked for. */
export class TableServiceError extends Error {}

/** Rows of numbers and nulls as one list of whole numbers, if there are as many as wanted. */
export function flatTable(
  rows: readonly (readonly (number | null)[])[] | undefined,
  { rows: wantedRows, columns }: { readonly rows: number; readonly columns: number },
  what: string,
): Float64Array {
  if (rows?.length !== wantedRows || rows.some((row) => row.length !== columns))
    throw new TableServiceError(`${what}: not the ${wantedRows} × ${columns} values that were asked for`);
  return Float64Array.from(rows.flat(), (value) => (value === null ? Number.NaN : Math.round(value)));
}

/** One request; whatever is no JSON answer within the time is a TableServiceError that names the server. */
export async function askJson(url: string, init: RequestInit, base: string): Promise<unknown> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error' });
    return await response.json();
  } catch (error) {
    throw new TableServiceError(`${base} gave no usable answer: ${(error as Error).message}`);
  }
}
