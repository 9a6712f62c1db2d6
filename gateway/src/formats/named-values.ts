import type { Instant, Value } from '@uptower/domain';
import { type Decoded, type DecodedReading, refuseTime } from '../telemetry/decode/decode.ts';
import { admitValues, metricsOf } from '../telemetry/decode/item.ts';
import { personal, refusal, within } from '../telemetry/decode/refusal.ts';
import type { Known } from './fleet.ts';
import { isPersonal, metricKey } from './metric-key.ts';
import type { Refusals } from './refusals.ts';

/** One value under the name its sender gives it. */
export interface NamedValue {
  readonly name: string;
  readonly value: Value;
  readonly unit: string | null;
  readonly ts: Instant;
  /** False: `ts` is the moment of receipt. */
  readonly timed: boolean;
}

/** What is already known of a metric and need not be said again. */
export type Latest = (key: string) => readonly [value: Value, ts: Instant] | undefined;

interface Moment {
  readonly values: Record<string, Value>;
  readonly units: Record<string, string>;
  readonly timed: boolean;
}

/**
 * Values of one device as readings, one a moment, oldest first. Each value is judged by itself: one that cannot be is
 * refused with the reason, and the rest is kept. `known`: where a sender repeats its last values (a birth), those that
 * are known already are left out.
 */
export function readingsOf(
  { device, model, futureToleranceMs }: Known,
  named: readonly NamedValue[],
  receivedAt: Instant,
  refusals: Refusals,
  known?: Latest,
): Decoded {
  const moments = new Map<Instant, Moment>();
  const metrics = metricsOf(model);
  /** Which name a key stands for in this message: two names may not become one. */
  const meant = new Map<string, string>();
  for (const { name, value, unit, ts, timed } of named) {
    const wrong = refuseTime(ts, { device, futureToleranceMs }, receivedAt);
    if (wrong) {
      refusals.add(within(name, wrong));
      continue;
    }
    if (isPersonal(name)) {
      refusals.add(personal(name));
      continue;
    }
    const key = metricKey(name, (candidate) => metrics.has(candidate));
    const other = meant.get(key) ?? name;
    if (other !== name) {
      refusals.add(
        refusal('schema', `"${name}" and "${other}" would both be ${key}`, `“${name}”和“${other}”都会成为 ${key}`),
      );
      continue;
    }
    meant.set(key, name);
    let moment = moments.get(ts);
    if (!moment) {
      moment = { values: {}, units: {}, timed };
      moments.set(ts, moment);
    }
    moment.values[key] = value;
    if (unit !== null) moment.units[key] = unit;
  }
  const readings: DecodedReading[] = [];
  let unknownMetrics = 0;
  for (const [ts, { values: raw, units, timed }] of [...moments].sort(([a], [b]) => a - b)) {
    const admitted = admitValues(raw, units, 'values', model);
    if (!admitted) continue; // names that speak of a person were refused above
    for (const refused of admitted.refusals) refusals.add(refused);
    const values = known ? fresh(admitted.values, ts, known) : admitted.values;
    if (Object.keys(values).length === 0) continue;
    unknownMetrics += admitted.unknownMetrics;
    readings.push({ deviceId: device.id, ts, seq: null, values, units, timed });
  }
  if (readings.length > 0)
    return { kind: 'readings', device, model, readings, unknownMetrics, refusals: refusals.list() };
  const list = refusals.list();
  return list.length > 0 ? { kind: 'refused', refusals: list } : { kind: 'heard', device, model, ts: receivedAt };
}

function fresh(values: Readonly<Record<string, Value>>, ts: Instant, known: Latest): Readonly<Record<string, Value>> {
  const kept = Object.entries(values).filter(([key, value]) => {
    const last = known(key);
    return last?.[1] !== ts || last[0] !== value;
  });
  return Object.fromEntries(kept);
}
