import type { DeviceModel, Instant } from '@uptower/domain';
import { own } from '../own.ts';
import type { DecodedReading } from './decode/decode.ts';
import { metricsOf, unitMatch } from './decode/item.ts';

/**
 * What a device sends beside its model; plain data, kept in the pipeline's snapshot. As many names as the pipeline
 * admits of a device, no more.
 */
export interface UnknownMetrics {
  /** Values of metrics the model does not name, by name; the last value is among the device's latest. */
  names: Record<string, { count: number; since: Instant; unit?: string }>;
  /** Values that were converted to the model's unit, by metric: from which unit, how many. */
  converted: Record<string, { from: string; count: number }>;
}

export const nothingUnknown = (): UnknownMetrics => ({ names: {}, converted: {} });

/** A reading whose names were admitted. Returns how many of its values had been converted. */
export function onMetrics(
  unknown: UnknownMetrics,
  model: DeviceModel,
  { values, ts, units }: Pick<DecodedReading, 'values' | 'ts' | 'units'>,
): number {
  const metrics = metricsOf(model);
  let converted = 0;
  for (const key in values) {
    const metric = metrics.get(key);
    const unit = units && own(units, key);
    if (!metric) {
      const known = own(unknown.names, key);
      if (!known) unknown.names[key] = { count: 1, since: ts, ...(unit !== undefined && { unit }) };
      else {
        known.count += 1;
        if (ts < known.since) known.since = ts;
        if (unit !== undefined) known.unit = unit;
      }
    } else if (unit !== undefined && unitMatch(unit, metric.unit).kind === 'convert') {
      unknown.converted[key] = { from: unit, count: (own(unknown.converted, key)?.count ?? 0) + 1 };
      converted += 1;
    }
  }
  return converted;
}

/** The names the model still does not know: one that was added since is unknown no longer. */
export function stillUnknown(unknown: UnknownMetrics, model: DeviceModel) {
  const metrics = metricsOf(model);
  return Object.entries(unknown.names).filter(([name]) => !metrics.has(name));
}
