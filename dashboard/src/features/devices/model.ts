import type {
  Availability,
  DeviceModel,
  DeviceView,
  Language,
  LatestValue,
  Metric,
  UnknownMetric,
} from '@uptower/domain';

export interface DeviceFilter {
  readonly search: string;
  readonly state: Availability | 'alert' | null;
  readonly modelId: string | null;
}

const WORST: Record<Availability, number> = { down: 0, partial: 1, planned: 2, unknown: 3, up: 4 };

/** Every word must be found somewhere, in either language: `重庆 CT` and `chongqing ct` both work. */
export function filterDevices(
  devices: readonly DeviceView[],
  filter: DeviceFilter,
  language: Language,
): readonly DeviceView[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (device: DeviceView) => {
    if (filter.modelId && device.modelId !== filter.modelId) return false;
    if (filter.state === 'alert' && !device.openAlert) return false;
    if (filter.state && filter.state !== 'alert' && device.availability.state !== filter.state) return false;
    if (words.length === 0) return true;
    const { name, hospitalName, modelName, room } = device;
    const text = [name, hospitalName, modelName, room]
      .flatMap((each) => [each.en, each.zh])
      .concat(device.serial, device.id, device.kind)
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const nameOf = (device: DeviceView) => (language === 'en' ? device.hospitalName.en : device.hospitalName.zh);
  return devices
    .filter(matches)
    .sort(
      (a, b) =>
        WORST[a.availability.state] - WORST[b.availability.state] ||
        (a.openAlert?.severity ?? 'P9').localeCompare(b.openAlert?.severity ?? 'P9') ||
        nameOf(a).localeCompare(nameOf(b)) ||
        (a.id < b.id ? -1 : 1),
    );
}

export function countStates(devices: readonly DeviceView[]): Record<Availability, number> & { alert: number } {
  const counts = { up: 0, partial: 0, down: 0, planned: 0, unknown: 0, alert: 0 };
  for (const device of devices) {
    counts[device.availability.state] += 1;
    if (device.openAlert) counts.alert += 1;
  }
  return counts;
}

export function modelsOf(devices: readonly DeviceView[]) {
  return [...new Map(devices.map((device) => [device.modelId as string, device.modelName])).entries()].map(
    ([id, name]) => ({ id, name }),
  );
}

/** The model's metrics, then what the device sends besides, by the names it uses. */
export const withUnknown = (model: DeviceModel, unknown: readonly UnknownMetric[]): DeviceModel => ({
  ...model,
  metrics: [
    ...model.metrics,
    ...unknown.map(
      ({ metric, unit }): Metric => ({
        key: metric,
        name: { en: metric, zh: metric },
        unit: unit ?? '',
        kind: 'gauge',
      }),
    ),
  ],
});

/** What a curve can be drawn of: what was measured as a number, then what was never measured; no words, no switches. */
export function drawable({ metrics }: DeviceModel, latest: readonly LatestValue[]): readonly Metric[] {
  const kinds = new Map(latest.map(({ metric, value }) => [metric, typeof value]));
  return [...metrics.filter(({ key }) => kinds.get(key) === 'number'), ...metrics.filter(({ key }) => !kinds.has(key))];
}
