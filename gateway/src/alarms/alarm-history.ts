import {
  type Alert,
  type AlertEvent,
  type AlertId,
  type DeviceId,
  type Instant,
  type LocalText,
  type Severity,
  suppressionOf,
  type UptowerEvent,
} from '@uptower/domain';
import type { StoredEvent } from '@uptower/platform';

export type Span = [from: Instant, to: Instant | null];

/** One alert as those who have to answer it met it. Instants: see `AlarmHistory`. */
export interface AlarmRecord {
  readonly alertId: AlertId;
  readonly deviceId: DeviceId;
  readonly component: string;
  readonly service: 'full' | 'observe';
  ruleId: string;
  ruleName: LocalText;
  priority: Severity;
  /** When it called somebody: raised, or no longer suppressed. */
  readonly told: Instant[];
  /** First time it was acknowledged after it called. */
  acknowledgedAt: Instant | null;
  readonly shelved: Span[];
  readonly suppressed: Span[];
  endedAt: Instant | null;
  /** It went back to normal; it was not repaired, and nothing failed. */
  returned: boolean;
}

/**
 * All alerts as people met them, folded from the event log. An alert of a device in full service is dated by when this
 * system told of it: that is the load somebody had. One of an observed device is dated by the device's own time: history
 * replayed in a minute is no flood. What late data only record called nobody and is left out.
 */
export class AlarmHistory {
  readonly records: AlarmRecord[] = [];
  /** When this system's records begin; null before the first event. */
  begin: Instant | null = null;
  private readonly byId = new Map<string, AlarmRecord>();

  constructor(private readonly serviceOf: (deviceId: DeviceId) => AlarmRecord['service']) {}

  /** `alert`: as the event left it. */
  apply({ event, recordedAt }: StoredEvent<UptowerEvent>, alert: Alert | undefined): void {
    this.begin = Math.min(this.begin ?? recordedAt, recordedAt);
    if (!alert || !('alertId' in event)) return;
    const known = this.byId.get(alert.id);
    const service = known?.service ?? this.serviceOf(alert.deviceId);
    const at = service === 'full' || !('at' in event) ? recordedAt : event.at;
    if (event.type === 'alert.raised') this.raise(alert, service, at);
    else if (known) this.change(known, event as AlertEvent, alert, at);
  }

  private raise(alert: Alert, service: AlarmRecord['service'], at: Instant): void {
    const { id: alertId, deviceId, component, worst } = alert;
    const quiet = suppressionOf(alert) !== undefined;
    const record: AlarmRecord = {
      ...{ alertId, deviceId, component, service },
      ...{ ruleId: worst.ruleId, ruleName: worst.ruleName, priority: worst.severity },
      told: quiet ? [] : [at],
      acknowledgedAt: null,
      shelved: [],
      suppressed: quiet ? [[at, null]] : [],
      endedAt: null,
      returned: false,
    };
    this.byId.set(alertId, record);
    this.records.push(record);
  }

  private change(record: AlarmRecord, event: AlertEvent, alert: Alert, at: Instant): void {
    switch (event.type) {
      case 'alert.findings-changed':
      case 'alert.amended':
        this.follow(record, alert, at);
        return;
      case 'alert.acknowledged':
        if (record.told.length > 0) record.acknowledgedAt ??= at;
        end(record.shelved, at);
        return;
      case 'alert.shelved':
        end(record.shelved, at);
        record.shelved.push([at, null]);
        return;
      case 'alert.unshelved':
        end(record.shelved, at);
        return;
      case 'alert.cleared':
        end(record.shelved, at);
        end(record.suppressed, at);
        record.endedAt ??= at;
        record.returned = event.because === 'returned-to-normal';
    }
  }

  /** What was suppressed and no longer is calls now: the face it has then is what people see. */
  private follow(record: AlarmRecord, alert: Alert, at: Instant): void {
    if (alert.state === 'cleared') return;
    const isSuppressed = suppressionOf(alert) !== undefined;
    const was = record.suppressed.at(-1)?.[1] === null;
    if (isSuppressed && !was) record.suppressed.push([at, null]);
    if (isSuppressed || !was) return;
    end(record.suppressed, at);
    // Acknowledged before: it comes back as that.
    if (record.acknowledgedAt !== null) return;
    record.told.push(at);
    const { ruleId, ruleName, severity } = alert.worst;
    Object.assign(record, { ruleId, ruleName, priority: severity });
  }
}

function end(spans: Span[], at: Instant): void {
  const last = spans.at(-1);
  if (last && last[1] === null) last[1] = at;
}
