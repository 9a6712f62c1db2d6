import { type Device, type DeviceId, err, ok, type Principal, type Result } from '@uptower/domain';

/** Which devices answer to a name: its id, or one of its aliases. */
export class DeviceNames {
  private readonly devices = new Map<string, Device>();
  private readonly byAlias = new Map<string, Set<DeviceId>>();
  private readonly bySite = new Map<string, Set<DeviceId>>();

  put(device: Device): void {
    const before = this.devices.get(device.id);
    for (const alias of before?.aliases ?? []) drop(this.byAlias, alias, device.id);
    if (before) drop(this.bySite, before.siteId, device.id);
    this.devices.set(device.id, device);
    for (const alias of device.aliases ?? []) add(this.byAlias, alias, device.id);
    add(this.bySite, device.siteId, device.id);
  }

  /** Other names a credential may use: a device's aliases; for a site, the ids and aliases of all its devices. */
  *of(principal: Principal): Iterable<string> {
    const ids = principal.kind === 'device' ? [principal.deviceId] : (this.bySite.get(principal.siteId) ?? []);
    for (const id of ids) {
      if (principal.kind === 'site') yield id;
      yield* this.devices.get(id)?.aliases ?? [];
    }
  }

  /**
   * The device meant by the first of `names` that is known, among those `from` may speak for: a device for itself, a
   * site for its devices, a trusted broker for all. Otherwise why not, in words for the person who registers devices.
   */
  find(names: readonly string[], from: string): Result<DeviceId, string> {
    for (const name of names) {
      const found = this.holders(name).filter((device) => maySpeakFor(from, device));
      const [device] = found;
      if (found.length > 1)
        return err(
          `several devices are called "${name}" (${found.map(({ id }) => id).join(', ')}); a site's own credential tells them apart`,
        );
      if (device) return ok(device.id);
    }
    const quoted = names.map((name) => `"${name}"`).join(' or ');
    const foreign = names.flatMap((name) => this.holders(name))[0];
    return err(
      foreign && from.startsWith('dev_')
        ? `${from} may not speak for ${foreign.id} (${quoted}); its site's credential may`
        : `no device of ${from} has the id or alias ${quoted}`,
    );
  }

  private holders(name: string): Device[] {
    const byId = this.devices.get(name);
    if (byId) return [byId];
    return [...(this.byAlias.get(name) ?? [])].flatMap((id) => this.devices.get(id) ?? []);
  }
}

function maySpeakFor(from: string, device: Device): boolean {
  return from === device.id || from === device.siteId || from.startsWith('broker:');
}

function add(index: Map<string, Set<DeviceId>>, key: string, id: DeviceId): void {
  const ids = index.get(key) ?? new Set();
  index.set(key, ids.add(id));
}

function drop(index: Map<string, Set<DeviceId>>, key: string, id: DeviceId): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
