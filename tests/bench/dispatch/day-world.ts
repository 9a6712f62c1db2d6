import {
  HOUR,
  type Instant,
  MINUTE,
  RegistryUpload,
  type Skill,
  streams,
  type UptowerEvent,
  WorkOrderId,
} from '@uptower/domain';
import { Rng } from '../../../dispatch/src/solver/rng.ts';
import type { DispatchState } from '../../../dispatch/src/state.ts';
import { lookUp, orderFromRequest } from '../../../dispatch/src/work-orders/facts.ts';

/** Monday 3 March 2025, 08:00 in Chongqing: shifts begin. */
export const DAY_BEGINS = Date.UTC(2025, 2, 3, 0, 0);
export const DAY_HOURS = 10;

const SKILLS = ['mr', 'ct', 'xray', 'ultrasound', 'lab'] as const;
const KINDS = ['mr', 'ct', 'xray', 'ultrasound', 'analyser'] as const;

export interface DayOptions {
  readonly seed: number;
  readonly requests: number;
  readonly engineers: number;
  /** Share of the requests that nobody knows of when the day begins, 0..1. */
  readonly late: number;
}

/** A call: somebody reports a device, or did so before the day began. */
export interface Call {
  readonly at: Instant;
  readonly deviceId: string;
  readonly serviceMinutes: number;
}

export interface DayWorld {
  readonly registry: RegistryUpload;
  /** In order of time. */
  readonly calls: readonly Call[];
}

/**
 * One working day in 60 x 60 km: a device a site, half of the sites let people in for three to five hours only, engineers know
 * two or three of five skills and live anywhere. Late calls come at any time from the beginning of the day until three hours
 * before it is over, or two and a half before the site closes.
 */
export function dayWorld({ seed, requests, engineers, late }: DayOptions): DayWorld {
  const rng = new Rng(seed);
  const name = (en: string) => ({ en, zh: en });
  const place = () => ({ lat: 29.3 + rng.unit() * 0.54, lon: 106.3 + rng.unit() * 0.62 });
  const sites = Array.from({ length: requests }, (_, i) => {
    const narrow = rng.unit() < 0.5;
    const length = 180 + rng.below(120);
    const fromMinute = narrow ? 480 + rng.below(600 - length) : 480;
    return {
      id: `site_${i}`,
      hospitalId: 'hos_all',
      name: name(`Site ${i}`),
      place: place(),
      timeZone: 'Asia/Shanghai',
      access: { fromMinute, toMinute: narrow ? fromMinute + length : 1080 },
    };
  });
  const kindOf = sites.map(() => rng.below(SKILLS.length));
  const registry = RegistryUpload.parse({
    hospitals: [{ id: 'hos_all', name: name('All') }],
    sites,
    contracts: [
      {
        id: 'ctr_all',
        hospitalId: 'hos_all',
        name: name('Contract'),
        uptimeTarget: 0.98,
        partialWeight: 0.5,
        downHourCost: 300_000,
        responseHours: { P1: 4, P2: 24, P3: 48 },
        resolutionHours: { P1: 12, P2: 48, P3: 96 },
      },
    ],
    models: SKILLS.map((skill, k) => ({
      id: `mdl_${skill}`,
      kind: KINDS[k],
      name: name(skill),
      metrics: [],
      components: [{ key: 'unit', name: name('Unit') }],
      failureModes: [
        {
          key: 'wear',
          component: 'unit',
          name: name('wear'),
          skill: { name: skill, level: 2 },
          serviceMinutes: 60,
          parts: [],
          steps: [{ key: 'repair', name: name('Repair') }],
        },
      ],
      rules: [],
      reportingIntervalSeconds: 60,
    })),
    devices: sites.map(({ id, hospitalId }, i) => ({
      id: `dev_${i}`,
      siteId: id,
      hospitalId,
      modelId: `mdl_${SKILLS[kindOf[i] ?? 0]}`,
      contractId: 'ctr_all',
      name: name(`Device ${i}`),
      serial: `${i}`,
      room: name('1'),
      service: 'full',
    })),
    engineers: Array.from({ length: engineers }, (_, e) => {
      const skills: Skill[] = SKILLS.flatMap((skill, k) =>
        k === e % SKILLS.length || rng.unit() < 0.35 ? [{ name: skill, level: 2 as const }] : [],
      );
      return {
        id: `eng_${e}`,
        name: name(`Engineer ${e}`),
        home: place(),
        timeZone: 'Asia/Shanghai',
        skills,
        shifts: [{ weekday: 1, fromMinute: 480, toMinute: 480 + DAY_HOURS * 60 }],
        absences: [],
        vanStock: {},
      };
    }),
  });
  const calls = sites.map(({ access }, i): Call => {
    const closes = DAY_BEGINS + (access.toMinute - 480) * MINUTE;
    const last = Math.min(DAY_BEGINS + (DAY_HOURS - 3) * HOUR, closes - 2.5 * HOUR);
    const isLate = rng.unit() < late;
    const at = DAY_BEGINS + Math.round((rng.unit() * Math.max(0, last - DAY_BEGINS)) / MINUTE) * MINUTE;
    return { at: isLate ? at : DAY_BEGINS - HOUR, deviceId: `dev_${i}`, serviceMinutes: 30 + 15 * rng.below(5) };
  });
  return { registry, calls: calls.sort((a, b) => a.at - b.at) };
}

/** What the log says when that call comes in. */
export function openedBy(state: DispatchState, { at, deviceId, serviceMinutes }: Call) {
  const device = [...state.registry.devices.keys()].find((id) => id === deviceId);
  const known = device && lookUp(state.registry, device);
  if (!known) throw new Error(`${deviceId} is not registered`);
  const id = WorkOrderId.parse(`wo_${deviceId.slice(4)}`);
  const number = `WO-${1001 + state.orders.size}`;
  const opening = orderFromRequest({
    known,
    impact: 'limited',
    id,
    number,
    openedAt: at,
    note: '',
    requestServiceMinutes: serviceMinutes,
  });
  const event: UptowerEvent = { type: 'work-order.opened', workOrderId: id, at, ...opening };
  return { stream: streams.workOrder(id), expectedVersion: 0, events: [event] };
}
