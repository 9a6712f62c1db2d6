import type { Device, DeviceView, Instant, Registry } from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import type { DeviceState } from '../pipeline/state.ts';
import type { Ledger } from '../uptime/ledger.ts';
import { staleOf } from '../uptime/stale.ts';

export interface ViewSources {
  readonly registry: Registry;
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  state(deviceId: string): DeviceState | undefined;
  /** It holds a broker session of its own now. */
  connected(deviceId: string): boolean;
}

/** A device as screens show it; undefined while its references are incomplete. */
export function deviceView(device: Device, sources: ViewSources): DeviceView | undefined {
  const { registry, alerts, ledger } = sources;
  const model = registry.models.get(device.modelId);
  const site = registry.sites.get(device.siteId);
  const hospital = registry.hospitals.get(device.hospitalId);
  if (!model || !site || !hospital) return undefined;
  const state = sources.state(device.id);
  const { id, name, serial, room, modelId, siteId, hospitalId, contractId, service } = device;
  return {
    id,
    name,
    serial,
    room,
    kind: model.kind,
    modelId,
    modelName: model.name,
    siteId,
    hospitalId,
    hospitalName: hospital.name,
    contractId,
    service,
    place: site.place,
    availability: ledger.present(id) ?? { state: 'unknown', since: 0, cause: 'never-heard' },
    activity: state?.evidence.activity ?? null,
    lastSeen: heardAt(state),
    stale: staleOf(state?.evidence, sources.connected(id), ledger.present(id)),
    openAlert: alerts.faceOf(id),
  };
}

/** By this server's clock: what a device thinks the time is does not matter. Redelivery and refused messages count too. */
function heardAt(state: DeviceState | undefined): Instant | null {
  const moments = [state?.evidence.heardAt, state?.presence.rhythm.lastAt].filter((at) => at != null);
  return moments.length > 0 ? Math.max(...moments) : null;
}

export function deviceViews(sources: ViewSources, visible: (device: Device) => boolean): DeviceView[] {
  const views: DeviceView[] = [];
  for (const device of sources.registry.devices.values()) {
    if (!visible(device)) continue;
    const view = deviceView(device, sources);
    if (view) views.push(view);
  }
  return views;
}
