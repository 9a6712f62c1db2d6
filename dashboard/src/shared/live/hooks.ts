import type { CollectionName, DeviceId } from '@uptower/domain';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Collections } from './collections.ts';
import { type LiveStatus, live } from './connection.ts';
import type { LivePoint } from './readings.ts';

/** Rows of a collection; watched as long as a component that uses it is on screen. */
export function useCollection<Name extends CollectionName>(name: Name): Collections[Name] {
  useEffect(() => live.retain([name], []), [name]);
  const subscribe = useCallback((listener: () => void) => live.subscribe(name, listener), [name]);
  return useSyncExternalStore(subscribe, () => live.collection(name));
}

/** Keeps a page's collections watched across its tabs, so that moving between pages asks for fewer snapshots. */
export function useRetain(collections: readonly CollectionName[]): void {
  const key = collections.join(',');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the joined names stand for the array
  useEffect(() => live.retain(collections, []), [key]);
}

export function useReadings(deviceId: DeviceId): readonly LivePoint[] {
  useEffect(() => live.retain([], [deviceId]), [deviceId]);
  const subscribe = useCallback((listener: () => void) => live.subscribe(`readings:${deviceId}`, listener), [deviceId]);
  return useSyncExternalStore(subscribe, () => live.readings(deviceId));
}

const subscribeStatus = (listener: () => void) => live.subscribe('status', listener);

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(subscribeStatus, live.status);
}

/** The product's time (simulated in the demo), moving every `everyMs` real milliseconds. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => live.now());
  useEffect(() => {
    setNow(live.now());
    const timer = setInterval(() => setNow(live.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
