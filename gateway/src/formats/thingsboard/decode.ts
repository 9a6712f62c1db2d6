import { type Instant, parseThingsBoardTopic, type Value } from '@uptower/domain';
import type { Decoded } from '../../telemetry/decode/decode.ts';
import { parseJson } from '../../telemetry/decode/json.ts';
import { notNamed, refusal, within } from '../../telemetry/decode/refusal.ts';
import type { Fleet, Known } from '../fleet.ts';
import type { Heard } from '../formats.ts';
import { type NamedValue, readingsOf } from '../named-values.ts';
import { Refusals } from '../refusals.ts';

/** As for native batches. */
const MAX_ITEMS = 2000;
/** More devices than a gateway has in one message. */
const MAX_DEVICES = 1000;
/** Client attributes are kept beside telemetry, under names of their own. */
const ATTRIBUTE_PREFIX = 'attr_';

/** One message of ThingsBoard's device interface (`v1/devices/me/…`) or gateway interface (`v1/gateway/…`). Pure. */
export function decodeThingsBoard(heard: Heard, fleet: Fleet): readonly Decoded[] {
  const topic = parseThingsBoardTopic(heard.topic);
  if (!topic) return refuse('not-our-topic', heard.topic.slice(0, 200));
  // Requests and answers to what we never ask: such a device loses nothing when they find no echo.
  if (topic.what === 'other') return [];
  const json = parseJson(heard.payload);
  if (!json.ok) return refuse('malformed-json', json.error);
  if (topic.api === 'me') return [saidBy(known(heard, fleet, heard.from), topic.what, json.value, heard)];
  if (!isRecord(json.value))
    return refuse('schema', '(body): an object by device name belongs here', '(body): 此处应为按设备名给值的对象');
  if (topic.what === 'connect' || topic.what === 'disconnect')
    return [presence(topic.what, json.value.device, heard, fleet)];
  const devices = Object.entries(json.value);
  if (devices.length > MAX_DEVICES)
    return refuse('schema', `(body): more than ${MAX_DEVICES} devices`, `(body): 超过 ${MAX_DEVICES} 台设备`);
  const { what } = topic;
  return devices.map(([name, body]) => saidBy(known(heard, fleet, name), what, body, heard));
}

const refuse = (...why: Parameters<typeof refusal>): Decoded[] => [{ kind: 'refused', refusals: [refusal(...why)] }];

const known = (heard: Heard, fleet: Fleet, name: string) => fleet.named([name], heard.from);

function presence(what: 'connect' | 'disconnect', name: unknown, heard: Heard, fleet: Fleet): Decoded {
  if (typeof name !== 'string' || name === '')
    return { kind: 'refused', refusals: [refusal('schema', 'device: a name belongs here', 'device: 此处应为名称')] };
  const who = known(heard, fleet, name);
  if (typeof who === 'string') return { kind: 'refused', refusals: [notNamed(who, heard.from)] };
  const ts = heard.receivedAt;
  return what === 'connect'
    ? { kind: 'heard', ...who, ts }
    : { kind: 'state', ...who, state: { status: 'offline', cause: 'gateway-disconnected', ts } };
}

function saidBy(who: Known | string, what: string, body: unknown, heard: Heard): Decoded {
  if (typeof who === 'string') return { kind: 'refused', refusals: [notNamed(who, heard.from)] };
  const refusals = new Refusals();
  const named =
    what === 'attributes'
      ? valuesOf(body, ATTRIBUTE_PREFIX, heard.receivedAt, false, refusals)
      : itemsOf(body, heard.receivedAt, refusals);
  return readingsOf(who, named, heard.receivedAt, refusals);
}

/** `{key: value}`, `{ts, values: {key: value}}`, or a list of either. */
function itemsOf(body: unknown, receivedAt: Instant, refusals: Refusals): NamedValue[] {
  const items = Array.isArray(body) ? body : [body];
  if (items.length > MAX_ITEMS) {
    refusals.add(refusal('schema', `(body): more than ${MAX_ITEMS} items`, `(body): 超过 ${MAX_ITEMS} 项`));
    return [];
  }
  return items.flatMap((item) => {
    if (!isRecord(item) || !('ts' in item && 'values' in item)) return valuesOf(item, '', receivedAt, false, refusals);
    if (Number.isSafeInteger(item.ts)) return valuesOf(item.values, '', item.ts as number, true, refusals);
    refusals.add(refusal('schema', 'ts: milliseconds since 1970 belong here', 'ts: 此处应为 1970 年以来的毫秒数'));
    return [];
  });
}

function valuesOf(values: unknown, prefix: string, ts: Instant, timed: boolean, refusals: Refusals): NamedValue[] {
  if (!isRecord(values)) {
    refusals.add(refusal('schema', 'an object of values by key belongs here', '此处应为按键名给值的对象'));
    return [];
  }
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === null) return [];
    if (typeof value === 'object') {
      refusals.add(
        within(
          key,
          refusal(
            'unsupported-type',
            'an object or list; only numbers, texts and booleans are kept',
            '对象或列表；只保存数值、文本和布尔值',
          ),
        ),
      );
      return [];
    }
    return { name: `${prefix}${key}`, value: value as Value, unit: null, ts, timed };
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
