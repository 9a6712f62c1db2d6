import { Counter, Gauge, type Metrics } from '@uptower/platform';

/** Figures of the intake since start: for the status strip and for Prometheus, counted once. */
export class IntakeCounts {
  private messages = 0;
  private readings = 0;
  private duplicates = 0;
  private unknownMetrics = 0;
  private converted = 0;
  private amendments = 0;
  private readonly quarantinedBy: Record<string, number> = {};
  private readonly refusedBy: Record<string, number> = {};
  private readonly counters;

  constructor(metrics: Metrics, now: () => { position: number; lag: number; connections: number; alertsOpen: number }) {
    const registers = [metrics];
    const counter = (name: string, help: string, labelNames: string[] = []) =>
      new Counter({ name: `uptower_gateway_${name}`, help, labelNames, registers });
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `uptower_gateway_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    this.counters = {
      messages: counter('messages_total', 'Messages made durable in the journal'),
      readings: counter('readings_total', 'Readings taken (a replay after a crash counts again)'),
      duplicates: counter('duplicates_total', 'Redelivered readings and events that changed nothing'),
      unknownMetrics: counter('unknown_metrics_total', 'Values of metrics the model does not name; kept'),
      converted: counter(
        'converted_values_total',
        "Values that came in another unit than the model's and were converted",
      ),
      amended: counter('amendments_total', 'Times that late data changed what had been decided without them'),
      quarantined: counter('quarantined_total', 'Messages or items refused by the decoder', ['reason']),
      refused: counter('refused_total', 'Connections and messages refused by the broker', ['reason']),
    };
    gauge('journal_position', 'Last durable record of the journal', () => now().position);
    gauge('consumer_lag', 'Records the pipeline is behind', () => now().lag);
    gauge('connections', 'MQTT sessions', () => now().connections);
    gauge('alerts_open', 'Open alerts', () => now().alertsOpen);
  }

  messagesTaken(count: number): void {
    this.messages += count;
    this.counters.messages.inc(count);
  }

  taken(
    readings: number,
    {
      duplicates,
      unknownMetrics,
      converted,
    }: { readonly duplicates: number; readonly unknownMetrics: number; readonly converted: number },
  ): void {
    this.readings += readings;
    this.duplicates += duplicates;
    this.unknownMetrics += unknownMetrics;
    this.converted += converted;
    if (readings > 0) this.counters.readings.inc(readings);
    if (duplicates > 0) this.counters.duplicates.inc(duplicates);
    if (unknownMetrics > 0) this.counters.unknownMetrics.inc(unknownMetrics);
    if (converted > 0) this.counters.converted.inc(converted);
  }

  /** Late data changed what had been told. */
  amended(): void {
    this.amendments += 1;
    this.counters.amended.inc();
  }

  quarantined(reason: string): void {
    this.quarantinedBy[reason] = (this.quarantinedBy[reason] ?? 0) + 1;
    this.counters.quarantined.inc({ reason });
  }

  refused(reason: string): void {
    this.refusedBy[reason] = (this.refusedBy[reason] ?? 0) + 1;
    this.counters.refused.inc({ reason });
  }

  view() {
    const { messages, readings, duplicates, unknownMetrics, converted } = this;
    return {
      id: 'intake',
      messages,
      readings,
      duplicates,
      unknownMetrics,
      converted,
      amended: this.amendments,
      quarantined: { ...this.quarantinedBy },
      refused: { ...this.refusedBy },
    } as const;
  }
}
