import { err, MAX_TEXT, ok, type Result, type Value } from '@uptower/domain';
import { type Refusal, refusal } from '../../telemetry/decode/refusal.ts';
import { type Datatype, datatypeOf } from './datatype.ts';
import { type RawValue, unsigned } from './payload.ts';

/**
 * A metric's value by its data type; whole numbers are two's complement of their width. 64-bit numbers beyond 2^53 are
 * rounded. A DateTime is its milliseconds.
 */
export function metricValue(raw: RawValue, index: number | null): Result<Value, Refusal> {
  const type = datatypeOf(index);
  if (raw.field === 'complex' || isComplex(type))
    return err(
      refusal(
        'unsupported-type',
        `${type} is not kept: only numbers, texts and booleans are`,
        `不保存 ${type}：只保存数值、文本和布尔值`,
      ),
    );
  switch (type) {
    case 'Int8':
      return whole(raw, type, 8, true);
    case 'Int16':
      return whole(raw, type, 16, true);
    case 'Int32':
      return whole(raw, type, 32, true);
    case 'Int64':
      return whole(raw, type, 64, true);
    case 'UInt8':
      return whole(raw, type, 8, false);
    case 'UInt16':
      return whole(raw, type, 16, false);
    case 'UInt32':
      return whole(raw, type, 32, false);
    case 'UInt64':
    case 'DateTime':
      return whole(raw, type, 64, false);
    case 'Float':
    case 'Double':
      return raw.field === 'boolean' || raw.field === 'string' ? mismatch(raw, type) : finite(raw);
    case 'Boolean':
      if (raw.field === 'boolean') return ok(raw.value);
      return raw.field === 'int' && (raw.value === 0 || raw.value === 1) ? ok(raw.value === 1) : mismatch(raw, type);
    case 'String':
    case 'Text':
    case 'UUID':
      return raw.field === 'string' ? bounded(raw.value) : mismatch(raw, type);
    default:
      // No or an unknown type: the field it stands in says enough.
      if (raw.field === 'string') return bounded(raw.value);
      return raw.field === 'boolean' ? ok(raw.value) : finite(raw);
  }
}

const isComplex = (type: Datatype) => /^(DataSet|Bytes|File|Template|PropertySet|PropertySetList|.+Array)$/.test(type);

type Simple = Exclude<RawValue, { field: 'complex' }>;

function mismatch(raw: Simple, type: Datatype): Result<Value, Refusal> {
  return err(refusal('wrong-type', `${raw.field} value where ${type} belongs`, `值为 ${raw.field}，此处应为 ${type}`));
}

function bounded(value: string): Result<Value, Refusal> {
  return value.length <= MAX_TEXT
    ? ok(value)
    : err(refusal('schema', `a text of more than ${MAX_TEXT} characters`, `文本超过 ${MAX_TEXT} 个字符`));
}

function finite(raw: Simple): Result<Value, Refusal> {
  const value = Number(raw.value);
  if (!Number.isFinite(value)) return err(refusal('impossible-value', `${value} is no number`, `${value} 不是数值`));
  return ok(raw.field === 'float' ? shortest(value) : value);
}

/** A 32-bit float as people wrote it, 36.6 and not 36.599998474121094: the fewest digits that are the same float. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return value;
}

/** Encoders differ in whether a negative number fills 8, 32 or 64 bits: all of them are taken for what they mean. */
function whole(raw: Simple, type: Datatype, bits: 8 | 16 | 32 | 64, isSigned: boolean): Result<Value, Refusal> {
  if (raw.field === 'float' || raw.field === 'double') {
    if (!Number.isInteger(raw.value)) return mismatch(raw, type);
  } else if (raw.field !== 'int') return mismatch(raw, type);
  const { value } = raw;
  if (bits === 64) return ok(isSigned ? value : unsigned(value));
  const range = 2 ** bits;
  if (!isSigned)
    return value >= 0 && value < range
      ? ok(value)
      : err(refusal('impossible-value', `${value} is no ${type}`, `${value} 不是 ${type}`));
  const half = range / 2;
  if (value >= -half && value < half) return ok(value);
  if (value >= half && value < range) return ok(value - range);
  if (value >= 2 ** 32 - half && value < 2 ** 32) return ok(value - 2 ** 32);
  return err(refusal('impossible-value', `${value} is no ${type}`, `${value} 不是 ${type}`));
}
