import {
  ContractId,
  DeviceId,
  type Engineer,
  EngineerId,
  HOUR,
  HospitalId,
  type Instant,
  ModelId,
  PartId,
  type Place,
  RegistryUpload,
  SiteId,
  type Skill,
} from '@uptower/domain';
import { Rng } from '../../../dispatch/src/solver/rng.ts';

export interface Region {
  readonly registry: RegistryUpload;
  /** Devices that ask for service one after the other, and how badly. */
  readonly requests: readonly Request[];
}

export interface Request {
  readonly deviceId: DeviceId;
  readonly hospitalId: HospitalId;
  readonly impact: 'down' | 'limited' | 'question';
}

/** Monday 3 March 2025, 06:00 in Chongqing: nobody sets out for half an hour. */
export const MONDAY_6: Instant = Date.UTC(2025, 2, 2, 22, 0);
const TIME_ZONE = 'Asia/Shanghai';
const KINDS = ['mr', 'ct', 'dsa', 'xray', 'ultrasound', 'ventilator'] as const;
const SKILLS = ['cryogenics', 'xray', 'angiography', 'detector', 'acoustics', 'gas'] as const;

/**
 * A made-up service region of about 130 x 130 km: one site for four visits, half of them around five cities; an engineer
 * knows about half of six kinds of devices and works nine hours on weekdays, one in ten days off. Of the calls one in 25
 * reports a device out of service, five one that works with limits. Beyond `visits` there are `spare` devices to call later.
 */
export function madeUpRegion(seed: number, visits: number, engineers: number, spare: number): Region {
  const rng = new Rng(seed);
  const cities = Array.from({ length: 5 }, () => somewhere(rng));
  const place = () => (rng.unit() < 0.5 ? near(rng, cities[rng.below(5)] as Place) : somewhere(rng));
  const siteCount = Math.max(3, Math.round(visits / 4));
  const ids = Array.from({ length: siteCount }, (_, k) => k);
  const deviceCount = visits + spare;
  const deviceOf = (k: number) => DeviceId.parse(`dev_d${k}`);
  const siteOfDevice = Array.from({ length: deviceCount }, () => rng.below(siteCount));
  const registry = RegistryUpload.parse({
    hospitals: ids.map((k) => ({ id: `hos_h${k}`, name: both(`Hospital ${k}`) })),
    sites: ids.map((k) => ({
      id: SiteId.parse(`site_s${k}`),
      hospitalId: `hos_h${k}`,
      name: both(`Site ${k}`),
      place: place(),
      timeZone: TIME_ZONE,
      access: rng.unit() < 0.5 ? { fromMinute: 0, toMinute: 1440 } : { fromMinute: 8 * 60, toMinute: 17 * 60 },
    })),
    contracts: ids.map((k) => ({
      id: ContractId.parse(`ctr_c${k}`),
      hospitalId: `hos_h${k}`,
      name: both(`Contract ${k}`),
      uptimeTarget: 0.97,
      partialWeight: 0.3,
      downHourCost: 100_000 * (1 + rng.below(5)),
      responseHours: { P1: 4, P2: 24, P3: 96 },
      resolutionHours: { P1: 24, P2: 72, P3: 240 },
    })),
    models: KINDS.map((kind, k) => ({
      id: ModelId.parse(`mdl_${kind}`),
      kind,
      name: both(kind),
      metrics: [{ key: 'value', name: both('value'), unit: '', kind: 'gauge' }],
      components: [{ key: 'part', name: both('part') }],
      failureModes: [
        {
          key: 'wear',
          component: 'part',
          name: both('wear'),
          skill: { name: SKILLS[k], level: 1 },
          serviceMinutes: 60,
          parts: [],
          steps: [{ key: 'repair', name: both('repair') }],
        },
      ],
      rules: [],
      reportingIntervalSeconds: 60,
    })),
    devices: siteOfDevice.map((site, k) => ({
      id: deviceOf(k),
      siteId: `site_s${site}`,
      hospitalId: `hos_h${site}`,
      modelId: `mdl_${KINDS[rng.below(KINDS.length)]}`,
      contractId: `ctr_c${site}`,
      name: both(`Device ${k}`),
      serial: String(k),
      room: both('1'),
      service: 'full',
    })),
    parts: [{ id: PartId.parse('prt_part'), name: both('Part'), unitCost: 100 }],
    engineers: Array.from({ length: engineers }, (_, k) => engineer(rng, k, place())),
  });
  const impact = (): Request['impact'] => {
    const share = rng.unit();
    return share < 0.04 ? 'down' : share < 0.24 ? 'limited' : 'question';
  };
  const requests = siteOfDevice.map(
    (site, k): Request => ({
      deviceId: deviceOf(k),
      hospitalId: HospitalId.parse(`hos_h${site}`),
      impact: k < visits ? impact() : 'down',
    }),
  );
  return { registry, requests };
}

const both = (text: string) => ({ en: text, zh: text });
const somewhere = (rng: Rng): Place => ({ lat: 29 + 1.2 * rng.unit(), lon: 106 + 1.35 * rng.unit() });
const near = (rng: Rng, { lat, lon }: Place): Place => ({
  lat: lat + 0.12 * (rng.unit() - 0.5),
  lon: lon + 0.14 * (rng.unit() - 0.5),
});

function engineer(rng: Rng, k: number, home: Place): Engineer {
  const known = SKILLS.filter(() => rng.unit() < 0.5);
  const first = SKILLS[k % SKILLS.length] as (typeof SKILLS)[number];
  const from = (7 + rng.below(3)) * 60;
  const dayOff = MONDAY_6 + (rng.below(10) * 24 - 6) * HOUR;
  return {
    id: EngineerId.parse(`eng_e${k}`),
    name: both(`Engineer ${k}`),
    home,
    timeZone: TIME_ZONE,
    skills: [...new Set([first, ...known])].map((name) => ({ name, level: (1 + rng.below(3)) as Skill['level'] })),
    shifts: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, fromMinute: from, toMinute: from + 9 * 60 })),
    absences: [{ from: dayOff, to: dayOff + 24 * HOUR }],
    vanStock: {},
  };
}
