import type { Device, DeviceModel, TelemetryFacts, UnknownMetric, UnknownMetricOfModel } from '@uptower/domain';
import { own } from '../own.ts';
import type { DeviceState } from '../pipeline/state.ts';
import { metricsOf } from '../telemetry/decode/item.ts';
import { skewOf } from '../telemetry/skew.ts';
import { stillUnknown } from '../telemetry/unknown-metrics.ts';
import type { Services } from './services.ts';

/** So many rows of an answer: names can be made up. */
const MAX_ROWS = 1_000;
/** So many devices that send an unknown metric are named. */
const MAX_EXAMPLES = 5;

export function telemetryFacts(device: Device, { registry, state }: Services): TelemetryFacts {
  const [model, known] = [registry.models.get(device.modelId), state(device.id)];
  if (!model || !known) return { skew: null, unknownMetrics: [], converted: [], tooLate: 0 };
  const metrics = metricsOf(model);
  return {
    skew: skewOf(known.skew),
    unknownMetrics: unknownOf(known, model),
    converted: Object.entries(known.unknown.converted).map(([metric, { from, count }]) => ({
      metric,
      from,
      to: metrics.get(metric)?.unit ?? '',
      count,
    })),
    tooLate: known.past.tooLate,
  };
}

/** The metrics no model knows, of the whole fleet, those of most devices first. */
export function unknownMetrics({ registry, state }: Services): readonly UnknownMetricOfModel[] {
  const rows = new Map<string, UnknownMetricOfModel>();
  for (const device of registry.devices.values()) {
    const [model, known] = [registry.models.get(device.modelId), state(device.id)];
    if (!model || !known) continue;
    for (const row of unknownOf(known, model)) {
      const key = `${model.id} ${row.metric}`;
      const sum = rows.get(key);
      rows.set(key, {
        ...(sum && sum.lastAt > row.lastAt ? sum : row),
        modelId: model.id,
        count: row.count + (sum?.count ?? 0),
        since: Math.min(row.since, sum?.since ?? row.since),
        unit: row.unit ?? sum?.unit ?? null,
        devices: 1 + (sum?.devices ?? 0),
        examples: [...(sum?.examples ?? []), device.id].slice(0, MAX_EXAMPLES),
      });
    }
  }
  return [...rows.values()]
    .sort((a, b) => b.devices - a.devices || b.count - a.count || (a.metric < b.metric ? -1 : 1))
    .slice(0, MAX_ROWS);
}

function unknownOf({ unknown, latest }: DeviceState, model: DeviceModel): readonly UnknownMetric[] {
  return stillUnknown(unknown, model).flatMap(([metric, { count, since, unit = null }]) => {
    const last = own(latest, metric);
    return last ? [{ metric, count, since, last: last[0], lastAt: last[1], unit }] : [];
  });
}
