import { z } from 'zod';
import { DeviceId } from './ids.ts';

/** Version of what is said over the live connection; a client of another version is refused with `protocol-version`. */
export const LIVE_VERSION = 1;

export const CollectionName = z.enum([
  'clock',
  'devices',
  'alerts',
  'orders',
  'portal-orders',
  'engineers',
  'plan',
  'intake',
]);
export type CollectionName = z.infer<typeof CollectionName>;

/** client → server, event `watch`: replaces what this socket watches. */
export const WatchRequest = z.strictObject({
  collections: z.array(CollectionName).max(20),
  telemetry: z.array(DeviceId).max(20),
});
export type WatchRequest = z.infer<typeof WatchRequest>;

/** server → client, event `snapshot`: everything of one collection this viewer may see, as of `seq`. */
export interface Snapshot<T = unknown> {
  readonly collection: CollectionName;
  readonly seq: number;
  readonly items: readonly T[];
}

/** server → client, event `delta`: `seq` is the last one plus one; a gap means: ask for a snapshot again. */
export interface Delta<T = unknown> {
  readonly collection: CollectionName;
  readonly seq: number;
  readonly upserts: readonly T[];
  readonly removes: readonly string[];
}

/** server → client, event `readings`: what one watched device measured in the last 100 ms. */
export interface LiveReadings {
  readonly deviceId: DeviceId;
  readonly readings: readonly {
    readonly ts: number;
    readonly values: Readonly<Record<string, number | string | boolean>>;
  }[];
}

/** Why a connection or a request is refused. */
export type LiveRefusal = 'protocol-version' | 'not-signed-in' | 'malformed' | 'not-allowed';
