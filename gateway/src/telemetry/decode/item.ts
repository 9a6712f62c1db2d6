import {
  type DeviceModel,
  err,
  Instant,
  Key,
  looksLikePatientData,
  MAX_TEXT,
  type Metric,
  ok,
  type Result,
  TelemetryItem,
  Unit,
  type Value,
} from '@uptower/domain';
import { few, personal, type Refusal, refusal, schemaRefusal, within } from './refusal.ts';
import { matchUnits, type UnitMatch } from './units.ts';

/** Values of one moment as far as they can be; each of the others has its refusal. */
export interface Admitted {
  readonly values: Readonly<Record<string, Value>>;
  /** How many of them the model does not name; kept as they are. */
  readonly unknownMetrics: number;
  readonly refusals: readonly Refusal[];
}

export interface Item extends Admitted {
  readonly ts: number | null;
  readonly seq: number | null;
  /** The units it came with, as written, by metric. */
  readonly units: Readonly<Record<string, string>> | undefined;
}

/** Metrics by key, made once a model. */
const catalogues = new WeakMap<DeviceModel, ReadonlyMap<string, Metric>>();

export function metricsOf(model: DeviceModel): ReadonlyMap<string, Metric> {
  let metrics = catalogues.get(model);
  if (!metrics) {
    metrics = new Map(model.metrics.map((metric) => [metric.key, metric]));
    catalogues.set(model, metrics);
  }
  return metrics;
}

/**
 * One item of a telemetry message. What is wrong with the item as a whole (its shape, its time, a name that speaks of a
 * person) refuses the item; what is wrong with a value refuses that value, and the others of the item are kept. Takes
 * exactly what the domain's schema takes and the model can believe; by hand, because every message of every device
 * passes here. Refused with at least one reason.
 */
export function decodeItem(raw: unknown, path: string, model: DeviceModel): Result<Item, readonly Refusal[]> {
  if (!isWellShaped(raw)) return err([misshapen(raw, path)]);
  const { ts = null, seq = null, values, units } = raw;
  const admitted = admitValues(values, units, path === '' ? 'values' : `${path}.values`, model);
  if (!admitted) return err([misshapen(raw, path)]);
  if (isEmpty(admitted.values)) return err(admitted.refusals);
  return ok({ ts, seq, units, ...admitted });
}

/** What an item is before its values were looked at. */
interface Shaped {
  readonly ts?: number;
  readonly seq?: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly units?: Readonly<Record<string, string>>;
}

function isWellShaped(raw: unknown): raw is Shaped {
  if (!isRecord(raw)) return false;
  for (const name in raw) {
    const value = raw[name];
    switch (name) {
      case 'ts':
        if (!Number.isSafeInteger(value) || Math.abs(value as number) > LATEST_INSTANT) return false;
        break;
      case 'seq':
        if (!Number.isSafeInteger(value) || (value as number) < 0) return false;
        break;
      case 'values':
        if (!isRecord(value)) return false;
        break;
      case 'units':
        if (!isRecord(value)) return false;
        for (const key in value) if (nameVerdict(key) !== 'fine' || !Unit.safeParse(value[key]).success) return false;
        break;
      default:
        return false;
    }
  }
  return raw.values !== undefined && !isEmpty(raw.values as object);
}

/** The graver fault first: a name that speaks of a person, wherever it stands; then what the schema says of the shape. */
function misshapen(raw: unknown, path: string): Refusal {
  const name = personalKey(raw);
  if (name) return personal([path, name].filter(Boolean).join('.'));
  const issues = TelemetryItem.safeParse(raw).error?.issues ?? [];
  // A wrong value is not what refuses an item.
  const ofShape = issues.filter((issue) => issue.path[0] !== 'values' || issue.path.length === 1);
  return schemaRefusal(path, ofShape.length > 0 ? ofShape : issues);
}

/**
 * Values by name, one by one; names beginning with `path`. Undefined when one of the names speaks of a person: then
 * nothing of the item is taken. A value said to be in another unit than its metric's is converted where that is exact.
 */
