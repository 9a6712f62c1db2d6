import {
  type Device,
  type DeviceModel,
  HOUR,
  type Instant,
  looksLikePatientData,
  MINUTE,
  SECOND,
} from '@uptower/domain';
import { type Decoded, type DecodedReading, type DeviceClock, refuseTime } from '../../telemetry/decode/decode.ts';
import { admitValues, metricsOf } from '../../telemetry/decode/item.ts';
import { few, notNamed, personal, type Refusal, refusal, within } from '../../telemetry/decode/refusal.ts';
import type { Fleet, Known } from '../fleet.ts';
import type { Heard } from '../formats.ts';
import { metricKey } from '../metric-key.ts';
import { BadValue, type FieldValue, type Line, type Point, parseLines } from './parse.ts';

/** What a unit of a timestamp is in milliseconds; below one, its divisor. */
const PRECISIONS: ReadonlyMap<string, { readonly factor: number; readonly digitsCut: number }> = new Map([
  ['ns', { factor: 1, digitsCut: 6 }],
  ['us', { factor: 1, digitsCut: 3 }],
  ['ms', { factor: 1, digitsCut: 0 }],
  ['s', { factor: SECOND, digitsCut: 0 }],
  ['m', { factor: MINUTE, digitsCut: 0 }],
  ['h', { factor: HOUR, digitsCut: 0 }],
]);

const TOPIC = 'influx/write/';

/** The journal's topic of a write with this precision (as InfluxDB 1.x and 2.x name it); undefined for another word. */
export function writeTopic(precision: string): string | undefined {
  const name = precision === 'n' ? 'ns' : precision === 'u' || precision === 'µ' ? 'us' : precision;
  return PRECISIONS.has(name) ? `${TOPIC}${name}` : undefined;
}

export const isWriteTopic = (topic: string): boolean => topic.startsWith(TOPIC);

/** What came of one write. */
export interface Written {
  readonly decoded: readonly Decoded[];
  /** Lines that were not taken, or not with all their fields. */
  readonly dropped: number;
  readonly taken: number;
  /** Why, each with the text of its line. */
  readonly refusals: readonly (Refusal & { readonly line: string })[];
}

interface Batch extends Known {
  readonly readings: DecodedReading[];
  readonly refusals: Refusal[];
  unknownMetrics: number;
  clock?: DeviceClock;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** One write of InfluxDB line protocol, device by device. Never throws, whatever the bytes. */
export function decodeLines(heard: Heard, fleet: Fleet): readonly Decoded[] {
  return readLines(heard, fleet).decoded;
}

export function readLines({ topic, payload, from, receivedAt }: Heard, fleet: Fleet): Written {
  const precision = PRECISIONS.get(topic.slice(TOPIC.length));
  if (!precision) return wholly(refusal('not-our-topic', topic.slice(0, 200)));
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return wholly(refusal('malformed-lines', 'not UTF-8', '不是 UTF-8'));
  }
  const batches = new Map<string, Batch>();
  const strays: Refusal[] = [];
  const refusals: (Refusal & { line: string })[] = [];
  let taken = 0;
  let dropped = 0;
  for (const line of parseLines(text)) {
    const { batch, reading, refused, unknownMetrics, clock } = readLine(line, { from, receivedAt, precision, fleet });
    const mine = batch && (batches.get(batch.device.id) ?? opened(batches, batch));
    if (refused.length > 0) dropped += 1;
    if (refused.length > 0 && refusals.length < MAX_NAMED)
      refusals.push(
        ...refused.map((each) => ({ ...each, line: text.slice(line.from, Math.min(line.to, line.from + 100)) })),
      );
    (mine?.refusals ?? strays).push(...refused);
    if (mine && clock !== undefined && clock > (mine.clock?.ts ?? clock - 1))
      mine.clock = { device: mine.device, ts: clock };
    if (!mine || !reading) continue;
    mine.readings.push(reading);
    mine.unknownMetrics += unknownMetrics;
    taken += 1;
  }
  const decoded: Decoded[] = [...batches.values()].map(({ refusals: all, ...batch }) =>
    batch.readings.length > 0
      ? { kind: 'readings', ...batch, refusals: few(all) }
      : { kind: 'refused', refusals: few(all), clock: batch.clock },
  );
  if (strays.length > 0) decoded.push({ kind: 'refused', refusals: few(strays) });
  if (decoded.length === 0) return wholly(refusal('malformed-lines', 'no points in it', '其中没有数据点'));
  return { decoded, taken, dropped, refusals };
}

/** So many refused lines of a write are named in its answer. */
const MAX_NAMED = 10;

function wholly(why: Refusal): Written {
  return { decoded: [{ kind: 'refused', refusals: [why] }], taken: 0, dropped: 1, refusals: [{ ...why, line: '' }] };
}

function opened(batches: Map<string, Batch>, { device, model }: Known): Batch {
  const batch = { device, model, readings: [], refusals: [], unknownMetrics: 0 };
  batches.set(device.id, batch);
  return batch;
}

/** What InfluxDB calls what is wrong with a line, in Chinese. */
const LINE_PROBLEMS: Readonly<Record<string, string>> = {
  'missing measurement': '缺少 measurement',
  'missing tag key': '缺少标签名',
  'missing tag value': '缺少标签值',
  'invalid tag format': '标签格式有误',
  'duplicate tags': '标签重复',
  'missing fields': '缺少字段',
  'missing field key': '缺少字段名',
  'missing field value': '缺少字段值',
  'invalid field format': '字段格式有误',
  'invalid timestamp': '时间戳有误',
};

interface Circumstances {
  readonly from: string;
  readonly receivedAt: Instant;
  readonly precision: { readonly factor: number; readonly digitsCut: number };
  readonly fleet: Fleet;
}

