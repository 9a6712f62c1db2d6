import type { Device, DeviceModel, Registry } from '@uptower/domain';
import { metricsOf } from '../telemetry/decode/item.ts';
import type { Words } from './words.ts';

/** What a device's metrics are called, and which time its site reads. */
export function wordsOf(registry: Registry, device: Device, model: DeviceModel): Words {
  const timeZone = registry.sites.get(device.siteId)?.timeZone ?? 'UTC';
  const metrics = metricsOf(model);
  return { timeZone, metric: (key) => metrics.get(key) ?? { name: { en: key, zh: key }, unit: '' } };
}
