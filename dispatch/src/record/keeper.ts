import { type DeviceId, HOUR, type Instant, type UptowerEvent, type WorkOrderId } from '@uptower/domain';
import type { DispatchState } from '../state.ts';
import type { RecordBook } from './book.ts';
import { type CollectedRecord, type GradedDevice, gradeDevice, observedOf, type Stretch } from './collect.ts';

export interface KeeperParts {
  readonly state: DispatchState;
  readonly book: RecordBook;
  /** Newest event time of a device's telemetry, where somebody knows it; the event log tells of changes only. */
  lastMeasured(deviceId: DeviceId): Instant | null;
  /** `gradeDevice`, unless somebody counts. */
  readonly grade?: typeof gradeDevice;
}

export interface Asked {
  readonly now: Instant;
  readonly leadHours: number;
  readonly service: 'full' | 'observe' | 'all';
}

/** How a device was graded, and for how long that holds while the log says nothing new of it. */
interface Kept {
  readonly revision: number;
  readonly from: Instant;
  readonly to: Instant;
  /** The device heard of up to here, an order of it is decided that is not yet. */
  readonly decidedAt: Instant;
  readonly graded: GradedDevice;
}

/** So many leads are kept; the page offers a few, and anybody may ask for any. */
const LEADS = 4;

/**
 * The present record. Each device is graded for itself, and again only when the log says something new of it or an order's
 * horizon passes: the whole, ten thousand orders and failures, takes tenths of a second.
 */
export class RecordKeeper {
  private readonly orders = new Map<DeviceId, WorkOrderId[]>();
  private readonly deviceOf = new Map<WorkOrderId, DeviceId>();
  private readonly revisions = new Map<DeviceId, number>();
  /** By lead, the one asked for longest ago first. */
  private readonly kept = new Map<number, Map<DeviceId, Kept>>();

  constructor(private readonly parts: KeeperParts) {}

  /** After the state and the book have it. */
  apply(event: UptowerEvent): void {
    if (event.type === 'work-order.opened') {
      const { deviceId } = event.facts;
      this.deviceOf.set(event.workOrderId, deviceId);
      const orders = this.orders.get(deviceId);
      if (orders) orders.push(event.workOrderId);
      else this.orders.set(deviceId, [event.workOrderId]);
      this.touch(deviceId);
    } else if (event.type === 'device.fact') this.touch(event.deviceId);
    else if (event.type.startsWith('work-order.') && 'workOrderId' in event) {
      const deviceId = this.deviceOf.get(event.workOrderId);
      if (deviceId !== undefined) this.touch(deviceId);
    }
  }

  /** Everything the record says at `now`, of the devices asked for. */
  collect({ now, leadHours, service }: Asked): CollectedRecord {
    const { state, book, lastMeasured } = this.parts;
    const devices = [...state.registry.devices.values()].filter(
      (device) => service === 'all' || device.service === service,
    );
    const kept = this.keptFor(leadHours);
    const orders: GradedDevice['orders'][number][] = [];
    const failures: GradedDevice['failures'][number][] = [];
    const observed: CollectedRecord['observed'][number][] = [];
    for (const device of devices) {
      const last = lastMeasured(device.id) ?? state.heard.get(device.id)?.eventTime ?? null;
      const stretches = observedOf(book, device, now, last);
      for (const stretch of stretches) observed.push({ device: device.id, ...stretch });
      const graded = this.gradedOf(device.id, stretches, leadHours, kept);
      for (const order of graded.orders) orders.push(order);
      for (const failure of graded.failures) failures.push(failure);
    }
    return { orders, failures, devices, observed };
  }

  private gradedOf(
    device: DeviceId,
    observed: readonly Stretch[],
    leadHours: number,
    kept: Map<DeviceId, Kept>,
  ): GradedDevice {
    const { state, book, grade = gradeDevice } = this.parts;
    const revision = this.revisions.get(device) ?? 0;
    const from = Math.min(...observed.map((stretch) => stretch.from));
    const to = Math.max(...observed.map((stretch) => stretch.to));
    const known = kept.get(device);
    if (known?.revision === revision && known.from === from && known.to <= to && to < known.decidedAt)
      return known.graded;
    const orders = (this.orders.get(device) ?? []).flatMap((id) => state.orders.get(id)?.order ?? []);
    const graded = grade({ device, orders, book, observed, leadHours });
    const horizons = graded.orders.map(({ order, grade: is }) =>
      is === 'open' ? order.at + order.horizonHours * HOUR : Number.POSITIVE_INFINITY,
    );
    kept.set(device, { revision, from, to, decidedAt: Math.min(...horizons), graded });
    return graded;
  }

  private keptFor(leadHours: number): Map<DeviceId, Kept> {
    const kept = this.kept.get(leadHours) ?? new Map<DeviceId, Kept>();
    this.kept.delete(leadHours);
    this.kept.set(leadHours, kept);
    for (const old of this.kept.keys()) if (this.kept.size > LEADS) this.kept.delete(old);
    return kept;
  }

  private touch(device: DeviceId): void {
    this.revisions.set(device, (this.revisions.get(device) ?? 0) + 1);
  }
}
