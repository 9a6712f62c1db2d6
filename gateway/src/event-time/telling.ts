import type { AlertEvent, AlertId, Device, DeviceFact } from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import type { FactBook } from './fact-book.ts';
import type { Listener } from './step.ts';

export interface ComponentAlert {
  readonly component: string;
  readonly event: AlertEvent;
}

export interface TellingParts {
  readonly alerts: AlertBook;
  readonly facts: FactBook;
  newAlertId(): AlertId;
}

const NONE: readonly never[] = [];

/**
 * What one message tells of one device, for the event log: the steps' events under the ids of the alerts there are. What a
 * replay of the journal tells again is left out; where the book disagrees with the steps (late data are still to be
 * reckoned in), nothing is told twice and the amendment says the rest.
 */
export class Telling implements Listener {
  private alerts: ComponentAlert[] | undefined;
  private facts: DeviceFact[] | undefined;
  /** By component: its open alert, null when none is, `told` when all this was decided before. Most messages tell nothing. */
  private open: Map<string, AlertId | null | 'told'> | undefined;

  constructor(
    private readonly device: Device,
    private readonly position: number,
    private readonly parts: TellingParts,
  ) {}

  alert(component: string, event: AlertEvent): void {
    this.open ??= new Map();
    let open = this.open.get(component) ?? this.openInBook(component);
    if (open === 'told') return;
    if (event.type === 'alert.raised') {
      if (open !== null) return;
      open = this.parts.newAlertId();
    } else if (open === null) return;
    this.alerts ??= [];
    this.alerts.push({
      component,
      event: { ...event, alertId: open, journalPosition: this.position } as AlertEvent,
    });
    this.open.set(component, event.type === 'alert.cleared' ? null : open);
  }

  private openInBook(component: string): AlertId | null | 'told' {
    if (this.open?.has(component)) return null;
    const { alert, journalPosition } = this.parts.alerts.slot(this.device.id, component);
    if (journalPosition >= this.position) return 'told';
    return alert && alert.state !== 'cleared' ? alert.id : null;
  }

  /** What was told since the last time, in order. */
  takeAlerts(): readonly ComponentAlert[] {
    const { alerts = NONE } = this;
    this.alerts = undefined;
    return alerts;
  }

  takeFacts(): readonly DeviceFact[] {
    const { facts = NONE } = this;
    this.facts = undefined;
    return facts;
  }

  fact(component: string, fact: DeviceFact['fact'], at: number): void {
    const { id: deviceId } = this.device;
    if (this.position <= this.parts.facts.toldAt(deviceId)) return;
    this.facts ??= [];
    this.facts.push({ type: 'device.fact', deviceId, component, fact, at, journalPosition: this.position });
  }
}
