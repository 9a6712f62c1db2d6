import { z } from 'zod';
import { askJson, flatTable, type TableService, TableServiceError } from './table-service.ts';

const Table = z.array(z.array(z.number().min(0).nullable()));
const Answer = z.object({
  code: z.string(),
  message: z.string().optional(),
  durations: Table.optional(),
  distances: Table.optional(),
});

/** An OSRM server's default limit (`osrm-routed --max-table-size`). */
const MOST_PLACES = 100;

/** The table service of an OSRM server, https://project-osrm.org/docs. `base` like `http://localhost:5000`. */
export function osrmService(base: string, profile = 'driving', mostPlaces = MOST_PLACES): TableService {
  const root = base.replace(/\/$/, '');
  return {
    name: 'osrm',
    mostPlaces,
    async table(sources, destinations, signal) {
      const square = sources === destinations;
      const coordinates = [...sources, ...(square ? [] : destinations)]
        .map(({ lat, lon }) => `${lon},${lat}`)
        .join(';');
      const numbers = (from: number, count: number) => Array.from({ length: count }, (_, k) => from + k).join(';');
      const sides = `&sources=${numbers(0, sources.length)}&destinations=${numbers(sources.length, destinations.length)}`;
      const query = `annotations=duration,distance${square ? '' : sides}`;
      const parsed = Answer.safeParse(
        await askJson(`${root}/table/v1/${encodeURIComponent(profile)}/${coordinates}?${query}`, { signal }, base),
      );
      if (!parsed.success) throw new TableServiceError(`${base} gave no usable answer: ${parsed.error.message}`);
      const { code, message, durations, distances } = parsed.data;
      if (code !== 'Ok') throw new TableServiceError(`${base} refused: ${message ?? code}`);
      const wanted = { rows: sources.length, columns: destinations.length };
      return {
        seconds: flatTable(durations, wanted, `${base} durations`),
        metres: flatTable(distances, wanted, `${base} distances`),
      };
    },
  };
}
