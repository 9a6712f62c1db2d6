import type {
  DeviceKind,
  FailureMode,
  GrowthRule,
  LimitRule,
  LocalText,
  Metric,
  ModelId,
  NoveltyRule,
  PartId,
  RateRule,
  Rule,
  Severity,
  Skill,
  SkillLevel,
  TrendRule,
} from '@uptower/domain';

/** How a device is used: decides load over the day. */
export type Rhythm = 'scanner' | 'emergency' | 'clinic' | 'icu' | 'lab' | 'server';

/** How one metric of a healthy device behaves. All parts add up; see `signal.ts`. */
export interface Signal {
  readonly metric: Metric;
  /** Typical value at rest in a room of nominal temperature. */
  readonly base: number;
  /** Devices of one model differ by up to ± this. */
  readonly spread?: number;
  /** Added at full load, at once. */
  readonly load?: number;
  /** Added at full heat: load filtered with a time constant of an hour. */
  readonly heat?: number;
  /** Added a degree of room temperature. */
  readonly ambient?: number;
  /** Amplitude of slow wandering over hours. */
  readonly wander?: number;
  /** Deviation of the noise of one sample. */
  readonly noise?: number;
  /** Counters only: healthy growth a day. */
  readonly perDay?: number;
  readonly decimals: number;
}

/** What a fault does to a metric at full degradation; counters grow by that many in the course of the fault. */
export interface Effect {
  readonly metric: string;
  readonly amount: number;
  /** Shows in proportion to heat only (half of it at rest is never visible). */
  readonly underLoad?: boolean;
}

/** A failure mode as physics knows it: what is registered with the product, and what stays hidden from it. */
export interface HiddenMode {
  readonly mode: FailureMode;
  readonly effects: readonly Effect[];
  /** Onset to failure, hours: shortest and longest. */
  readonly hours: readonly [number, number];
  /** Exponent of the degradation: 1 straight, 2 and more slow first and then fast (wear feeds on itself). */
  readonly convexity: readonly [number, number];
  readonly whenFailed: 'down' | 'partial';
  /** After the repair the metrics return with this time constant, minutes. */
  readonly recoveryMinutes: number;
  /** How often compared with the other modes of the fleet. */
  readonly weight: number;
  readonly rules: readonly Rule[];
}

export interface ModelKit {
  readonly id: ModelId;
  readonly kind: DeviceKind;
  /** Part of device ids: `dev_huaxi-mr-1`. */
  readonly code: string;
  readonly name: LocalText;
  readonly deviceName: LocalText;
  readonly room: LocalText;
  readonly rhythm: Rhythm;
  readonly components: readonly { readonly key: string; readonly name: LocalText }[];
  readonly signals: readonly Signal[];
  readonly modes: readonly HiddenMode[];
}

export const t = (en: string, zh: string): LocalText => ({ en, zh });

type SignalShape = Omit<Signal, 'metric'> & {
  readonly unit: string;
  readonly counter?: boolean;
  readonly min: number;
  readonly max: number;
};

/** A signal in one line: key, names, figures. */
export function signal(key: string, name: LocalText, shape: SignalShape): Signal {
  const { unit, counter, min, max, ...figures } = shape;
  return { metric: { key, name, unit, kind: counter ? 'counter' : 'gauge', possible: { min, max } }, ...figures };
}

/** Load in percent; every model has it and rules may look only at readings taken at a load. */
export const ACTIVITY: Metric = {
  key: 'activity',
  name: t('Load', '负载'),
  unit: '%',
  kind: 'gauge',
  possible: { min: 0, max: 100 },
};

/** Rules on loaded metrics look only at readings during an exam. */
export const WHILE_SCANNING = { metric: 'activity', min: 30 } as const;

type Common = {
  readonly id: string;
  readonly name: LocalText;
  readonly metric: string;
  readonly severity: Severity;
  readonly only?: LimitRule['only'];
};
type Unbound<R extends Rule> = Omit<R, 'kind' | 'component' | 'failureMode' | keyof Common> & Common;
export type ModeRule =
  | ({ readonly kind: 'limit' } & Unbound<LimitRule>)
  | ({ readonly kind: 'trend' } & Unbound<TrendRule>)
  | ({ readonly kind: 'growth' } & Unbound<GrowthRule>)
  | ({ readonly kind: 'rate' } & Unbound<RateRule>)
  | ({ readonly kind: 'novelty' } & Unbound<NoveltyRule>);

interface ModeShape extends Omit<HiddenMode, 'mode' | 'rules'> {
  readonly name: LocalText;
  readonly component: string;
  readonly skill: readonly [string, SkillLevel];
  readonly minutes: number;
  readonly parts: readonly string[];
  /** The work between making safe and the return-to-service test: key, English, Chinese. */
  readonly work: readonly (readonly [string, string, string])[];
  readonly test: LocalText;
  readonly rules: readonly ModeRule[];
}

const MAKE_SAFE = t(
  'Agree with the ward, lock out power and tag, check for no patient on the device',
  '与科室交接，断电挂牌上锁，确认设备上无患者',
);

export function hiddenMode(key: string, shape: ModeShape): HiddenMode {
  const { name, component, skill, minutes, parts, work, test, rules, ...hidden } = shape;
  const wanted: Skill = { name: skill[0], level: skill[1] };
  return {
    ...hidden,
    mode: {
      key,
      component,
      name,
      skill: wanted,
      serviceMinutes: minutes,
      parts: parts.map((part) => `prt_${part}` as PartId),
      steps: [
        { key: 'makeSafe', name: MAKE_SAFE },
        ...work.map(([step, en, zh]) => ({ key: step, name: t(en, zh) })),
        { key: 'returnToService', name: test },
      ],
    },
    rules: rules.map((rule) => ({ ...rule, component, failureMode: key })),
  };
}

/** An on-delay that no spike, glitch or slammed door outlasts: sensor glitches of the fleet last up to 6 minutes. */
export const ON_DELAY = 600;

interface Unlike {
  /** Which way the metric goes when the component wears, and how far from usual is more than harmless: in its unit. */
  readonly side: NoveltyRule['side'];
  readonly by: number;
  readonly only?: LimitRule['only'];
  readonly horizonHours: number;
}

/**
 * This device, not its model, is the measure: its metric is further from its own usual than recalibrations, open doors and
 * hot days bring it (they stay below a sixth of what a failure does), for an hour. What differs between devices of a model,
 * and limits must leave room for, is no matter; so it speaks a day or two before them.
 */
export const unlikeItself = (
  id: string,
  name: LocalText,
  metric: string,
  { side, by, only, horizonHours }: Unlike,
): ModeRule => ({
  kind: 'novelty',
  id,
  name,
  metric,
  severity: 'P3',
  ...(only ? { only } : {}),
  side,
  minDeviation: by,
  onceInDays: 14,
  everySeconds: 300,
  onDelaySeconds: 3_600,
  offDelaySeconds: 7_200,
  probability: 0.95,
  horizonHours,
});
