import { join } from 'node:path';
import type { Clock } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { ReadingStore, Retention } from '../ports/reading-store.ts';
import { openDuckdbReadingStore } from './duckdb-reading-store.ts';
import { openInfluxdb1ReadingStore } from './influx/influxdb1-reading-store.ts';
import { openInfluxdb2ReadingStore } from './influx/influxdb2-reading-store.ts';

/** Which store keeps the telemetry. */
export type StoreSettings =
  | { readonly kind: 'duckdb' }
  | {
      readonly kind: 'influxdb1';
      readonly url: string;
      readonly database: string;
      readonly username?: string | undefined;
      readonly password?: string | undefined;
    }
  | {
      readonly kind: 'influxdb2';
      readonly url: string;
      readonly org: string;
      readonly bucket: string;
      readonly token?: string | undefined;
    };

export interface OpenStoreParts {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store?: StoreSettings | undefined;
  readonly retention: Retention;
}

/** A remote store need not be there: it is asked when there is something for it. */
export async function openStore({ dataDir, clock, log, store, retention }: OpenStoreParts): Promise<ReadingStore> {
  switch (store?.kind) {
    case 'influxdb1':
      return openInfluxdb1ReadingStore({ ...store, rawDays: retention.rawDays, now: clock.now });
    case 'influxdb2':
      return openInfluxdb2ReadingStore({ ...store, now: clock.now, monotonicMs: () => performance.now() });
    default:
      return openDuckdbReadingStore(join(dataDir, 'telemetry.duckdb'), log);
  }
}
