import { buildTopic, DeviceId, type Instant, SiteId } from '@uptower/domain';
import { connectAsync } from 'mqtt';
import type { HistoryItem } from './read-history.ts';

export interface PublishOptions {
  readonly mqttUrl: string;
  readonly username: string;
  readonly password: string;
  readonly siteId: string;
  readonly deviceIds: readonly string[];
  readonly items: readonly HistoryItem[];
  /** Devices that were still there after their last item, and until when: said at the end. */
  readonly stillThere: readonly { readonly device: number; readonly until: Instant }[];
  /** Index of the first item that is not yet known to be acknowledged. */
  readonly from: number;
  /** File milliseconds in one real millisecond; infinity is as fast as it is acknowledged. */
  readonly speed: number;
  readonly monotonicMs: () => number;
  readonly signal: AbortSignal;
  /** Everything before `acknowledged` is stored on the other side. */
  readonly onProgress: (acknowledged: number) => void;
}

/** How many publications wait for their PUBACK at once: enough to fill group commits, small enough to resume from. */
const IN_FLIGHT = 1_000;

/**
 * Publishes the history in time order over one connection of the site, QoS 1, each reading with the file's own time. The
 * sequence number is the item's index, so that what is sent again after an interruption is recognised.
 * Resolves with the number of acknowledged items: all, or fewer when the signal fired.
 */
export async function publishHistory(options: PublishOptions): Promise<number> {
  const { items, deviceIds, speed, signal, monotonicMs } = options;
  const client = await connectAsync(options.mqttUrl, {
    username: options.username,
    password: options.password,
    clientId: `replay-${options.siteId}`,
    reconnectPeriod: 1_000,
    queueQoSZero: false,
  });
  const siteId = SiteId.parse(options.siteId);
  let next = options.from;
  let acknowledged = options.from;
  const waiting = new Set<number>();
  const startedAt = monotonicMs();
  const firstAt = items[options.from]?.at ?? 0;
  let wake: (() => void) | undefined;
  let failure: Error | undefined;
  signal.addEventListener('abort', () => wake?.(), { once: true });
  const settle = (index: number) => (error?: Error | null) => {
    if (error && !signal.aborted) failure = error;
    waiting.delete(index);
    const oldest = waiting.values().next();
    acknowledged = oldest.done ? next : oldest.value;
    options.onProgress(acknowledged);
    wake?.();
  };
  try {
    while (next < items.length && !signal.aborted && !failure) {
      if (waiting.size >= IN_FLIGHT) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const item = items[next] as HistoryItem;
      const dueInMs = Number.isFinite(speed) ? (item.at - firstAt) / speed - (monotonicMs() - startedAt) : 0;
      if (dueInMs > 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, Math.min(dueInMs, 1_000));
        });
        continue;
      }
      const deviceId = DeviceId.parse(deviceIds[item.device]);
      const channel = item.kind === 'reading' ? 'telemetry' : 'events';
      const payload =
        item.kind === 'reading'
          ? { ts: item.at, seq: next, values: item.values }
          : { ts: item.at, code: item.code, ...(item.component ? { component: item.component } : {}) };
      waiting.add(next);
      const done = settle(next);
      next += 1;
      client.publish(buildTopic({ siteId, deviceId, channel }), JSON.stringify(payload), { qos: 1 }, done);
      // Let the socket be read now and then while the window is not full.
      if (next % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    while (waiting.size > 0 && !signal.aborted && !failure)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (failure) throw failure;
    if (waiting.size === 0) acknowledged = next;
    if (next === items.length && !signal.aborted)
      // Without it nobody could tell a device that nothing happened to from one that was taken away.
      for (let i = 0; i < options.stillThere.length; i += IN_FLIGHT)
        await Promise.all(
          options.stillThere.slice(i, i + IN_FLIGHT).map(({ device, until }) => {
            const topic = buildTopic({ siteId, deviceId: DeviceId.parse(deviceIds[device]), channel: 'state' });
            return client.publishAsync(topic, JSON.stringify({ ts: until, status: 'up' }), { qos: 1 });
          }),
        );
    options.onProgress(acknowledged);
    return acknowledged;
  } finally {
    await client.endAsync(signal.aborted);
  }
}
