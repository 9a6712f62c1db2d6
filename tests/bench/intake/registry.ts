import { type DeviceModel, RegistryUpload } from '@uptower/domain';
import { deviceName, SITE } from './fleet.ts';

const text = (en: string) => ({ en, zh: en });

/** A model with a rule of each kind, so that every message is judged. */
const model: DeviceModel = {
  id: 'mdl_bench' as DeviceModel['id'],
  kind: 'mr',
  name: text('Bench'),
  metrics: [
    {
      key: 'helium_pressure',
      name: text('Helium pressure'),
      unit: 'kPa',
      kind: 'gauge',
      possible: { min: 0, max: 200 },
    },
    { key: 'chiller_trips', name: text('Chiller trips'), unit: 'count', kind: 'counter' },
    { key: 'oil', name: text('Oil temperature'), unit: '°C', kind: 'gauge', possible: { min: -40, max: 200 } },
    { key: 'rpm', name: text('Fan speed'), unit: 'rpm', kind: 'gauge' },
  ],
  components: [
    { key: 'cold-head', name: text('Cold head') },
    { key: 'chiller', name: text('Chiller') },
  ],
  failureModes: ['cold-head', 'chiller'].map((component) => ({
    key: `${component}-wear`,
    component,
    name: text(component),
    skill: { name: 'mr', level: 2 as const },
    serviceMinutes: 120,
    parts: [],
    steps: [{ key: 'swap', name: text('Swap') }],
  })),
  rules: [
    {
      kind: 'trend',
      id: 'trend',
      name: text('Trend'),
      component: 'cold-head',
      failureMode: 'cold-head-wear',
      metric: 'helium_pressure',
      severity: 'P2',
      direction: 'rising',
      healthyLevel: 20,
      failLevel: 45,
      memoryHours: 12,
      minHours: 3,
      horizonHours: 48,
      minProbability: 0.3,
    },
    {
      kind: 'limit',
      id: 'limit',
      name: text('Limit'),
      component: 'cold-head',
      failureMode: 'cold-head-wear',
      metric: 'helium_pressure',
      severity: 'P1',
      side: 'high',
      level: 40,
      deadband: 2,
      onDelaySeconds: 0,
      offDelaySeconds: 0,
      probability: 0.8,
      horizonHours: 24,
    },
    {
      kind: 'growth',
      id: 'growth',
      name: text('Growth'),
      component: 'chiller',
      failureMode: 'chiller-wear',
      metric: 'chiller_trips',
      severity: 'P2',
      by: 3,
      withinHours: 24,
      holdHours: 48,
      probability: 0.5,
      horizonHours: 72,
    },
  ],
  reportingIntervalSeconds: null,
};

/** One hospital with so many devices of one model. */
export function registry(devices: number): RegistryUpload {
  return RegistryUpload.parse({
    hospitals: [{ id: 'hos_a', name: text('Hospital') }],
    sites: [
      {
        id: SITE,
        hospitalId: 'hos_a',
        name: text('Site'),
        place: { lat: 29.5, lon: 106.5 },
        timeZone: 'Asia/Shanghai',
        access: { fromMinute: 0, toMinute: 1440 },
      },
    ],
    contracts: [
      {
        id: 'ctr_a',
        hospitalId: 'hos_a',
        name: text('Full'),
        uptimeTarget: 0.98,
        partialWeight: 0.5,
        downHourCost: 100_000,
        responseHours: { P1: 4, P2: 8, P3: 24 },
        resolutionHours: { P1: 8, P2: 24, P3: 72 },
      },
    ],
    models: [model],
    devices: Array.from({ length: devices }, (_, i) => ({
      id: deviceName(i),
      siteId: SITE,
      hospitalId: 'hos_a',
      modelId: model.id,
      contractId: 'ctr_a',
      name: text(deviceName(i)),
      serial: String(i),
      room: text('1'),
      service: 'full',
    })),
  });
}