interface ReadLine {
  readonly batch?: Known;
  readonly reading?: DecodedReading;
  readonly refused: readonly Refusal[];
  readonly unknownMetrics: number;
  /** The time it gave, where that was refused. */
  readonly clock?: Instant;
}

function readLine({ number, point }: Line, { from, receivedAt, precision, fleet }: Circumstances): ReadLine {
  const at = `line ${number}`;
  const none = (...refused: Refusal[]): ReadLine => ({ refused, unknownMetrics: 0 });
  if (typeof point === 'string') return none(within(at, refusal('malformed-lines', point, LINE_PROBLEMS[point])));
  const owner = ownerOf(point, from, fleet);
  if (typeof owner === 'string') return none(within(at, notNamed(owner, from)));
  const { device, model } = owner.known;
  const batch = owner.known;
  const timed = point.timestamp !== null;
  const ts = point.timestamp === null ? receivedAt : instantOf(point.timestamp, precision);
  const wrong = refuseTime(ts, batch, receivedAt);
  if (wrong) return { ...none(within(at, wrong)), batch, clock: ts };
  // Before names become keys: a key no longer shows what 患者 was.
  if (namesOf(point).some(looksLikePatientData))
    return {
      ...none(
        within(
          at,
          refusal('patient-data', 'a name in it speaks of a person: never accepted', '其中有名称涉及个人，一律不接收'),
        ),
      ),
      batch,
    };
  const { values, units, refused } = valuesOf(point, owner.tags, model, at);
  const admitted = admitValues(values, units, at, model);
  if (!admitted) return { ...none(personal(at)), batch };
  const all = [...refused, ...admitted.refusals];
  if (Object.keys(admitted.values).length === 0) return { ...none(...all), batch };
  const reading = { deviceId: device.id, ts, seq: null, values: admitted.values, timed, ...(units && { units }) };
  return { batch, reading, refused: all, unknownMetrics: admitted.unknownMetrics };
}

const namesOf = ({ measurement, tags, fields }: Point): readonly string[] => [
  measurement,
  ...tags.map(([key]) => key),
  ...fields.map(([key]) => key),
];

type Tags = Point['tags'];

/** Tags that may name the device, the first that does. */
const NAMING = ['device', 'host'];

/**
 * Whose line it is, and the tags that tell its series from others. A device's credential speaks for that device only,
 * whatever the tags; a site's for the device that the tag `device`, or else `host`, names.
 */
function ownerOf({ tags }: Point, from: string, fleet: Fleet): { readonly known: Known; readonly tags: Tags } | string {
  const own = fleet.device(from);
  if (own)
    return {
      known: own,
      tags: tags.filter(([key, value]) => key !== 'host' && !(key === 'device' && names(own.device, value))),
    };
  let why = `it has no tag ${NAMING.join(' or ')}`;
  for (const naming of NAMING) {
    const name = tags.find(([key]) => key === naming)?.[1];
    if (name === undefined) continue;
    const known = fleet.named([name], from);
    if (typeof known !== 'string') return { known, tags: tags.filter(([key]) => key !== naming && key !== 'host') };
    why = known;
  }
  return why;
}

const names = (device: Device, name: string) => name === device.id || device.aliases?.includes(name) === true;

/**
 * Fields by metric key. The key is the first of these the model knows: `{measurement}_{field}.{tags}`,
 * `{measurement}_{field}`, `{field}`; where it knows none, the first. A field called `value` adds nothing to the name.
 */
function valuesOf({ measurement, fields }: Point, tags: Tags, model: DeviceModel, at: string) {
  const metrics = metricsOf(model);
  const isKnown = (key: string) => metrics.has(key);
  const unit = tags.find(([key]) => key === 'unit')?.[1];
  const series = tags
    .filter(([key]) => key !== 'unit')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => `.${value}`)
    .join('');
  const values: Record<string, FieldValue> = {};
  const refused: Refusal[] = [];
  for (const [field, value] of fields) {
    const base = field === 'value' ? measurement : `${measurement}_${field}`;
    const candidates = [base + series, base, field].map((name) => metricKey(name, isKnown));
    const key = candidates.find(isKnown) ?? (candidates[0] as string);
    if (value instanceof BadValue) refused.push(within(`${at}.${key}`, refusal('wrong-type', value.why, value.zh)));
    else if (Object.hasOwn(values, key))
      refused.push(within(at, refusal('schema', `two fields would be ${key}`, `两个字段都会成为 ${key}`)));
    else values[key] = value;
  }
  const units = unit === undefined ? undefined : Object.fromEntries(Object.keys(values).map((key) => [key, unit]));
  return { values, units, refused };
}

/** Whole milliseconds; what is finer is cut off. */
function instantOf(digits: string, { factor, digitsCut }: Circumstances['precision']): Instant {
  if (digitsCut === 0) return Number(digits) * factor;
  const whole = digits.slice(0, -digitsCut);
  return whole === '' || whole === '-' ? 0 : Number(whole);
}

/**
 * A write in pieces of whole lines, at most `maxBytes` long, so that no record of the journal is larger than a message
 * may be. A line that is longer by itself is cut, and refused where it is read.
 */
export function pieces(body: Buffer, maxBytes: number): readonly Buffer[] {
  const made: Buffer[] = [];
  for (let begin = 0; begin < body.length; ) {
    const limit = begin + maxBytes;
    const newline = limit >= body.length ? -1 : body.lastIndexOf(NEWLINE, limit - 1);
    const end = newline > begin ? newline + 1 : Math.min(limit, body.length);
    made.push(body.subarray(begin, end));
    begin = end;
  }
  return made;
}

const NEWLINE = 0x0a;
