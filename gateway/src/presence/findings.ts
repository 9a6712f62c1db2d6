import {
  type Finding,
  type Instant,
  type LocalText,
  MINUTE,
  type PresenceFact,
  type PresenceRule,
  SECOND,
  type SiteId,
} from '@uptower/domain';
import { clip, duration, figure, localTime, type Words, withUnit } from '../prediction/words.ts';

const NAMES: Readonly<Record<PresenceFact, LocalText>> = {
  'session-lost': { en: 'Connection lost', zh: '连接中断' },
  'gateway-lost': { en: 'Gateway lost', zh: '网关失联' },
  silent: { en: 'Silent beyond its rhythm', zh: '超出常规间隔无数据' },
  'sensor-stuck': { en: 'Sensor stuck', zh: '传感器数值停滞' },
  'clock-jumped': { en: 'Clock jumped', zh: '设备时钟跳变' },
};

export interface Occasion {
  readonly component: string;
  readonly siteId: SiteId;
  readonly rule: PresenceRule;
  readonly now: Instant;
  readonly words: Words;
}

interface Seen {
  readonly fact: PresenceFact;
  /** Tells findings of one component apart. */
  readonly key?: string;
  readonly since: Instant;
  readonly devices?: number;
  readonly metric: string;
  readonly value: number;
  readonly level: number;
  readonly text: LocalText;
}

/** No failure is foretold, so none is claimed; where an order may open, it is as sure as a reported failure. */
function finding({ component, siteId, rule, now }: Occasion, seen: Seen): Finding {
  const { fact, since, metric, value, level, text } = seen;
  return {
    ruleId: (seen.key === undefined ? fact : `${fact}.${seen.key}`).slice(0, 64),
    ruleName: NAMES[fact],
    component,
    failureMode: fact,
    severity: rule.severity,
    at: now,
    probability: rule.order ? 1 : 0,
    horizonHours: 1,
    curve: rule.order ? [{ at: now, p: 1 }] : [],
    expected: rule.order ? { p10: now, p50: now, p90: now } : { p10: null, p50: null, p90: null },
    evidence: { metric, value, level, since, text: clip(text) },
    presence: { fact, order: rule.order, siteId, devices: seen.devices ?? 1 },
  };
}

/** `45 s` below two minutes, minutes, hours and days above. */
export function span(ms: number): LocalText {
  const size = Math.abs(ms);
  if (size >= 2 * MINUTE) return duration(size);
  const seconds = Math.max(1, Math.round(size / SECOND));
  return { en: `${seconds} s`, zh: `${seconds} 秒` };
}

const times =
  ({ now, words }: Occasion) =>
  (at: Instant) =>
    localTime(at, now, words.timeZone);

export function sessionLost(on: Occasion, since: Instant, byWill: boolean, heardAt: Instant): Finding {
  const at = times(on);
  const will = { en: byWill ? ' (the broker published its last will)' : '', zh: byWill ? '（已发布遗嘱消息）' : '' };
  return finding(on, {
    fact: 'session-lost',
    since,
    metric: 'session',
    value: 0,
    level: 1,
    text: {
      en: `Its connection ended at ${at(since)}${will.en} and has not come back; last message ${at(heardAt)}`,
      zh: `连接于 ${at(since)} 中断${will.zh}，尚未恢复；最后一条消息 ${at(heardAt)}`,
    },
  });
}

/** `learned`: whether the patience is of the device's own past, or of its model's interval. */
export function silent(on: Occasion, since: Instant, patienceMs: number, learned: boolean): Finding {
  const [at, limit] = [times(on), span(patienceMs)];
  const why = learned
    ? { en: 'three times its longest usual pause', zh: '其通常最长间隔的三倍' }
    : { en: "five of its model's reporting intervals", zh: '五个机型上报周期' };
  return finding(on, {
    fact: 'silent',
    since,
    metric: 'silence',
    value: (on.now - since) / SECOND,
    level: patienceMs / SECOND,
    text: {
      en: `Nothing heard since ${at(since)}; more than ${limit.en} (${why.en}) is not like this device`,
      zh: `自 ${at(since)} 起无任何数据；超过 ${limit.zh}（${why.zh}）不符合该设备的规律`,
    },
  });
}

export function gatewayLost(on: Occasion, gateway: LocalText, since: Instant, devices: number): Finding {
  const at = times(on);
  return finding(on, {
    fact: 'gateway-lost',
    since,
    devices,
    metric: 'devices',
    value: devices,
    level: 1,
    text: {
      en: `Gateway ${gateway.en} is gone since ${at(since)}: ${devices} device${devices === 1 ? '' : 's'} behind it cannot be heard`,
      zh: `网关 ${gateway.zh} 自 ${at(since)} 失联：其后 ${devices} 台设备无法通信`,
    },
  });
}

export interface StuckSensor {
  readonly metric: string;
  readonly value: number;
  readonly run: number;
  readonly since: Instant;
  /** Readings in a row beyond which it counts as stuck. */
  readonly limit: number;
}

export function sensorStuck(on: Occasion, sensor: StuckSensor): Finding {
  const { metric, value, since, limit } = sensor;
  const { name, unit } = on.words.metric(metric);
  const at = times(on);
  return finding(on, {
    fact: 'sensor-stuck',
    key: metric,
    since,
    metric,
    value,
    level: value,
    text: {
      en: `${name.en} has repeated exactly ${withUnit(value, unit)} since ${at(since)}; it used to vary, and more than ${figure(Math.floor(limit))} equal readings are five times its longest usual run`,
      zh: `${name.zh}自 ${at(since)} 起恒为 ${withUnit(value, unit)}；此前一直变化，连续相同读数已超过 ${figure(Math.floor(limit))} 次（通常最长的五倍）`,
    },
  });
}

export function clockJumped(on: Occasion, offsetMs: number, since: Instant): Finding {
  const [at, by] = [times(on), span(offsetMs)];
  return finding(on, {
    fact: 'clock-jumped',
    since,
    metric: 'clock',
    value: offsetMs / SECOND,
    level: 0,
    text: {
      en: `Since ${at(since)} its clock is ${by.en} ${offsetMs > 0 ? 'ahead' : 'behind'}; its readings come as usual, so it is neither the network nor an emptied buffer`,
      zh: `自 ${at(since)} 起设备时钟${offsetMs > 0 ? '快' : '慢'} ${by.zh}；读数照常到达，并非网络延迟或补传`,
    },
  });
}
