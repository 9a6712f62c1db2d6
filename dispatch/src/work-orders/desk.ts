import {
  type Clock,
  MINUTE,
  streams,
  type UptowerEvent,
  type WorkOrder,
  type WorkOrderEvent,
  type WorkOrderId,
} from '@uptower/domain';
import { type Append, type EventLog, type Logger, type StoredEvent, VersionConflict } from '@uptower/platform';
import type { DispatchPolicy } from '../policy.ts';
import type { Beliefs } from '../record/belief.ts';
import type { DispatchState } from '../state.ts';
import { nextDeserving, openOrder } from './from-alert.ts';
import { dueEvent } from './lifecycle.ts';
import { observeStep, quietOrders } from './observe.ts';

export interface DeskOptions {
  readonly state: DispatchState;
  readonly events: EventLog<UptowerEvent>;
  readonly clock: Clock;
  readonly policy: DispatchPolicy;
  readonly beliefs: Beliefs;
  readonly log: Logger;
}

/** Its place in the log moves with the order it wrote, in one transaction: history is judged exactly once, in order. */
const OBSERVER = 'dispatch-observe';
const ACTOR = 'dispatch';
/** Somebody else's decision came between; after so many in a row something is wrong. */
const MAX_CONFLICTS = 5;

/**
 * Turns what happened into orders and closes them. For devices in full service it never trusts a cursor: each look compares
 * what is with what should be, so a crash between reading an alert and writing its order is healed by the next look, and
 * the deterministic id makes a second writing fail instead of doubling.
 */
export class Desk {
  private readonly deps: DeskOptions;
  private queue: Promise<unknown> = Promise.resolve();
  private lookQueued = false;
  private stops: (() => void)[] = [];

  constructor(deps: DeskOptions) {
    this.deps = deps;
  }

  async start(): Promise<void> {
    const { events, clock } = this.deps;
    // Listening first: what is appended during the catching up waits behind it, and is at worst looked at twice.
    this.stops = [events.onAppended((stored) => this.onEvent(stored)), clock.every(MINUTE, () => this.look(true))];
    await this.exclusive(() => this.catchUpObserved());
    this.look();
    await this.idle();
  }

  async stop(): Promise<void> {
    for (const stop of this.stops) stop();
    this.stops = [];
    await this.queue;
  }

  /** Resolves when nothing is being decided. */
  async idle(): Promise<void> {
    let seen: unknown;
    do {
      seen = this.queue;
      await this.queue;
    } while (seen !== this.queue);
  }

  /** One decision at a time: order numbers, the budget and "one order a component" span streams. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch((error) => {
      if (!(error instanceof VersionConflict)) this.deps.log.debug({ err: error }, 'desk.refused');
    });
    return result;
  }

  /**
   * A decision about one order on its present state; on a conflict it is taken again on the new one. `decide` returns the
   * events or throws what the caller is to be told.
   */
  async decideOn(id: WorkOrderId, actor: string, decide: (order: WorkOrder) => readonly WorkOrderEvent[]) {
    for (let attempt = 1; ; attempt++) {
      const entry = this.deps.state.orders.get(id);
      if (!entry) throw new Error(`there is no order ${id}`);
      const events = decide(entry.order);
      if (events.length === 0) return entry.order;
      try {
        await this.write([{ stream: streams.workOrder(id), expectedVersion: entry.version, events }], actor);
        return this.deps.state.orders.get(id)?.order ?? entry.order;
      } catch (error) {
        if (!(error instanceof VersionConflict) || attempt >= MAX_CONFLICTS) throw error;
      }
    }
  }

  write(appends: readonly Append<UptowerEvent>[], actor: string, cursorPosition?: number) {
    const { events, clock } = this.deps;
    const cursor = cursorPosition === undefined ? undefined : { consumer: OBSERVER, position: cursorPosition };
    return events.append(appends, { at: clock.now(), actor, ...(cursor ? { cursor } : {}) });
  }

