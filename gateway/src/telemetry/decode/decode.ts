import {
  DAY,
  type Device,
  DeviceEventPayload,
  type DeviceModel,
  DeviceStatePayload,
  type Instant,
  type LocalText,
  MINUTE,
  parseTopic,
  type Reading,
} from '@uptower/domain';
import { decodeItem } from './item.ts';
import { parseJson } from './json.ts';
import { few, type Refusal, refusal, schemaRefusal } from './refusal.ts';

/** A device, and how much its clock may be ahead of ours; five minutes when left out. */
export interface Clocked {
  readonly device: Device;
  readonly futureToleranceMs?: number | undefined;
}

/** What decoding needs to know of the world; as it was at this place of the journal. */
export interface Catalogue {
  device(id: string): (Clocked & { readonly model: DeviceModel }) | undefined;
}

/** One measurement, ready to be stored. `timed`: the device gave its own time. */
export interface DecodedReading extends Reading {
  readonly timed: boolean;
  /** The units its values came with, as written, by metric; values are in the model's already. */
  readonly units?: Readonly<Record<string, string>> | undefined;
}

/** What a device takes the time to be: of the newest it sent, also where that was refused for its time. */
export interface DeviceClock {
  readonly device: Device;
  readonly ts: Instant;
}

export type Decoded =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[]; readonly clock?: DeviceClock | undefined }
  | {
      readonly kind: 'readings';
      readonly device: Device;
      readonly model: DeviceModel;
      readonly readings: readonly DecodedReading[];
      /** Metrics the model does not name: kept and counted. */
      readonly unknownMetrics: number;
      /** Items of the batch, and values of its items, that were not taken. */
      readonly refusals: readonly Refusal[];
      /** Where something newer than the readings was refused for its time. */
      readonly clock?: DeviceClock | undefined;
    }
  | {
      readonly kind: 'event';
      readonly device: Device;
      readonly model: DeviceModel;
      readonly event: DeviceEventPayload & { readonly ts: Instant };
      readonly timed: boolean;
    }
  | {
      readonly kind: 'state';
      readonly device: Device;
      readonly model: DeviceModel;
      readonly state: DeviceStatePayload & { readonly ts: Instant };
    }
  /** It is there, and said nothing to be kept: a birth without values, a gateway that announces it. */
  | { readonly kind: 'heard'; readonly device: Device; readonly model: DeviceModel; readonly ts: Instant };

/** A clock may be this much ahead of ours; beyond that a time is wrong, not early. */
export const FUTURE_TOLERANCE_MS = 5 * MINUTE;
/** A device that is looked after keeps its own buffer for weeks, not for years: an older time is a wrong clock. */
export const PAST_TOLERANCE_MS = 400 * DAY;
/** Replayed history may be decades old; seconds in place of milliseconds, zero and negative times lie before this. */
export const HISTORY_BEGINS: Instant = Date.UTC(1990, 0, 1);
/** A batch holds at most this many items; the same limit as the domain's schema. */
const MAX_ITEMS = 2000;

/** Why a time of this device cannot be right; null when it may be. */
export function refuseTime(ts: Instant, { device, futureToleranceMs }: Clocked, receivedAt: Instant): Refusal | null {
  const unit = unitOf(ts, receivedAt);
  if (ts > receivedAt + (futureToleranceMs ?? FUTURE_TOLERANCE_MS)) {
    const ahead = Math.round((ts - receivedAt) / 1000);
    return refusal(
      'future',
      `ts ${ts} is ${unit?.en ?? `${ahead} s ahead`}`,
      `ts ${ts} ${unit?.zh ?? `超前 ${ahead} 秒`}`,
    );
  }
  const earliest = device.service === 'observe' ? HISTORY_BEGINS : receivedAt - PAST_TOLERANCE_MS;
  if (ts >= earliest) return null;
  return refusal(
    'past',
    `ts ${ts} is ${unit?.en ?? `before ${earliest}: a wrong clock`}`,
    `ts ${ts} ${unit?.zh ?? `早于 ${earliest}：时钟有误`}`,
  );
}

