import { osrmService } from '../../roads/osrm.ts';
import { type AskWays, RoutingError } from './ways.ts';

/** Ways between all places of a request from an OSRM server. Everything that goes wrong is a `RoutingError`. */
export function osrmWays(base: string, timeoutMs = 60_000): AskWays {
  return async (profile, places) => {
    const all = places.map(([lon, lat]) => ({ lat, lon }));
    const { seconds, metres } = await osrmService(base, profile)
      .table(all, all, AbortSignal.timeout(timeoutMs))
      .catch((error: Error) => {
        throw new RoutingError(`the routing engine: ${error.message}`);
      });
    const unknown = seconds.findIndex(Number.isNaN);
    if (unknown >= 0) {
      const [from, to] = [places[Math.floor(unknown / places.length)], places[unknown % places.length]];
      throw new RoutingError(`the routing engine finds no way from ${from} to ${to}`);
    }
    return { seconds, metres };
  };
}
