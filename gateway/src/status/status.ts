import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type IntakeView, type PresenceView, SECOND, type SystemAlarm } from '@uptower/domain';
import { Gauge, type Metrics } from '@uptower/platform';
import type { IntakeGate } from './gate.ts';
import type { Latency } from './latency.ts';

/** How late timers are: what every other thing on this thread waits for as well. */
export function watchEventLoop() {
  const histogram = monitorEventLoopDelay({ resolution: 20 });
  histogram.enable();
  let last = { p50: 0, p99: 0, max: 0, count: 0 };
  const every = setInterval(() => {
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 20);
    last = {
      p50: ms(histogram.percentile(50)),
      p99: ms(histogram.percentile(99)),
      max: ms(histogram.max),
      count: histogram.count,
    };
    histogram.reset();
  }, 10 * SECOND);
  every.unref();
  return {
    view: () => (last.count > 0 ? last : null),
    stop() {
      clearInterval(every);
      histogram.disable();
    },
  };
}

/** The broker's figures, read from where it puts them for Prometheus, so that neither side knows the other. */
export class BrokerFigures {
  private last: IntakeView['broker'] = null;

  constructor(private readonly metrics: Metrics) {}

  /** As of the last call; asks for newer ones. */
  view(): IntakeView['broker'] {
    void this.read();
    return this.last;
  }

  private async read(): Promise<void> {
    const value = async (name: string) => {
      const found = await this.metrics.getSingleMetric(`uptower_broker_${name}`)?.get();
      return found?.values[0]?.value;
    };
    const [paused, queued, retained] = await Promise.all([
      value('paused_connections'),
      value('queued_messages'),
      value('retained_messages'),
    ]);
    if (paused !== undefined) this.last = { paused, queued: queued ?? 0, retained: retained ?? 0 };
  }
}

export interface StatusMetrics {
  readonly gate: IntakeGate;
  readonly inFlight: () => number;
  readonly presence: () => PresenceView;
  readonly consumers: () => IntakeView['consumers'];
  readonly store: () => IntakeView['store'];
  readonly tooLate: () => number;
  readonly latencies: Readonly<Record<'durable' | 'events', Latency>>;
}

/** Queues, delays and presence for Prometheus; read when scraped. */
export function statusMetrics(metrics: Metrics, status: StatusMetrics): void {
  const registers = [metrics];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `uptower_gateway_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const labelled = (name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>) =>
    new Gauge({
      name: `uptower_gateway_${name}`,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [value, figure] of read()) this.set({ [label]: value }, figure);
      },
    });
  gauge('in_flight', 'Messages taken and not on disk yet', status.inFlight);
  gauge('held', 'Acknowledgements held back because the pipeline is too far behind', () => status.gate.held());
  gauge('holds_total', 'Times that began since the start', () => status.gate.closings);
  gauge('dropped_total', 'Messages acknowledged and not kept: 0, by design', () => 0);
  gauge('store_waiting_rows', 'Rows in memory for the store', () => status.store().waitingRows);
  gauge('store_failing', '1 while the store does not take what it is given', () =>
    status.store().error === null ? 0 : 1,
  );
  gauge(
    'store_missing_total',
    'Messages whose readings the store lost when they were not in the journal any more',
    () => status.store().missing,
  );
  gauge('too_late_total', 'Readings and states that came too late to be judged; stored', status.tooLate);
  gauge('devices_never_heard', 'Registered devices that never spoke', () => status.presence().neverHeard);
  gauge('devices_skewed', 'Devices whose clock is more than two minutes from ours', () => status.presence().skewed);
  gauge(
    'server_clock_off_seconds',
    'How far most clocks of devices jumped away from this server’s; 0 when they did not',
    () => (status.presence().serverClock?.offsetMs ?? 0) / SECOND,
  );
  labelled('presence', 'Devices for which a fact of presence holds', 'fact', () =>
    Object.entries(status.presence().facts),
  );
  labelled('consumer_lag_records', 'Records each consumer of the journal is behind', 'consumer', () =>
    status.consumers().map(({ name, lag }) => [name, lag] as const),
  );
  labelled('consumer_lag_seconds', 'Age of the first record each consumer has not read', 'consumer', () =>
    status.consumers().map(({ name, lagMs }) => [name, lagMs / SECOND] as const),
  );
  new Gauge({
    name: 'uptower_gateway_latency_seconds',
    help: 'Of the last ten to twenty seconds: durable = from taking a message to having it on disk; events = appending to the event log',
    labelNames: ['of', 'quantile'],
    registers,
    collect() {
      for (const [of, latency] of Object.entries(status.latencies)) {
        const view = latency.view();
        this.set({ of, quantile: '0.5' }, (view?.p50 ?? 0) / SECOND);
        this.set({ of, quantile: '0.99' }, (view?.p99 ?? 0) / SECOND);
        this.set({ of, quantile: '1' }, (view?.max ?? 0) / SECOND);
      }
    },
  });
}

/** What is wrong with this server that its journal does not know of. */
export function statusAlarms(
  { presence, store, held }: Pick<IntakeView, 'presence' | 'store' | 'held'>,
  storeSince: number | null,
): SystemAlarm[] {
  const alarms: SystemAlarm[] = [];
  const { serverClock } = presence;
  if (serverClock) alarms.push({ code: 'server-clock', since: serverClock.since, offsetMs: serverClock.offsetMs });
  if (store.error !== null) alarms.push({ code: 'store-failing', since: storeSince, error: store.error });
  if (held > 0) alarms.push({ code: 'held-back', since: null, acknowledgements: held });
  return alarms;
}
