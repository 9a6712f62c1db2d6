import type { Instant, Place } from '@uptower/domain';
import { latLngToCell } from 'h3-js';

export interface KnownWay {
  /** NaN: the service knows no way. */
  readonly seconds: number;
  readonly metres: number;
  readonly askedAt: Instant;
}

/** Cells of about 25 m: one building is one place, an engineer on the road is another every few seconds. */
const CELL_RESOLUTION = 11;

/** Ways that a table service told, by pairs of H3 cells. The least recently told go first when there are too many. */
export class KnownWays {
  private readonly ways = new Map<string, KnownWay>();
  /** Finding a cell takes a microsecond, and planning asks a hundred thousand times. */
  private readonly cells = new WeakMap<Place, string>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.ways.size;
  }

  get(from: Place, to: Place): KnownWay | undefined {
    return this.ways.get(this.key(from, to));
  }

  set(from: Place, to: Place, way: KnownWay): void {
    const key = this.key(from, to);
    this.ways.delete(key); // to the end of the line
    this.ways.set(key, way);
    if (this.ways.size > this.most) for (const oldest of this.ways.keys()) return void this.ways.delete(oldest);
  }

  private key(from: Place, to: Place): string {
    return `${this.cellOf(from)}${this.cellOf(to)}`;
  }

  private cellOf(place: Place): string {
    const known = this.cells.get(place);
    if (known !== undefined) return known;
    const cell = latLngToCell(place.lat, place.lon, CELL_RESOLUTION);
    this.cells.set(place, cell);
    return cell;
  }
}
