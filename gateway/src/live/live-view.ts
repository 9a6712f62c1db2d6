import {
  type Alert,
  type Clock,
  can,
  type DeviceId,
  type DeviceView,
  type IntakeView,
  SECOND,
  seesHospital,
  type Value,
} from '@uptower/domain';
import type { LiveHub } from '@uptower/platform';
import { deviceView, deviceViews, type ViewSources } from './device-view.ts';

const STAFF = 'staff';
/** Cleared alerts stay on the list for a while, so that a watcher sees how a story ended. */
const CLEARED_SHOWN = 100;

export interface LiveView {
  start(): void;
  stop(): void;
  /** A row changed in a way people should see at once. */
  deviceChanged(deviceId: DeviceId): void;
  /** A reading came: the row's `lastSeen` follows, at most once a second. */
  deviceSeen(deviceId: DeviceId): void;
  alertChanged(alert: Alert): void;
  reading(deviceId: DeviceId, ts: number, values: Readonly<Record<string, Value>>): void;
}

/** What screens watch: devices, alerts, intake figures, one device's readings. Who sees what is decided here and nowhere else. */
export function createLiveView(live: LiveHub, clock: Clock, sources: ViewSources, intake: () => IntakeView): LiveView {
  const seen = new Set<DeviceId>();
  const cleared: Alert[] = [];
  let stopTimer: (() => void) | undefined;
  let lastIntake = '';

  const devices = live.register<DeviceView>({
    name: 'devices',
    audienceOf: (viewer) =>
      can(viewer, 'see-fleet') ? STAFF : can(viewer, 'see-own-hospital') ? viewer.hospitalId : null,
    items: (audience) => deviceViews(sources, (device) => audience === STAFF || device.hospitalId === audience),
    sees: (audience, device) => audience === STAFF || device.hospitalId === audience,
  });
  const alerts = live.register<Alert>({
    name: 'alerts',
    audienceOf: (viewer) => (can(viewer, 'see-fleet') ? STAFF : null),
    items: () => [...sources.alerts.list('open'), ...cleared],
    sees: () => true,
  });
  const figures = live.register<IntakeView>({
    name: 'intake',
    audienceOf: (viewer) => (can(viewer, 'see-operations') ? STAFF : null),
    items: () => [intake()],
    sees: () => true,
  });
  live.allowTelemetry((viewer, deviceId) => {
    const device = sources.registry.devices.get(deviceId as DeviceId);
    return device !== undefined && seesHospital(viewer, device.hospitalId);
  });

  const publish = (deviceId: DeviceId) => {
    const device = sources.registry.devices.get(deviceId);
    const view = device && deviceView(device, sources);
    if (view) devices.upsert(view);
  };

  return {
    start() {
      stopTimer = clock.every(SECOND * clock.speed, () => {
        for (const deviceId of seen) publish(deviceId);
        seen.clear();
        const view = intake();
        const text = JSON.stringify(view);
        if (text !== lastIntake) figures.upsert(view);
        lastIntake = text;
      });
    },
    stop() {
      stopTimer?.();
    },
    deviceChanged(deviceId) {
      seen.delete(deviceId);
      publish(deviceId);
    },
    deviceSeen: (deviceId) => void seen.add(deviceId),
    alertChanged(alert) {
      alerts.upsert(alert);
      if (alert.state !== 'cleared') return;
      cleared.push(alert);
      const old = cleared.length > CLEARED_SHOWN ? cleared.shift() : undefined;
      if (old) alerts.remove(old.id);
    },
    reading: (deviceId, ts, values) => live.readings(deviceId, { ts, values }),
  };
}
