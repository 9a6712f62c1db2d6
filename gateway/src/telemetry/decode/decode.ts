import {
  DAY,
  type Device,
  DeviceEventPayload,
  type DeviceModel,
  DeviceStatePayload,
  type Instant,
  MINUTE,
  parseTopic,
  type Reading,
} from '@uptower/domain';
import { decodeItem } from './item.ts';
import { parseJson } from './json.ts';
import { type Refusal, refusal, schemaRefusal } from './refusal.ts';

/** What decoding needs to know of the world; as it was at this place of the journal. */
export interface Catalogue {
  device(id: string): { readonly device: Device; readonly model: DeviceModel } | undefined;
}

/** One measurement, ready to be stored. `timed`: the device gave its own time. */
export interface DecodedReading extends Reading {
  readonly timed: boolean;
}

export type Decoded =
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | {
      readonly kind: 'readings';
      readonly device: Device;
      readonly model: DeviceModel;
      readonly readings: readonly DecodedReading[];
      /** Metrics the model does not name: kept and counted. */
      readonly unknownMetrics: number;
      /** Items of the batch that were not taken. */
      readonly refusals: readonly Refusal[];
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
    };

/** A clock may be this much ahead of ours; beyond that a time is wrong, not early. */
export const FUTURE_TOLERANCE_MS = 5 * MINUTE;
/** A device that is looked after keeps its own buffer for weeks, not for years: an older time is a wrong clock. */
export const PAST_TOLERANCE_MS = 400 * DAY;
/** Replayed history may be decades old; seconds in place of milliseconds, zero and negative times lie before this. */
export const HISTORY_BEGINS: Instant = Date.UTC(1990, 0, 1);
/** A batch holds at most this many items; the same limit as the domain's schema. */
const MAX_ITEMS = 2000;

/** From the bytes of one message to what they mean, or why not. Pure; never throws, whatever the bytes. */
export function decode(topic: string, payload: Buffer, receivedAt: Instant, catalogue: Catalogue): Decoded {
  const refuse = (...refusals: Refusal[]): Decoded => ({ kind: 'refused', refusals });
  const parsed = parseTopic(topic);
  if (!parsed) return refuse(refusal('not-our-topic', topic.slice(0, 200)));
  const known = catalogue.device(parsed.deviceId);
  if (!known) return refuse(refusal('unknown-device', `${parsed.deviceId} is not in the registry`));
  const { device, model } = known;
  if (device.siteId !== parsed.siteId)
    return refuse(refusal('unknown-device', `${device.id} belongs to ${device.siteId}, not to ${parsed.siteId}`));
  const json = parseJson(payload);
  if (!json.ok) return refuse(refusal('malformed-json', json.error));
  const latest = receivedAt + FUTURE_TOLERANCE_MS;
  const earliest = device.service === 'observe' ? HISTORY_BEGINS : receivedAt - PAST_TOLERANCE_MS;
  const wrongTime = (ts: Instant): Refusal | null => {
    if (ts > latest) return refusal('future', `ts ${ts} is ${Math.round((ts - receivedAt) / 1000)} s ahead`);
    if (ts < earliest) return refusal('past', `ts ${ts} is before ${earliest}: a wrong clock, or not in milliseconds`);
    return null;
  };

  switch (parsed.channel) {
    case 'telemetry': {
      const items = Array.isArray(json.value) ? json.value : [json.value];
      if (items.length === 0) return refuse(refusal('schema', '(body): the batch is empty'));
      if (items.length > MAX_ITEMS) return refuse(refusal('schema', `(body): more than ${MAX_ITEMS} items`));
      const readings: DecodedReading[] = [];
      const refusals: Refusal[] = [];
      let unknownMetrics = 0;
      items.forEach((raw, index) => {
        const path = Array.isArray(json.value) ? `[${index}]` : '';
        const item = decodeItem(raw, path, model);
        if (!item.ok) {
          refusals.push(item.error);
          return;
        }
        const ts = item.value.ts ?? receivedAt;
        const wrong = wrongTime(ts);
        if (wrong) {
          refusals.push(wrong);
          return;
        }
        unknownMetrics += item.value.unknownMetrics;
        const { seq, values } = item.value;
        readings.push({ deviceId: device.id, ts, seq, values, timed: item.value.ts !== null });
      });
      if (readings.length === 0) return refuse(...refusals);
      return { kind: 'readings', device, model, readings, unknownMetrics, refusals };
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
