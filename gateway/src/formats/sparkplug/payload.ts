import { err, ok, type Result } from '@uptower/domain';
import { PbfReader, PbfWriter } from 'pbf';

/** What stands in a metric's value field: which of the fields, and what. Whole numbers as the signed 64 bits they are. */
export type RawValue =
  | { readonly field: 'int' | 'float' | 'double'; readonly value: number }
  | { readonly field: 'boolean'; readonly value: boolean }
  | { readonly field: 'string'; readonly value: string }
  /** Bytes, data sets, templates, extensions: not looked into. */
  | { readonly field: 'complex' };

export interface Metric {
  name: string | null;
  alias: number | null;
  /** ms since 1970. */
  timestamp: number | null;
  datatype: number | null;
  isHistorical: boolean;
  isTransient: boolean;
  isNull: boolean;
  /** The property `engUnit`, as most nodes name the unit. */
  unit: string | null;
  value: RawValue | null;
}

export interface Payload {
  timestamp: number | null;
  seq: number | null;
  metrics: Metric[];
}

/** More metrics than any node has; each is a small object. */
export const MAX_METRICS = 10_000;
const MAX_NAME = 1000;
const UNIT_PROPERTY = /^eng(ineering)?_?units?$/i;

/**
 * Sparkplug B's payload, from its public protocol definition (`sparkplug_b.proto`, proto2). Unknown fields are passed
 * over, as protocol buffers want; bytes that are no such message are an error in words.
 */
export function readPayload(bytes: Uint8Array): Result<Payload, string> {
  const payload: Payload = { timestamp: null, seq: null, metrics: [] };
  try {
    const reader = new PbfReader(bytes);
    eachField(reader, bytes.length, (field) => {
      if (field === 1) payload.timestamp = unsigned(varint(reader));
      else if (field === 3) payload.seq = unsigned(varint(reader));
      else if (field === 2) {
        if (payload.metrics.length >= MAX_METRICS) throw new Error(`more than ${MAX_METRICS} metrics`);
        payload.metrics.push(readMetric(reader, endOfMessage(reader)));
      } else return false;
      return true;
    });
    return ok(payload);
  } catch (error) {
    return err(error instanceof Error ? error.message : 'not a Sparkplug payload');
  }
}

function readMetric(reader: PbfReader, end: number): Metric {
  const metric: Metric = {
    name: null,
    alias: null,
    timestamp: null,
    datatype: null,
    isHistorical: false,
    isTransient: false,
    isNull: false,
    unit: null,
    value: null,
  };
  eachField(reader, end, (field) => {
    if (field === 1) metric.name = text(reader, MAX_NAME);
    else if (field === 2) metric.alias = unsigned(varint(reader));
    else if (field === 3) metric.timestamp = unsigned(varint(reader));
    else if (field === 4) metric.datatype = unsigned(varint(reader));
    else if (field === 5) metric.isHistorical = varint(reader) !== 0;
    else if (field === 6) metric.isTransient = varint(reader) !== 0;
    else if (field === 7) metric.isNull = varint(reader) !== 0;
    else if (field === 9) metric.unit = readUnit(reader, endOfMessage(reader));
    else if (field === 10 || field === 11) metric.value = { field: 'int', value: varint(reader) };
    else if (field === 12) metric.value = { field: 'float', value: float(reader) };
    else if (field === 13) metric.value = { field: 'double', value: double(reader) };
    else if (field === 14) metric.value = { field: 'boolean', value: varint(reader) !== 0 };
    else if (field === 15) metric.value = { field: 'string', value: text(reader) };
    else if (field >= 16 && field <= 19) {
      metric.value = { field: 'complex' };
      return false;
    } else return false;
    return true;
  });
  return metric;
}

/** The text under `engUnit` of a property set, if there is one. */
function readUnit(reader: PbfReader, end: number): string | null {
  const keys: string[] = [];
  const values: (string | null)[] = [];
  eachField(reader, end, (field) => {
    if (field === 1) keys.push(text(reader, MAX_NAME));
    else if (field === 2) {
      let value: string | null = null;
      eachField(reader, endOfMessage(reader), (inner) => {
        if (inner !== 8) return false;
        value = text(reader, MAX_NAME);
        return true;
      });
      values.push(value);
    } else return false;
    return true;
  });
  const at = keys.findIndex((key) => UNIT_PROPERTY.test(key));
  return at < 0 ? null : (values[at] ?? null);
}

/** Calls `read` for each field up to `end`; what it does not read (false) is skipped. Every step stays inside. */
function eachField(reader: PbfReader, end: number, read: (field: number) => boolean): void {
  while (reader.pos < end) {
    const tag = reader.readVarint();
    const [field, type] = [Math.floor(tag / 8), tag % 8];
    reader.type = type;
    const from = reader.pos;
    if (field === 0) throw new Error('field number 0');
    if (!read(field)) {
      reader.pos = from;
      reader.skip(type);
    }
    if (reader.pos > end || reader.pos <= from) throw new Error(`field ${field} is cut off`);
  }
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

function expectType(reader: PbfReader, type: number): void {
  if (reader.type !== type) throw new Error(`wire type ${reader.type} where ${type} belongs`);
}

function varint(reader: PbfReader): number {
  expectType(reader, VARINT);
  return reader.readVarint(true);
}

/** What a 64-bit pattern read as signed is without its sign; beyond 2^53 rounded, as JavaScript's numbers are. */
export const unsigned = (value: number): number => (value < 0 ? value + 2 ** 64 : value);

function float(reader: PbfReader): number {
  expectType(reader, FIXED32);
  return reader.readFloat();
}

function double(reader: PbfReader): number {
  expectType(reader, FIXED64);
  return reader.readDouble();
}

/** Checked before anything is copied: a length beyond the end is an error, not memory. */
function endOfMessage(reader: PbfReader): number {
  expectType(reader, BYTES);
  const end = reader.readVarint() + reader.pos;
  if (end > reader.length) throw new Error('a length goes beyond the end');
  return end;
}

function text(reader: PbfReader, most = Number.POSITIVE_INFINITY): string {
  const end = endOfMessage(reader);
  if (end - reader.pos > most) throw new Error(`a name of more than ${most} bytes`);
  const value = Buffer.from(reader.buf.buffer, reader.buf.byteOffset + reader.pos, end - reader.pos).toString('utf8');
  reader.pos = end;
  return value;
}

/** The command with which a host asks a node for its birth: `Node Control/Rebirth` = true. */
export function rebirthPayload(timestamp: number): Buffer {
  const writer = new PbfWriter();
  writer.writeVarintField(1, timestamp);
  writer.writeMessage(2, writeRebirth, timestamp);
  return Buffer.from(writer.finish());
}

const BOOLEAN = 11;

function writeRebirth(timestamp: number, writer: PbfWriter): void {
  writer.writeStringField(1, 'Node Control/Rebirth');
  writer.writeVarintField(3, timestamp);
  writer.writeVarintField(4, BOOLEAN);
  writer.writeBooleanField(14, true);
}
