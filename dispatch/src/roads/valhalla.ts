import type { Place } from '@uptower/domain';
import { z } from 'zod';
import { askJson, flatTable, type TableService, TableServiceError } from './table-service.ts';

const Cell = z.object({ time: z.number().min(0).nullish(), distance: z.number().min(0).nullish() });
const Answer = z.union([
  z.object({ sources_to_targets: z.array(z.array(Cell)) }),
  z.object({ error: z.string(), error_code: z.number().optional() }),
]);

/** Fifty sources and fifty targets is a Valhalla server's default limit (`service_limits.auto.max_matrix_location_pairs`). */
const MOST_PLACES = 100;

/** The matrix service of a Valhalla server (`/sources_to_targets`), https://valhalla.github.io/valhalla/api/matrix. */
export function valhallaService(base: string, costing = 'auto', mostPlaces = MOST_PLACES): TableService {
  const at = ({ lat, lon }: Place) => ({ lat, lon });
  return {
    name: 'valhalla',
    mostPlaces,
    async table(sources, destinations, signal) {
      const body = JSON.stringify({
        sources: sources.map(at),
        targets: destinations.map(at),
        costing,
        units: 'kilometers',
      });
      const headers = { 'content-type': 'application/json' };
      const url = `${base.replace(/\/$/, '')}/sources_to_targets`;
      const parsed = Answer.safeParse(await askJson(url, { method: 'POST', headers, body, signal }, base));
      if (!parsed.success) throw new TableServiceError(`${base} gave no usable answer: ${parsed.error.message}`);
      if ('error' in parsed.data) throw new TableServiceError(`${base} refused: ${parsed.data.error}`);
      const rows = parsed.data.sources_to_targets;
      const wanted = { rows: sources.length, columns: destinations.length };
      const kilometres = (value: number | null | undefined) =>
        value === null || value === undefined ? null : value * 1_000;
      return {
        seconds: flatTable(
          rows.map((row) => row.map(({ time }) => time ?? null)),
          wanted,
          `${base} times`,
        ),
        metres: flatTable(
          rows.map((row) => row.map(({ distance }) => kilometres(distance))),
          wanted,
          `${base} distances`,
        ),
      };
    },
  };
}
