import type { Clock, IntakeView } from '@uptower/domain';
import type { Metrics } from '@uptower/platform';
import type { IntakeCounts } from '../intake.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Journal } from '../telemetry/journal/journal.ts';
import { journalView } from '../telemetry/journal/journal-view.ts';
import { IntakeGate } from './gate.ts';
import { Latency } from './latency.ts';
import { BrokerFigures, statusAlarms, statusMetrics, watchEventLoop } from './status.ts';
import { Trail } from './trail.ts';

export interface IntakeStatusParts {
  readonly journal: Journal;
  readonly counts: IntakeCounts;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly connections: () => number;
  /** Records the pipeline may be behind before senders wait. */
  readonly maxLag: number;
  /** Made later than this. */
  readonly pipeline: () => Pipeline;
}

/** What stands between a sender and its acknowledgement, and how all of that does. */
export class IntakeStatus {
  /** Appending to the event log. */
  readonly events = new Latency();
  private readonly durable = new Latency();
  private readonly loop = watchEventLoop();
  private readonly trail = new Trail();
  private readonly gate: IntakeGate;
  private readonly broker: BrokerFigures;
  private inFlight = 0;
  /** Of those, on their way to the disk: not in the journal's head yet, and soon the pipeline's to read. */
  private appending = 0;
  private storeFailingSince: number | null = null;

  constructor(private readonly parts: IntakeStatusParts) {
    const { metrics, journal, pipeline, maxLag } = parts;
    this.gate = new IntakeGate({ maxLag, lag: () => journal.head() - pipeline().at() + this.appending });
    this.broker = new BrokerFigures(metrics);
    statusMetrics(metrics, {
      gate: this.gate,
      inFlight: () => this.inFlight,
      presence: () => pipeline().presence(),
      consumers: () => this.consumers(),
      store: () => this.store(),
      tooLate: () => pipeline().tooLate(),
      latencies: { durable: this.durable, events: this.events },
    });
  }

  /** Has messages made durable, when it is their turn; `append` gives the position of the last. */
  async take(messages: number, append: () => Promise<number>): Promise<void> {
    const begun = performance.now();
    this.inFlight += messages;
    try {
      const turn = this.gate.enter(messages);
      if (turn) await turn;
      this.appending += messages;
      const position = await append().finally(() => {
        this.appending -= messages;
      });
      this.trail.note(position, performance.now());
    } finally {
      this.inFlight -= messages;
      this.durable.add(performance.now() - begun);
    }
  }

  /** Whether senders wait for this server now, or are all refused. */
  holding(): boolean {
    const { state } = this.parts.journal.status();
    return this.gate.closed() || (state !== 'ok' && state !== 'low');
  }

  view(): IntakeView {
    const { journal, counts, pipeline, connections, maxLag } = this.parts;
    const journalStatus = journal.status();
    const journalPart = journalView(journalStatus);
    const [presence, store, held] = [pipeline().presence(), this.store(), this.gate.held()];
    return {
      ...counts.view(),
      tooLate: pipeline().tooLate(),
      connections: connections(),
      journalPosition: journal.head(),
      lag: journal.head() - pipeline().at(),
      dropped: 0,
      inFlight: this.inFlight,
      held,
      holds: this.gate.closings,
      maxLag,
      broker: this.broker.view(),
      ...journalPart,
      journalLimitBytes: journalStatus.limitBytes,
      alarms: [...journalPart.alarms, ...statusAlarms({ presence, store, held }, this.storeFailingSince)],
      consumers: this.consumers(),
      store,
      latency: { durable: this.durable.view(), events: this.events.view(), loop: this.loop.view() },
      presence,
    };
  }

  /** Nobody waits any more: what is under way goes to the journal, which takes it or says no. */
  stop(): void {
    this.gate.stop();
    this.loop.stop();
  }

  private consumers(): IntakeView['consumers'] {
    const { journal, pipeline } = this.parts;
    const [head, now] = [journal.head(), performance.now()];
    const places: [name: string, position: number][] = [
      ['pipeline', pipeline().at()],
      ['store', Math.max(0, pipeline().storeState().position)],
      ['saved', pipeline().saved()],
    ];
    return places.map(([name, position]) => {
      const lag = Math.max(0, head - position);
      return { name, position: head - lag, lag, lagMs: this.trail.age(position, head, now) };
    });
  }

  private store(): IntakeView['store'] {
    const { error, backlog, rows, refused, missing } = this.parts.pipeline().storeState();
    if (error === null) this.storeFailingSince = null;
    else this.storeFailingSince ??= this.parts.clock.now();
    return { error, backlog, waitingRows: rows, refused, missing };
  }
}
