import {
  DeviceId,
  type DeviceModel,
  type GrowthRule,
  type IntakeView,
  type LimitRule,
  type NoveltyRule,
  type Principal,
  type RateRule,
  RegistryUpload,
  SiteId,
  type TrendRule,
} from '@uptower/domain';

/** A Monday morning: 2026-03-02T00:00Z. */
export const MONDAY = Date.UTC(2026, 2, 2);

const text = (en: string, zh = en) => ({ en, zh });

/** Helium pressure of an MR magnet: rises when the cold head weakens; beyond 45 kPa the burst disc is near. */
export const heliumTrend: TrendRule = {
  kind: 'trend',
  id: 'helium-trend',
  name: text('Helium pressure trend', '氦压趋势'),
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
};

export const heliumLimit: LimitRule = {
  kind: 'limit',
  id: 'helium-high',
  name: text('Helium pressure high', '氦压过高'),
  component: 'cold-head',
  failureMode: 'cold-head-wear',
  metric: 'helium_pressure',
  severity: 'P1',
  side: 'high',
  level: 40,
  deadband: 2,
  onDelaySeconds: 300,
  offDelaySeconds: 600,
  probability: 0.8,
  horizonHours: 24,
};

export const tripGrowth: GrowthRule = {
  kind: 'growth',
  id: 'chiller-trips',
  name: text('Chiller trips', '冷水机跳闸'),
  component: 'chiller',
  failureMode: 'chiller-pump',
  metric: 'chiller_trips',
  severity: 'P2',
  by: 3,
  withinHours: 24,
  holdHours: 48,
  probability: 0.5,
  horizonHours: 72,
};

export const heliumRate: RateRule = {
  kind: 'rate',
  id: 'helium-rate',
  name: text('Helium pressure rises quickly', '氦压快速升高'),
  component: 'cold-head',
  failureMode: 'cold-head-wear',
  metric: 'helium_pressure',
  severity: 'P2',
  side: 'high',
  perHour: 4,
  withinHours: 1,
  deadband: 1,
  onDelaySeconds: 300,
  offDelaySeconds: 600,
  probability: 0.6,
  horizonHours: 24,
};

export const heliumNovelty: NoveltyRule = {
  kind: 'novelty',
  id: 'helium-strange',
  name: text('Helium pressure unlike itself', '氦压异常'),
  component: 'cold-head',
  failureMode: 'cold-head-wear',
  metric: 'helium_pressure',
  severity: 'P3',
  onceInDays: 30,
  minDeviation: 0,
  side: 'any',
  everySeconds: 300,
  onDelaySeconds: 900,
  offDelaySeconds: 1800,
  probability: 0.2,
  horizonHours: 72,
};

export const mrModel: DeviceModel = {
  id: 'mdl_mr' as DeviceModel['id'],
  kind: 'mr',
  name: text('MR 1.5T', '1.5T 磁共振'),
  metrics: [
    {
      key: 'helium_pressure',
      name: text('Helium pressure', '氦压'),
      unit: 'kPa',
      kind: 'gauge',
      possible: { min: 0, max: 200 },
    },
    { key: 'chiller_trips', name: text('Chiller trips', '冷水机跳闸次数'), unit: 'count', kind: 'counter' },
  ],
  components: [
    { key: 'cold-head', name: text('Cold head', '冷头') },
    { key: 'chiller', name: text('Chiller', '冷水机') },
  ],
  failureModes: ['cold-head-wear', 'chiller-pump'].map((key) => ({
    key,
    component: key === 'chiller-pump' ? 'chiller' : 'cold-head',
    name: text(key),
    skill: { name: 'mr', level: 2 as const },
    serviceMinutes: 120,
    parts: [],
    steps: [{ key: 'swap', name: text('Swap') }],
  })),
  rules: [heliumTrend, heliumLimit, tripGrowth],
  reportingIntervalSeconds: 60,
};

/** Two hospitals: `hos_a` with `dev_a1` and `dev_a2`, `hos_b` with `dev_b1`, an observed device of the same model. */
export function smallFleet(model: DeviceModel = mrModel): RegistryUpload {
  const hospital = (key: string) => ({ id: `hos_${key}`, name: text(`Hospital ${key}`, `医院 ${key}`) });
  const site = (key: string) => ({
    id: `site_${key}`,
    hospitalId: `hos_${key}`,
    name: text(`Site ${key}`),
    place: { lat: 29.5, lon: 106.5 },
    timeZone: 'Asia/Shanghai',
    access: { fromMinute: 0, toMinute: 1440 },
  });
  const contract = (key: string) => ({
    id: `ctr_${key}`,
    hospitalId: `hos_${key}`,
    name: text('Full'),
    uptimeTarget: 0.98,
    partialWeight: 0.5,
    downHourCost: 100_000,
    responseHours: { P1: 4, P2: 8, P3: 24 },
    resolutionHours: { P1: 8, P2: 24, P3: 72 },
  });
  const device = (key: string, name: string, service: 'full' | 'observe') => ({
    id: `dev_${name}`,
    siteId: `site_${key}`,
    hospitalId: `hos_${key}`,
    modelId: model.id,
    contractId: `ctr_${key}`,
    name: text(name),
    serial: name,
    room: text('1'),
    service,
  });
  return RegistryUpload.parse({
    hospitals: [hospital('a'), hospital('b')],
    sites: [site('a'), site('b')],
    contracts: [contract('a'), contract('b')],
    models: [model],
    devices: [device('a', 'a1', 'full'), device('a', 'a2', 'full'), device('b', 'b1', 'observe')],
  });
}

export const deviceA1 = DeviceId.parse('dev_a1');
export const deviceB1 = DeviceId.parse('dev_b1');

/** `dev_a1` speaks for itself; the fleet's naming says its site. */
export function principalOf(deviceId: string): Principal {
  return { kind: 'device', deviceId: DeviceId.parse(deviceId), siteId: SiteId.parse(`site_${deviceId.charAt(4)}`) };
}

/** The intake of a server that was never spoken to. */
export const noIntake = (): IntakeView => ({
  id: 'intake',
  connections: 0,
  messages: 0,
  readings: 0,
  duplicates: 0,
  amended: 0,
  tooLate: 0,
  unknownMetrics: 0,
  converted: 0,
  quarantined: {},
  refused: {},
  dropped: 0,
  journalPosition: 0,
  lag: 0,
  inFlight: 0,
  held: 0,
  holds: 0,
  maxLag: 1,
  broker: null,
  journal: { state: 'ok', bytes: 0, unreadBytes: 0, freeBytes: null, waiting: 0, damaged: 0, consumers: {} },
  journalLimitBytes: 1,
  alarms: [],
  consumers: [],
  store: { error: null, backlog: false, waitingRows: 0, refused: 0, missing: 0 },
  latency: { durable: null, events: null, loop: null },
  presence: {
    devices: 0,
    facts: { 'session-lost': 0, 'gateway-lost': 0, silent: 0, 'sensor-stuck': 0, 'clock-jumped': 0 },
    neverHeard: 0,
    serverClock: null,
    skewed: 0,
  },
});
