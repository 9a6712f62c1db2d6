import {
  applyRegistryEvent,
  DAY,
  type Device,
  type DeviceModel,
  emptyRegistry,
  endOfSuppression,
  evolveSuppression,
  isRegistryEvent,
  isSuppressionEvent,
  type Registry,
  type Suppression,
  type SuppressionEvent,
  type UptowerEvent,
  type WorkOrderEvent,
} from '@uptower/domain';
import { concerns } from '../alarms/suppress.ts';
import { HORIZON_MS } from '../event-time/arrive.ts';
import { DeviceNames } from '../fleet/device-names.ts';
import type { Known } from '../formats/fleet.ts';
import { wordsOf } from '../prediction/device-words.ts';
import { isLearnedEvent, LearnedModels } from '../prediction/learned-models.ts';
import type { Words } from '../prediction/words.ts';
import type { OnSite } from '../uptime/evidence.ts';

/** Events of other services after which the pipeline decides differently. */
export function concernsPipeline(event: UptowerEvent): boolean {
  switch (event.type) {
    case 'site.put':
    case 'model.put':
    case 'device.put':
    case 'work-order.opened':
    case 'work-order.arrived':
    case 'work-order.work-finished':
    case 'work-order.closed':
    case 'work-order.cancelled':
    case 'learned-model.added':
    case 'learned-model.removed':
    case 'suppression.set':
    case 'suppression.began':
    case 'suppression.ended':
      return true;
    default:
      return false;
  }
}

const NONE: readonly Suppression[] = [];
/** Late data may be as old as the horizon, seen from a device's newest. */
const KEPT_MS = HORIZON_MS + 5 * DAY;

/**
 * What the pipeline knows from the event log: registry, and orders somebody is on site for. It is told at fixed places
 * of the journal (its `log` records), never in between, so that a replay sees the same world at the same reading.
 */
export class World {
  readonly registry: Registry = emptyRegistry();
  private readonly orders = new Map<string, { readonly deviceId: string } & OnSite>();
  private readonly onSite = new Map<string, Set<string>>();
  private readonly words = new Map<string, Words>();
  private suppressions = new Map<string, Suppression>();
  /** By device; made when asked for, void when something changes. */
  private readonly suppressionsBy = new Map<string, readonly Suppression[]>();

  /** `futureToleranceMs`: see `Clocked`. */
  constructor(private readonly futureToleranceMs?: number) {}
  private readonly names = new DeviceNames();
  readonly learned = new LearnedModels();

  /** Folds one event; returns the device whose visits changed. */
  apply(event: UptowerEvent): string | null {
    if (isRegistryEvent(event)) {
      applyRegistryEvent(this.registry, event);
      if (event.type === 'device.put') this.names.put(event.device);
      this.words.clear();
      this.suppressionsBy.clear();
      return null;
    }
    if (isLearnedEvent(event)) {
      this.learned.apply(event);
      return null;
    }
    if (isSuppressionEvent(event)) {
      this.applySuppression(event);
      return null;
    }
    return event.type.startsWith('work-order.') ? this.applyOrder(event as WorkOrderEvent) : null;
  }

  private applySuppression(event: SuppressionEvent): void {
    const { suppressionId: id, at } = event;
    const before = this.suppressions.get(id);
    // Let go long ago: its end, said late, concerns nothing any more.
    if (!before && event.type !== 'suppression.set') return;
    this.suppressions.set(id, evolveSuppression(before, event));
    // What ended before anything that is still judged is let go.
    for (const [old, suppression] of this.suppressions)
      if (endOfSuppression(suppression) < at - KEPT_MS) this.suppressions.delete(old);
    this.suppressionsBy.clear();
  }

  /** Suppressions by people that concern a device, past and announced ones among them. */
  suppressionsOf(device: Device): readonly Suppression[] {
    if (this.suppressions.size === 0) return NONE;
    let found = this.suppressionsBy.get(device.id);
    if (!found) {
      found = [...this.suppressions.values()].filter((each) => concerns(each, device));
      this.suppressionsBy.set(device.id, found);
    }
    return found;
  }

  suppression(id: string): Suppression | undefined {
    return this.suppressions.get(id);
  }

  private applyOrder(event: WorkOrderEvent): string | null {
    if (event.type === 'work-order.opened') {
      this.orders.set(event.workOrderId, { deviceId: event.facts.deviceId, source: event.facts.source });
      return null;
    }
    const order = this.orders.get(event.workOrderId);
    if (!order) return null;
    const visits = this.onSite.get(order.deviceId) ?? new Set<string>();
    this.onSite.set(order.deviceId, visits);
    if (event.type === 'work-order.arrived') visits.add(event.workOrderId);
    else if (event.type === 'work-order.work-finished') {
      visits.delete(event.workOrderId);
      // It is over at once: no `closed` follows.
      if (event.outcome === 'no-fault-found') this.orders.delete(event.workOrderId);
    } else if (event.type === 'work-order.closed' || event.type === 'work-order.cancelled') {
      visits.delete(event.workOrderId);
      this.orders.delete(event.workOrderId);
    } else return null;
    return order.deviceId;
  }

  device(id: string): Known | undefined {
    const device = this.registry.devices.get(id as Device['id']);
    const model = device && this.registry.models.get(device.modelId);
    return device && model && { device, model, futureToleranceMs: this.futureToleranceMs };
  }

  /** See `Fleet.named`. */
  named(names: readonly string[], from: string): Known | string {
    const found = this.names.find(names, from);
    if (!found.ok) return found.error;
    return this.device(found.value) ?? `the model of ${found.value} is not known`;
  }

  visits(deviceId: string): OnSite[] {
    return [...(this.onSite.get(deviceId) ?? [])].flatMap((id) => this.orders.get(id) ?? []);
  }

  wordsOf(device: Device, model: DeviceModel): Words {
    let words = this.words.get(device.id);
    if (!words) {
      words = wordsOf(this.registry, device, model);
      this.words.set(device.id, words);
    }
    return words;
  }
}
