import {
  type Alert,
  type AlertEvent,
  type AlertId,
  type DeviceId,
  evolveAlert,
  type Instant,
  type OpenAlert,
  type Severity,
  streams,
  suppressionOf,
  type UptowerEvent,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';
import type { AlertSlot } from './decide-findings.ts';

export interface BookedAlert {
  readonly alert: Alert;
  /** Of its stream; what a person's decision is made on. */
  readonly version: number;
}

const isAlertEvent = (event: UptowerEvent): event is AlertEvent => event.type.startsWith('alert.');

const isQuiet = (alert: OpenAlert) => alert.state === 'shelved' || suppressionOf(alert) !== undefined;

/** All alerts, folded from the event log. One stream holds the alerts of one component one after the other. */
export class AlertBook {
  private readonly latest = new Map<string, BookedAlert & AlertSlot>();
  private readonly byId = new Map<string, { alert: Alert; stream: string }>();
  private readonly byStream = new Map<string, AlertId[]>();
  private readonly openByDevice = new Map<string, Map<string, OpenAlert>>();

  /** Takes any event of the log; returns the alert it changed. */
  apply(stored: StoredEvent<UptowerEvent>): Alert | undefined {
    const { event, stream, version } = stored;
    if (!isAlertEvent(event)) return undefined;
    const slot = this.latest.get(stream);
    if (slot && version <= slot.version) return undefined;
    const alert = evolveAlert(this.byId.get(event.alertId)?.alert, event);
    const journalPosition = Math.max(slot?.journalPosition ?? 0, alert.journalPosition);
    // Late data may speak of an alert of the past, or record one, while another is open.
    const past = slot?.alert && slot.alert.id !== alert.id && event.type !== 'alert.raised';
    this.latest.set(stream, { alert: past ? slot.alert : alert, version, journalPosition });
    this.byId.set(alert.id, { alert, stream });
    if (!slot || event.type === 'alert.raised' || event.type === 'alert.recorded') this.remember(stream, alert.id);
    if (past) return alert;
    const open = this.openByDevice.get(alert.deviceId) ?? new Map<string, OpenAlert>();
    if (alert.state === 'cleared') open.delete(alert.component);
    else open.set(alert.component, alert);
    this.openByDevice.set(alert.deviceId, open);
    return alert;
  }

  private remember(stream: string, id: AlertId): void {
    const ids = this.byStream.get(stream) ?? [];
    this.byStream.set(stream, ids);
    ids.push(id);
  }

  /** The alerts of a component that were open after `since`, in order of their beginning. */
  openAfter(deviceId: DeviceId, component: string, since: Instant): Alert[] {
    const ids = this.byStream.get(streams.alert(deviceId, component)) ?? [];
    return ids
      .flatMap((id) => this.byId.get(id)?.alert ?? [])
      .filter((alert) => alert.state !== 'cleared' || alert.clearedAt > since)
      .sort((a, b) => a.raisedAt - b.raisedAt);
  }

  slot(deviceId: DeviceId, component: string): AlertSlot {
    return this.latest.get(streams.alert(deviceId, component)) ?? { alert: undefined, journalPosition: 0 };
  }

  find(id: string): (BookedAlert & { readonly stream: string; readonly isLatest: boolean }) | undefined {
    const found = this.byId.get(id);
    if (!found) return undefined;
    const slot = this.latest.get(found.stream);
    return { ...found, version: slot?.version ?? 0, isLatest: slot?.alert?.id === id };
  }

  /** Newest first. */
  list(which: 'open' | 'all'): Alert[] {
    const alerts = [...this.byId.values()].map(({ alert }) => alert);
    return (which === 'open' ? alerts.filter((alert) => alert.state !== 'cleared') : alerts).reverse();
  }

  openOf(deviceId: string): OpenAlert[] {
    return [...(this.openByDevice.get(deviceId)?.values() ?? [])];
  }

  /** The most severe open alert of a device, those that call nobody last. */
  faceOf(deviceId: string): { readonly id: AlertId; readonly severity: Severity } | null {
    const face = this.openOf(deviceId).sort(
      (a, b) => Number(isQuiet(a)) - Number(isQuiet(b)) || (a.worst.severity < b.worst.severity ? -1 : 1),
    )[0];
    return face ? { id: face.id, severity: face.worst.severity } : null;
  }

  openCount(): number {
    let count = 0;
    for (const open of this.openByDevice.values()) count += open.size;
    return count;
  }
}
