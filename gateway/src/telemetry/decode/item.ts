import {
  type DeviceModel,
  err,
  looksLikePatientData,
  type Metric,
  ok,
  type Result,
  TelemetryItem,
  type Value,
} from '@uptower/domain';
import { type Refusal, refusal, schemaRefusal } from './refusal.ts';

export interface Item {
  readonly ts: number | null;
  readonly seq: number | null;
  readonly values: Readonly<Record<string, Value>>;
  readonly unknownMetrics: number;
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

/** One item of a telemetry message. Metrics of the catalogue must be possible numbers; others are kept as they are. */
export function decodeItem(raw: unknown, path: string, model: DeviceModel): Result<Item, Refusal> {
  const parsed = TelemetryItem.safeParse(raw);
  if (!parsed.success) {
    // A name that speaks of a person is the graver fault, also where the schema stopped at something else.
    const personal = personalKey(raw);
    if (personal) return err(refusal('patient-data', `${[path, personal].filter(Boolean).join('.')}: never accepted`));
    return err(schemaRefusal(path, parsed.error.issues));
  }
  // The schema's record leaves this name out without a word; like any name that is no key it is refused, not lost.
  if (hasProto(raw))
    return err(refusal('schema', `${[path, 'values.__proto__'].filter(Boolean).join('.')}: not a key`));
  const { ts, seq, values } = parsed.data;
  const metrics = metricsOf(model);
  let unknownMetrics = 0;
  for (const key in values) {
    const metric = metrics.get(key);
    if (!metric) {
      unknownMetrics += 1;
      continue;
    }
    const value = values[key];
    const at = [path, 'values', key].filter(Boolean).join('.');
    if (typeof value !== 'number')
      return err(refusal('wrong-type', `${at}: ${typeof value} where a number in ${metric.unit || 'units'} belongs`));
    const { possible } = metric;
    if (possible && (value < possible.min || value > possible.max))
      return err(refusal('impossible-value', `${at}: ${value} is outside ${possible.min}..${possible.max}`));
  }
  return ok({ ts: ts ?? null, seq: seq ?? null, values, unknownMetrics });
}

function hasProto(raw: unknown): boolean {
  const { values } = raw as { values: object };
  return Object.hasOwn(values, '__proto__');
}

/** Path of the first name that speaks of a person. */
function personalKey(raw: unknown): string | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const outer = Object.keys(raw).find(looksLikePatientData);
  const { values } = raw as { values?: unknown };
  if (outer !== undefined || typeof values !== 'object' || values === null) return outer;
  const inner = Object.keys(values).find(looksLikePatientData);
  return inner === undefined ? undefined : `values.${inner}`;
}
