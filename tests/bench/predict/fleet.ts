import { defaultPolicy } from '@uptower/dispatch';
import { type Alert, DAY, type Device, type DeviceModel, HOUR, type Instant, MINUTE } from '@uptower/domain';
import { available, charge, fullBudget } from '../../../dispatch/src/work-orders/budget.ts';
import { beginning, type FoldState, type Mark } from '../../../gateway/src/event-time/past.ts';
import { type Known, type Listener, stepMark, stepMoment } from '../../../gateway/src/event-time/step.ts';
import { World as GatewayWorld } from '../../../gateway/src/pipeline/world.ts';
import { noEvidence } from '../../../gateway/src/uptime/evidence.ts';
import { Plant } from '../../../simulators/src/devices/plant.ts';
import { degradation, type Fault } from '../../../simulators/src/failure-modes/fault.ts';
import type { TruthLine } from '../../../simulators/src/live/truth.ts';
import { freshState, MONDAY_MORNING } from '../../../simulators/src/testing/small-world.ts';
import { buildWorld } from '../../../simulators/src/world/build-world.ts';

/** An order as the desk would have opened it: probable enough, and within the budget. */
export interface FleetOrder {
  readonly deviceId: string;
  readonly modelId: string;
  readonly component: string;
  readonly ruleId: string;
  readonly at: Instant;
  readonly probability: number;
  readonly horizonHours: number;
}

/** A failure that happened, with when its fault was born. */
export interface FleetFailure {
  readonly deviceId: string;
  readonly modelId: string;
  readonly component: string;
  readonly mode: string;
  readonly onset: Instant;
  readonly failedAt: Instant;
  /** How far the component was gone a day before, 0 sound … 1 failed. */
  readonly goneADayBefore: number;
}

export interface FleetRun {
  readonly orders: readonly FleetOrder[];
  readonly failures: readonly FleetFailure[];
  readonly devices: number;
  readonly start: Instant;
  readonly days: number;
  readonly readings: number;
}

interface Unit {
  readonly known: Known;
  readonly state: FoldState;
  readonly phaseMs: number;
  /** By component: until when its order is open. */
  readonly open: Map<string, Instant>;
}

/**
 * The demo's region without its sockets: every device's readings, failures and repairs in event time through the live fold.
 * Nobody repairs in time, so every fault goes its way; a failed device is made to run again after two days. Decoys of the
 * simulator included.
 */
export function runFleet(options: {
  readonly seed: number;
  readonly days: number;
  readonly everyMinutes: number;
  readonly onDay?: (day: number) => void;
}): FleetRun {
  const { seed, days, everyMinutes } = options;
  const start = MONDAY_MORNING;
  const world = buildWorld(seed);
  const lines: TruthLine[] = [];
  const state = freshState(seed, start);
  /** By id; the plant forgets them. */
  const faults = new Map<string, Fault>();
  const plant = new Plant(world, state, (line) => {
    lines.push(line);
    if (line.what === 'fault') for (const fault of state.faults) faults.set(fault.id, fault);
  });
  const gateway = new GatewayWorld();
  const models = new Map(world.models.map((model) => [model.id, model]));
  const units = new Map<string, Unit>();
  for (const { device, phaseMs } of plant.machines) {
    const model = models.get(device.modelId) as DeviceModel;
    // Observed: a failure ends the component's story until it is replaced.
    const known = {
      device: { ...device, service: 'observe' } as Device,
      model,
      words: gateway.wordsOf(device, model),
      since: {},
      suppressions: [],
    };
    units.set(device.id, { known, state: beginning({ evidence: noEvidence() }), phaseMs, open: new Map() });
  }
  const orders: FleetOrder[] = [];
  let budget = fullBudget;
  const rate = defaultPolicy.falseOrdersPerDeviceMonth;

  const consider = (unit: Unit, component: string, { worst }: Alert, at: Instant): void => {
    if ((unit.open.get(component) ?? 0) > at || worst.probability < defaultPolicy.minProbability) return;
    if (1 - worst.probability > available(budget, at, rate, units.size) + 1e-9) return;
    budget = charge(budget, at, rate, units.size, worst.probability);
    const { id: deviceId, modelId } = unit.known.device;
    const { ruleId, probability, horizonHours } = worst;
    orders.push({ deviceId, modelId, component, ruleId, at, probability, horizonHours });
    unit.open.set(component, at + horizonHours * HOUR);
  };
  const listenerOf = (unit: Unit): Listener => ({
    alert(component, event, alert) {
      // Withdrawn when the risk is over; raised again it is another order.
      if (alert.state === 'cleared') unit.open.delete(component);
      else consider(unit, component, alert, event.at);
    },
    fact: () => undefined,
  });
  const listeners = new Map([...units].map(([id, unit]) => [id, listenerOf(unit)]));

  const mark = (deviceId: string, what: Mark): void => {
    const unit = units.get(deviceId) as Unit;
    stepMark(unit.state, what, unit.known, listeners.get(deviceId) as Listener);
    if ('component' in what && what.component !== null) unit.open.delete(what.component);
  };
  /** The test that ends a repair waits until the metrics are back: five time constants. */
  const settling = ({ deviceId, component }: { readonly deviceId: string; readonly component: string }): number => {
    const { modes } = plant.machine(deviceId).kit;
    return 5 * MINUTE * Math.max(...modes.flatMap((m) => (m.mode.component === component ? m.recoveryMinutes : [])));
  };
  /** Repaired, but the metrics are not back yet. */
  const returning: { readonly at: Instant; readonly deviceId: string; readonly component: string }[] = [];
  plant.begin();
  let told = lines.length;
  let readings = 0;
  for (let now = start; now < start + days * DAY; now += everyMinutes * MINUTE) {
    if ((now - start) % DAY === 0) options.onDay?.((now - start) / DAY);
    plant.advance(now);
    for (; told < lines.length; told += 1) {
      const line = lines[told] as TruthLine;
      const { deviceId, at } = line;
      if (line.what === 'failed') mark(deviceId, { kind: 'failed', at, component: line.component, text: null });
      else if (line.what === 'repaired')
        returning.push({ at: at + settling(line), deviceId, component: line.component });
    }
    for (let i = returning.length - 1; i >= 0; i -= 1) {
      const { at, deviceId, component } = returning[i] as (typeof returning)[number];
      if (at > now) continue;
      mark(deviceId, { kind: 'replaced', at, component });
      returning.splice(i, 1);
    }
    for (const [id, unit] of units) {
      const ts = now + unit.phaseMs;
      stepMoment(unit.state, { ts, values: plant.reading(id, now) }, unit.known, listeners.get(id) as Listener);
      readings += 1;
    }
  }
  return { orders, failures: failuresOf(lines, faults, units), devices: units.size, start, days, readings };
}

function failuresOf(
  lines: readonly TruthLine[],
  faults: ReadonlyMap<string, Fault>,
  units: ReadonlyMap<string, Unit>,
): FleetFailure[] {
  const born = new Map(lines.flatMap((line) => (line.what === 'fault' ? [[line.faultId, line] as const] : [])));
  return lines.flatMap((line) => {
    if (line.what !== 'failed') return [];
    const { deviceId, component, mode, at: failedAt } = line;
    const fault = born.get(line.faultId);
    const unit = units.get(deviceId);
    if (!fault || !unit) return [];
    const { modelId } = unit.known.device;
    const whole = faults.get(line.faultId);
    const goneADayBefore = whole ? degradation(whole, failedAt - DAY) : 0;
    return [{ deviceId, modelId, component, mode, onset: fault.onset, failedAt, goneADayBefore }];
  });
}
