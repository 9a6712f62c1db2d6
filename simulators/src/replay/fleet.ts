import { DeviceKind, type DeviceModel, type GrowthRule, type Metric, RegistryUpload } from '@uptower/domain';
import type { Manifest } from './manifest.ts';
import type { History } from './read-history.ts';

/** Lower-case letters, digits and hyphens, as ids want it. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
}

const both = (text: string) => ({ en: text, zh: text });

/** Without rules of its own a fleet is watched in the plainest way: any counter that grew, at an honest one in five. */
function plainWatch(manifest: Manifest, components: readonly string[]): Omit<DeviceModel, 'id' | 'kind' | 'name'> {
  const metrics = metricsOf(manifest);
  const component = components[0] ?? 'device';
  const rules = metrics
    .filter((metric) => metric.kind === 'counter')
    .map(
      (metric): GrowthRule => ({
        kind: 'growth',
        id: `${metric.key}-grew`,
        name: { en: `${metric.key} grew`, zh: `${metric.key} 增长` },
        component,
        failureMode: `${component}-failure`,
        metric: metric.key,
        severity: 'P2',
        by: 1,
        withinHours: 24,
        holdHours: 24,
        probability: 0.2,
        horizonHours: manifest.score.horizon_hours,
      }),
    );
  return {
    metrics,
    components: (components.length > 0 ? components : ['device']).map((key) => ({ key, name: both(key) })),
    failureModes: (components.length > 0 ? components : ['device']).map((key) => ({
      key: `${key}-failure`,
      component: key,
      name: { en: `${key} failure`, zh: `${key} 故障` },
      skill: { name: 'it', level: 1 },
      serviceMinutes: 60,
      parts: [],
      steps: [{ key: 'replace', name: { en: 'Replace', zh: '更换' } }],
    })),
    rules,
    reportingIntervalSeconds: null,
  };
}

function metricsOf(manifest: Manifest): Metric[] {
  const metrics = new Map<string, Metric>();
  for (const source of manifest.readings)
    for (const [key, { unit, kind }] of Object.entries(source.values))
      metrics.set(key, { key, name: both(key), unit: unit ?? '', kind: kind ?? 'gauge' });
  return [...metrics.values()];
}

/** The devices of a history as reference data: one site of their own, observed only (nobody is sent to a failure of years ago). */
export function fleetOf(manifest: Manifest, history: History) {
  const id = slug(manifest.name);
  const siteId = `site_${id}`;
  const components = [...history.components].sort();
  const watch = manifest.watch;
  const body = watch
    ? {
        metrics: [
          ...new Map([...metricsOf(manifest), ...watch.metrics].map((metric) => [metric.key, metric])).values(),
        ],
        components: watch.components,
        failureModes: watch.failureModes,
        rules: watch.rules,
        reportingIntervalSeconds: null,
      }
    : plainWatch(manifest, components);
  const deviceIds = history.devices.map((device) => `dev_${id.slice(0, 24)}-${slug(device.name).slice(0, 36)}`);
  if (new Set(deviceIds).size !== deviceIds.length)
    throw new Error('two devices of the history have names that differ only in signs an id cannot hold');
  const upload = RegistryUpload.parse({
    hospitals: [{ id: `hos_${id}`, name: both(manifest.name) }],
    sites: [
      {
        id: siteId,
        hospitalId: `hos_${id}`,
        name: both(manifest.name),
        place: { lat: 29.56, lon: 106.55 },
        timeZone: 'Etc/UTC',
        access: { fromMinute: 0, toMinute: 1440 },
      },
    ],
    contracts: [
      {
        id: `ctr_${id}`,
        hospitalId: `hos_${id}`,
        name: { en: 'Replayed history, observed only', zh: '历史回放，仅观察' },
        uptimeTarget: 0.95,
        partialWeight: 0.5,
        downHourCost: 0,
        responseHours: { P1: 4, P2: 8, P3: 24 },
        resolutionHours: { P1: 24, P2: 48, P3: 120 },
      },
    ],
    models: [
      {
        id: `mdl_${id}`,
        kind: DeviceKind.safeParse(watch?.kind).data ?? 'other',
        name: watch?.name ?? both(manifest.name),
        ...body,
      },
    ],
    devices: history.devices.map((device, index) => ({
      id: deviceIds[index],
      siteId,
      hospitalId: `hos_${id}`,
      modelId: `mdl_${id}`,
      contractId: `ctr_${id}`,
      name: both(device.name.slice(0, 200)),
      serial: device.name.slice(0, 64),
      room: { en: device.model ?? 'Replay', zh: device.model ?? '回放' },
      service: 'observe',
    })),
  });
  return { siteId, deviceIds, upload };
}