  private onEvent(stored: StoredEvent<UptowerEvent>): void {
    const { type } = stored.event;
    if (type === 'plan.committed' || type.startsWith('account.') || type.startsWith('credential.')) return;
    if (isObserved(stored.event)) this.background(() => this.observe(stored));
    this.look();
  }

  /** A look soon; a burst of events makes one. */
  private look(tick = false): void {
    if (this.lookQueued) return;
    this.lookQueued = true;
    this.background(async () => {
      this.lookQueued = false;
      await this.settle();
      if (tick) await this.closeQuiet();
    });
  }

  private background(work: () => Promise<void>): void {
    this.queue = this.queue.then(work).catch((error) => this.deps.log.error({ err: error }, 'desk.failed'));
  }

  /** Opens what deserves an order and lets every open order take the step that is due, until nothing is. */
  private async settle(): Promise<void> {
    const { state, clock, policy } = this.deps;
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
      try {
        for (;;) {
          const belief = this.deps.beliefs.at(clock.now());
          const alert = nextDeserving(state, clock.now(), belief);
          const opening =
            alert &&
            openOrder(state, { alert, source: 'prediction', openedAt: clock.now(), note: null, belief }, policy);
          if (!opening) break;
          await this.open(opening);
        }
        for (const id of [...state.openOrders]) {
          const entry = state.orders.get(id);
          const event = entry && dueEvent(state, entry, clock.now(), policy, this.deps.beliefs.at(clock.now()));
          if (!event) continue;
          await this.write([{ stream: streams.workOrder(id), expectedVersion: entry.version, events: [event] }], ACTOR);
          if (event.type !== 'work-order.risk-changed') this.deps.log.info({ workOrderId: id }, event.type);
        }
        return;
      } catch (error) {
        if (!(error instanceof VersionConflict)) throw error;
        conflicts += 1;
      }
    }
    this.deps.log.warn({ conflicts: MAX_CONFLICTS }, 'desk.conflicts');
  }

  /** Writes the opening of a new order; fails when somebody wrote it before. Call inside `exclusive`. */
  async open(opening: Extract<WorkOrderEvent, { type: 'work-order.opened' }>, actor = ACTOR): Promise<WorkOrder> {
    const { workOrderId, facts } = opening;
    await this.write([{ stream: streams.workOrder(workOrderId), expectedVersion: 0, events: [opening] }], actor);
    this.deps.log.info(
      { workOrderId, number: facts.number, alertId: facts.alertId, deviceId: facts.deviceId, priority: facts.priority },
      'work-order.opened',
    );
    const entry = this.deps.state.orders.get(workOrderId);
    if (!entry) throw new Error(`order ${workOrderId} was written and is not in the projection`);
    return entry.order;
  }

  private async observe(stored: StoredEvent<UptowerEvent>): Promise<void> {
    const { state, policy } = this.deps;
    const events = observeStep(state, stored.event, policy);
    if (events.length > 0) await this.write(this.appendsOf(events), ACTOR, stored.position);
  }

  private async closeQuiet(): Promise<void> {
    const { state, clock, policy } = this.deps;
    const events = quietOrders(state, clock.now(), policy);
    if (events.length > 0) await this.write(this.appendsOf(events), ACTOR);
  }

  private appendsOf(events: readonly WorkOrderEvent[]): Append<UptowerEvent>[] {
    return events.map((event) => ({
      stream: streams.workOrder(event.workOrderId),
      expectedVersion: this.deps.state.orders.get(event.workOrderId)?.version ?? 0,
      events: [event],
    }));
  }

  /** History that came in while dispatch was not there. */
  private async catchUpObserved(): Promise<void> {
    const { events } = this.deps;
    let position = await events.cursor(OBSERVER);
    const end = events.head();
    while (position < end) {
      const batch = await events.read(position, 2_000);
      if (batch.length === 0) break;
      for (const stored of batch) if (stored.position <= end && isObserved(stored.event)) await this.observe(stored);
      position = batch.at(-1)?.position ?? end;
    }
  }
}

function isObserved({ type }: UptowerEvent): boolean {
  return type.startsWith('alert.') || type === 'device.fact' || type === 'availability.changed';
}