export function admitValues(
  raw: Readonly<Record<string, unknown>>,
  units: Readonly<Record<string, string>> | undefined,
  path: string,
  model: DeviceModel,
): Admitted | undefined {
  const metrics = metricsOf(model);
  const refusals: Refusal[] = [];
  /** Begun at the first value that is not kept as it came; until then `raw` itself is what is kept. */
  let kept: Record<string, Value> | undefined;
  let unknownMetrics = 0;
  for (const key in raw) {
    const verdict = nameVerdict(key);
    if (verdict === 'personal') return undefined;
    const value = raw[key] as Value;
    const metric = metrics.get(key);
    const unit = units !== undefined && Object.hasOwn(units, key) ? units[key] : undefined;
    const match = metric && unit !== undefined ? unitMatch(unit, metric.unit) : undefined;
    const converted = match?.kind === 'convert' && typeof value === 'number' ? match.convert(value) : value;
    const refused =
      verdict === 'no-key'
        ? refusal('schema', 'not a key', '不是合法的键名')
        : (refuseAny(converted) ??
          (metric &&
            (match?.kind === 'wrong'
              ? refusal('wrong-unit', match.why.en, match.why.zh)
              : refuseValue(metric, converted))));
    if (refused || converted !== value) kept ??= before(raw, key);
    if (refused) refusals.push(within(`${path}.${key.slice(0, 100)}`, refused));
    else {
      if (!metric) unknownMetrics += 1;
      if (kept) kept[key] = converted;
    }
  }
  return { values: kept ?? (raw as Readonly<Record<string, Value>>), unknownMetrics, refusals: few(refusals) };
}

/** Why nothing can have this value; null when a metric nobody knows may. */
function refuseAny(value: unknown): Refusal | null {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? null : refusal('impossible-value', 'not a finite number', '不是有限的数');
    case 'boolean':
      return null;
    case 'string':
      return value.length <= MAX_TEXT
        ? null
        : refusal(
            'schema',
            `a text of ${value.length}, at most ${MAX_TEXT}`,
            `文本长 ${value.length}，最多 ${MAX_TEXT}`,
          );
    default: {
      const [what, zh] =
        value === null ? ['null', '空值'] : Array.isArray(value) ? ['a list', '列表'] : [`an ${typeof value}`, '对象'];
      return refusal(
        'wrong-type',
        `${what} where a number, text or boolean belongs`,
        `${zh}，此处应为数值、文本或布尔值`,
      );
    }
  }
}

/** Why a metric of the catalogue cannot have this value; null when it may. */
export function refuseValue({ unit, possible }: Metric, value: Value): Refusal | null {
  if (typeof value !== 'number') {
    const [what, zh] =
      typeof value === 'string'
        ? [`text "${value.slice(0, 20)}"`, `文本“${value.slice(0, 20)}”`]
        : [`${value}`, `${value}`];
    const belongs = unit ? `单位为 ${unit} 的数值` : '数值';
    return refusal('wrong-type', `${what} where a number in ${unit || 'units'} belongs`, `${zh}，此处应为${belongs}`);
  }
  if (possible && (value < possible.min || value > possible.max))
    return refusal(
      'impossible-value',
      `${value} is outside ${possible.min}..${possible.max}`,
      `${value} 超出 ${possible.min}..${possible.max}`,
    );
  return null;
}

const LATEST_INSTANT = Instant.maxValue as number;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

function before(raw: Readonly<Record<string, unknown>>, end: string): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const key in raw) {
    if (key === end) break;
    values[key] = raw[key] as Value;
  }
  return values;
}

/** What is remembered of names and units is bounded: both are made by devices. */
const MAX_REMEMBERED = 10_000;

function remembered<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      value = make(name);
      if (known.size >= MAX_REMEMBERED) known.clear();
      if (name.length <= 64) known.set(name, value);
    }
    return value;
  };
}

type NameVerdict = 'fine' | 'personal' | 'no-key';
const nameVerdict = remembered(
  (name): NameVerdict => (looksLikePatientData(name) ? 'personal' : Key.safeParse(name).success ? 'fine' : 'no-key'),
);

const matchesTo = remembered((wanted: string) => remembered((declared: string) => matchUnits(declared, wanted)));
/** `matchUnits`, remembered. */
export const unitMatch = (declared: string, wanted: string): UnitMatch => matchesTo(wanted)(declared);

/** Path of the first name that speaks of a person. */
function personalKey(raw: unknown): string | undefined {
  if (!isRecord(raw)) return undefined;
  const outer = Object.keys(raw).find(looksLikePatientData);
  if (outer !== undefined) return outer;
  for (const name of ['values', 'units']) {
    const inner = isRecord(raw[name]) ? Object.keys(raw[name]).find(looksLikePatientData) : undefined;
    if (inner !== undefined) return `${name}.${inner}`;
  }
  return undefined;
}
