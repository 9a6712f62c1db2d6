import { z } from 'zod';
import { type AskWays, RoutingError } from './ways.ts';

const Table = z.array(z.array(z.number().min(0).nullable()));
const Answer = z.object({
  code: z.string(),
  message: z.string().optional(),
  durations: Table.optional(),
  distances: Table.optional(),
});

/** Asks an OSRM server (its table service, https://project-osrm.org/docs). Everything that goes wrong is a `RoutingError`. */
export function osrmWays(base: string, timeoutMs = 60_000): AskWays {
  return async (profile, places) => {
    const coordinates = places.map(([lon, lat]) => `${lon},${lat}`).join(';');
    const url = `${base.replace(/\/$/, '')}/table/v1/${encodeURIComponent(profile)}/${coordinates}?annotations=duration,distance`;
    let answer: z.infer<typeof Answer>;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      answer = Answer.parse(await response.json());
    } catch (error) {
      throw new RoutingError(`the routing engine at ${base} gave no usable answer: ${(error as Error).message}`);
    }
    if (answer.code !== 'Ok') throw new RoutingError(`the routing engine refused: ${answer.message ?? answer.code}`);
    const flat = (name: 'durations' | 'distances') => {
      const values = (answer[name] ?? []).flat();
      if (values.length !== places.length ** 2) throw new RoutingError(`the routing engine gave no ${name}`);
      return Float64Array.from(values, (value, k) => {
        if (value !== null) return Math.round(value);
        const [from, to] = [places[Math.floor(k / places.length)], places[k % places.length]];
        throw new RoutingError(`the routing engine finds no way from ${from} to ${to}`);
      });
    };
    return { seconds: flat('durations'), metres: flat('distances') };
  };
}
