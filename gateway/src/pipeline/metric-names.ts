import type { DeviceModel, Reading } from '@uptower/domain';
import { metricsOf } from '../telemetry/decode/item.ts';
import type { DeviceState } from './state.ts';

/** So many metrics its model does not know are kept of a device; names made up without end would fill memory and store. */
const MAX_UNKNOWN_METRICS = 256;

/** Which names of a message's readings are kept. */
export class MetricNames {
  /** Names that are not; made when there is one. */
  excess: Set<string> | undefined;
  private room: number | undefined;

  constructor(
    private readonly state: DeviceState,
    private readonly model: DeviceModel,
  ) {}

  /** The values under admitted names; null when none are. */
  admitted(values: Reading['values']): Reading['values'] | null {
    let whole = true;
    for (const key in values)
      if (!this.admits(key)) {
        this.excess ??= new Set();
        this.excess.add(key);
        whole = false;
      }
    if (whole) return values;
    const kept = Object.entries(values).filter(([key]) => !this.excess?.has(key));
    return kept.length > 0 ? Object.fromEntries(kept) : null;
  }

  private admits(key: string): boolean {
    const { latest } = this.state;
    const known = metricsOf(this.model);
    if (known.has(key) || Object.hasOwn(latest, key)) return true;
    // Counted only when a new name comes: most messages bring none.
    this.room ??= MAX_UNKNOWN_METRICS - Object.keys(latest).filter((name) => !known.has(name)).length;
    if (this.room <= 0) return false;
    this.room -= 1; // the reading that brought it is remembered in `latest` next
    return true;
  }
}
