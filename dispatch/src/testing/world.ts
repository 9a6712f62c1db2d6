import {
  AccountId,
  ContractId,
  type Device,
  DeviceId,
  type DeviceModel,
  type Engineer,
  EngineerId,
  eventsOfUpload,
  type Finding,
  HOUR,
  HospitalId,
  type Instant,
  ModelId,
  PartId,
  RegistryUpload,
  type Role,
  SiteId,
  type Skill,
  streams,
  type UptowerEvent,
  type Viewer,
} from '@uptower/domain';
import type { EventLog } from '@uptower/platform';

/** Monday 3 March 2025, 09:00 in Chongqing: everybody has been on shift for an hour. */
export const MONDAY_9 = Date.UTC(2025, 2, 3, 1, 0);

export const both = (en: string, zh = en) => ({ en, zh });
const hospital = (name: string) => HospitalId.parse(`hos_${name}`);
export const CITY = hospital('city');
export const HILL = hospital('hill');
/** Reads its magnet's helium pressure; the cold head wears. */
export const MR = DeviceId.parse('dev_city-mr');
export const CT = DeviceId.parse('dev_city-ct');
/** The other hospital's, 30 km away. */
export const HILL_CT = DeviceId.parse('dev_hill-ct');
/** A drive whose history is replayed: nobody is sent. */
export const DISK = DeviceId.parse('dev_disk');
export const SEAL_KIT = PartId.parse('prt_seal-kit');
/** MR specialist in the city with seal kits. */
export const ANA = EngineerId.parse('eng_ana');
/** CT engineer in the city. */
export const BO = EngineerId.parse('eng_bo');
/** Knows both a little, lives near the hill hospital, has no parts. */
export const CHEN = EngineerId.parse('eng_chen');

const model = (
  id: string,
  kind: DeviceModel['kind'],
  component: string,
  skill: Skill,
  parts: PartId[],
): DeviceModel => ({
  id: ModelId.parse(`mdl_${id}`),
  kind,
  name: both(id.toUpperCase()),
  metrics: [{ key: 'pressure', name: both('Pressure', '压力'), unit: 'kPa', kind: 'gauge' }],
  components: [{ key: component, name: both(component === 'coldHead' ? 'Cold head' : component, '部件') }],
  failureModes: [
    {
      key: 'wear',
      component,
      name: both('helium pressure rising', '氦压上升'),
      skill,
      serviceMinutes: 120,
      parts,
      steps: [
        { key: 'swap', name: both('Swap', '更换') },
        { key: 'test', name: both('Test', '测试') },
      ],
    },
  ],
  rules: [],
  reportingIntervalSeconds: 60,
});

const device = (id: DeviceId, at: 'city' | 'hill', modelId: string, service: Device['service'] = 'full'): Device => ({
  id,
  siteId: SiteId.parse(`site_${at}`),
  hospitalId: hospital(at),
  modelId: ModelId.parse(`mdl_${modelId}`),
  contractId: ContractId.parse(`ctr_${at}`),
  name: both(id),
  serial: id,
  room: both('1'),
  service,
});

export const weekdays = (fromMinute: number, toMinute: number) =>
  [1, 2, 3, 4, 5].map((weekday) => ({ weekday, fromMinute, toMinute }));

export const engineer = (id: EngineerId, skills: Skill[], more: Partial<Engineer> = {}): Engineer => ({
  id,
  name: both(id.slice(4), `${id.slice(4)}工`),
  home: { lat: 29.56, lon: 106.55 },
  timeZone: 'Asia/Shanghai',
  skills,
  shifts: weekdays(8 * 60, 18 * 60),
  absences: [],
  vanStock: {},
  ...more,
});

/** Two hospitals, four devices, three engineers. */
export function aSmallWorld(): RegistryUpload {
  const site = (at: 'city' | 'hill', lat: number, lon: number, access = { fromMinute: 0, toMinute: 1440 }) => ({
    id: SiteId.parse(`site_${at}`),
    hospitalId: hospital(at),
    name: both(at),
    place: { lat, lon },
    timeZone: 'Asia/Shanghai',
    access,
  });
  const contract = (at: 'city' | 'hill') => ({
    id: ContractId.parse(`ctr_${at}`),
    hospitalId: hospital(at),
    name: both(at),
    uptimeTarget: 0.98,
    partialWeight: 0.5,
    downHourCost: 360_000,
    responseHours: { P1: 4, P2: 12, P3: 48 },
    resolutionHours: { P1: 12, P2: 36, P3: 96 },
  });
  return RegistryUpload.parse({
    hospitals: [
      { id: CITY, name: both('City') },
      { id: HILL, name: both('Hill') },
    ],
    sites: [site('city', 29.58, 106.53), site('hill', 29.8, 106.4, { fromMinute: 480, toMinute: 1080 })],
    contracts: [contract('city'), contract('hill')],
    models: [
      model('mr', 'mr', 'coldHead', { name: 'cryogenics', level: 2 }, [SEAL_KIT]),
      model('ct', 'ct', 'tube', { name: 'xray', level: 1 }, []),
      model('disk', 'pacs-storage', 'disk', { name: 'storage', level: 1 }, []),
    ],
    devices: [
      device(MR, 'city', 'mr'),
      device(CT, 'city', 'ct'),
      device(HILL_CT, 'hill', 'ct'),
      device(DISK, 'city', 'disk', 'observe'),
    ],
    parts: [{ id: SEAL_KIT, name: both('Seal kit', '密封件'), unitCost: 100 }],
    engineers: [
      engineer(
        ANA,
        [
          { name: 'cryogenics', level: 3 },
          { name: 'xray', level: 1 },
        ],
        { vanStock: { [SEAL_KIT]: 1 } },
      ),
      engineer(BO, [{ name: 'xray', level: 2 }]),
      engineer(
        CHEN,
        [
          { name: 'xray', level: 1 },
          { name: 'cryogenics', level: 2 },
        ],
        { home: { lat: 29.82, lon: 106.38 } },
      ),
    ],
  });
}

export async function register(events: EventLog<UptowerEvent>, upload: RegistryUpload, at: Instant): Promise<void> {
  await events.append([{ stream: streams.registry, events: eventsOfUpload(upload) }], { at, actor: 'test' });
}

const COMPONENT: Record<string, string> = { [MR]: 'coldHead', [CT]: 'tube', [HILL_CT]: 'tube', [DISK]: 'disk' };
export const componentOf = (deviceId: DeviceId) => COMPONENT[deviceId] ?? 'tube';

export function aFinding(deviceId: DeviceId, at: Instant, probability: number, more: Partial<Finding> = {}): Finding {
  return {
    ruleId: 'rule',
    ruleName: both('Rule', '规则'),
    component: componentOf(deviceId),
    failureMode: 'wear',
    severity: 'P2',
    at,
    probability,
    horizonHours: 72,
    curve: [
      { at, p: 0 },
      { at: at + 72 * HOUR, p: probability },
    ],
    expected: { p10: null, p50: null, p90: null },
    evidence: { metric: 'pressure', value: 1, level: 2, since: at, text: both('rising', '上升') },
    ...more,
  };
}

export function aViewer(role: Role, more: Partial<Viewer> = {}): Viewer {
  return {
    accountId: AccountId.parse(`acc_${role}`),
    name: both(role),
    role,
    hospitalId: null,
    engineerId: null,
    ...more,
  };
}
