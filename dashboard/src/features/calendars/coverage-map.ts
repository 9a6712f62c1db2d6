import type { Place } from '@uptower/domain';

/** Degrees to the units of a drawing: a degree of longitude is as much shorter as the latitude makes it. */
export interface Projection {
  readonly width: number;
  readonly height: number;
  x(place: Place): number;
  y(place: Place): number;
}

const WIDTH = 1_000;
/** Of the longer side, around what is shown. */
const MARGIN = 0.06;

export function projectionOf(places: readonly Place[]): Projection {
  const lats = places.map(({ lat }) => lat);
  const lons = places.map(({ lon }) => lon);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  // One place alone still has a country around it.
  const wide = Math.max(0.5, (east - west) * squeeze);
  const tall = Math.max(0.5, north - south);
  const margin = MARGIN * Math.max(wide, tall);
  const scale = WIDTH / (wide + 2 * margin);
  return {
    width: WIDTH,
    height: Math.round((tall + 2 * margin) * scale),
    x: ({ lon }) => ((lon - west) * squeeze + margin) * scale,
    y: ({ lat }) => (north - lat + margin) * scale,
  };
}

const point = (projection: Projection, place: Place) =>
  `${projection.x(place).toFixed(1)},${projection.y(place).toFixed(1)}`;

/** `points` of a polygon. */
export const cornersOf = (projection: Projection, boundary: readonly Place[]): string =>
  boundary.map((place) => point(projection, place)).join(' ');

interface Feature {
  readonly geometry: { readonly type: string; readonly coordinates: unknown };
  readonly properties: { readonly level?: string };
}
export interface BaseMap {
  readonly features: readonly Feature[];
}

type Ring = readonly (readonly [number, number])[];

/** The outlines of the built-in base map as one path. */
export function landPath(projection: Projection, { features }: BaseMap): string {
  const rings = features.flatMap(({ geometry: { type, coordinates } }): readonly Ring[] => {
    if (type === 'Polygon') return coordinates as readonly Ring[];
    if (type === 'MultiPolygon') return (coordinates as readonly (readonly Ring[])[]).flat();
    return [];
  });
  return rings.map((ring) => `M${ring.map(([lon, lat]) => point(projection, { lat, lon })).join('L')}Z`).join('');
}
