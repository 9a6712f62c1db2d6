import type { Instant, SeriesPoint } from '@uptower/domain';
import { type ExportRow, StoreUnavailable } from '../../ports/reading-store.ts';
import type { PointRow } from './points.ts';

export interface Influxdb2Options {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  readonly token?: string | undefined;
  readonly now: () => number;
  /** Real milliseconds that only go forward. */
  readonly monotonicMs: () => number;
}

/** What differs between servers that take `/api/v2/write`. */
export interface Dialect {
  readonly precision: 'ns' | 'ms';
  /** So long after its acknowledgement a write is on the server's disk; 0: already then. */
  readonly settleMs: number;
  /** One value in line protocol. */
  line(point: PointRow): string;
  progressLine(position: number, at: Instant): string;
  /** When the server was started, and how many rows it took since. */
  life(): Promise<{ readonly started: string; readonly rows: number }>;
  /** The last position written, and the moment it was written at; zeros when there is none. */
  progress(): Promise<{ readonly position: number; readonly at: Instant }>;
  series(deviceId: string, metric: string, from: Instant, to: Instant, points: number): Promise<SeriesPoint[]>;
  /** Every value in `[from, to)`, oldest first. */
  rows(deviceId: string, from: Instant, to: Instant): Promise<ExportRow[]>;
  /** Values in `[from, to)`, oldest first: at least those of the newest `limit` moments. */
  newest(deviceId: string, from: Instant, to: Instant, limit: number): Promise<ExportRow[]>;
}

const TIMEOUT_MS = 30_000;

/** GET, or POST of a form; rejects with `StoreUnavailable` in words unless it is answered with 2xx. */
export async function requestText(
  { url, token }: Pick<Influxdb2Options, 'url' | 'token'>,
  path: string,
  form?: Readonly<Record<string, string>>,
): Promise<string> {
  const target = `${url.replace(/\/$/, '')}${path}`;
  try {
    const response = await fetch(target, {
      headers: token === undefined ? {} : { authorization: `Token ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 300).trim()}`);
    return text;
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    throw new StoreUnavailable(`${target}: ${cause?.message ?? message}`, { cause: error });
  }
}

/** Line protocol: in a tag, a comma, an equals sign and a space are escaped; a line end would end the point. */
export const tag = (text: string) =>
  text
    .replace(/[\r\n]/g, ' ')
    .replace(/([,= ])/g, '\\$1')
    .replace(/\\$/, '\\ ');