/** Another unit than milliseconds, by which the time would be about now. */
function unitOf(ts: Instant, receivedAt: Instant): LocalText | undefined {
  for (const [unit, zh, ms] of UNITS_OF_TIME)
    if (Math.abs(ts * ms - receivedAt) < PAST_TOLERANCE_MS)
      return { en: `in ${unit}, it seems: milliseconds belong there`, zh: `单位似为${zh}，应为毫秒` };
  return undefined;
}

const UNITS_OF_TIME = [
  ['seconds', '秒', 1000],
  ['microseconds', '微秒', 1e-3],
  ['nanoseconds', '纳秒', 1e-6],
] as const;

/** From the bytes of one native message to what they mean, or why not. Pure; never throws, whatever the bytes. */
export function decode(topic: string, payload: Buffer, receivedAt: Instant, catalogue: Catalogue): Decoded {
  const refuse = (...refusals: Refusal[]): Decoded => ({ kind: 'refused', refusals });
  const parsed = parseTopic(topic);
  if (!parsed) return refuse(refusal('not-our-topic', topic.slice(0, 200) || '(no topic)'));
  const known = catalogue.device(parsed.deviceId);
  if (!known)
    return refuse(
      refusal('unknown-device', `${parsed.deviceId} is not in the registry`, `台账中没有 ${parsed.deviceId}`),
    );
  const { device, model } = known;
  if (device.siteId !== parsed.siteId)
    return refuse(
      refusal(
        'unknown-device',
        `${device.id} belongs to ${device.siteId}, not to ${parsed.siteId}`,
        `${device.id} 属于 ${device.siteId}，不属于 ${parsed.siteId}`,
      ),
    );
  const json = parseJson(payload);
  if (!json.ok) return refuse(refusal('malformed-json', json.error));
  const wrongTime = (ts: Instant) => refuseTime(ts, known, receivedAt);

  switch (parsed.channel) {
    case 'telemetry': {
      const items = Array.isArray(json.value) ? json.value : [json.value];
      if (items.length === 0) return refuse(refusal('schema', '(body): the batch is empty', '(body): 批次为空'));
      if (items.length > MAX_ITEMS)
        return refuse(refusal('schema', `(body): more than ${MAX_ITEMS} items`, `(body): 超过 ${MAX_ITEMS} 项`));
      const readings: DecodedReading[] = [];
      const refusals: Refusal[] = [];
      let clock: DeviceClock | undefined;
      let unknownMetrics = 0;
      items.forEach((raw, index) => {
        const path = Array.isArray(json.value) ? `[${index}]` : '';
        const item = decodeItem(raw, path, model);
        if (!item.ok) {
          refusals.push(...item.error);
          return;
        }
        const { seq, values, units } = item.value;
        const ts = item.value.ts ?? receivedAt;
        const wrong = wrongTime(ts);
        if (wrong) {
          if (!clock || ts > clock.ts) clock = { device, ts };
          refusals.push(wrong);
          return;
        }
        refusals.push(...item.value.refusals);
        unknownMetrics += item.value.unknownMetrics;
        readings.push({ deviceId: device.id, ts, seq, values, timed: item.value.ts !== null, ...(units && { units }) });
      });
      if (readings.length === 0) return { kind: 'refused', refusals: few(refusals), clock };
      return { kind: 'readings', device, model, readings, unknownMetrics, refusals: few(refusals), clock };
    }
    case 'events': {
      const result = DeviceEventPayload.safeParse(json.value);
      if (!result.success) return refuse(schemaRefusal('', result.error.issues));
      const ts = result.data.ts ?? receivedAt;
      const wrong = wrongTime(ts);
      if (wrong) return refuse(wrong);
      return { kind: 'event', device, model, event: { ...result.data, ts }, timed: result.data.ts !== undefined };
    }
    case 'state': {
      const result = DeviceStatePayload.safeParse(json.value);
      if (!result.success) return refuse(schemaRefusal('', result.error.issues));
      // A last will was written when the connection began: the moment it fires is the moment it arrives.
      const ts = result.data.status === 'offline' ? receivedAt : (result.data.ts ?? receivedAt);
      const wrong = wrongTime(ts);
      if (wrong) return refuse(wrong);
      return { kind: 'state', device, model, state: { ...result.data, ts } };
    }
  }
}
