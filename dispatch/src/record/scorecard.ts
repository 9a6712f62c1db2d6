import {
  type Device,
  type DeviceModel,
  figuresOf,
  type Graded,
  type GradedFailure,
  HOUR,
  HOURS_PER_MONTH,
  type Instant,
  type LocalText,
  type ModelId,
  type RecordGrouping,
  type RecordRow,
  type Registry,
  type Scorecard,
  type ScorecardGroup,
  UNKNOWN_COMPONENT,
} from '@uptower/domain';
import type { CollectedRecord, RecordedFailure, RecordedOrder } from './collect.ts';

interface Period {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

const inside = (at: Instant, { from, to }: Period) =>
  at >= (from ?? Number.NEGATIVE_INFINITY) && at < (to ?? Number.POSITIVE_INFINITY);

/** Devices and device-months of a record inside a period. */
function exposure({ observed }: CollectedRecord, devices: ReadonlySet<string>, { from, to }: Period) {
  const seen = new Set<string>();
  let ms = 0;
  for (const stretch of observed) {
    if (!devices.has(stretch.device)) continue;
    const length =
      Math.min(stretch.to, to ?? Number.POSITIVE_INFINITY) - Math.max(stretch.from, from ?? Number.NEGATIVE_INFINITY);
    if (length <= 0) continue;
    seen.add(stretch.device);
    ms += length;
  }
  return { devices: seen.size, deviceMonths: ms / HOUR / HOURS_PER_MONTH };
}

interface Part {
  readonly key: string;
  readonly name: LocalText;
  readonly model: DeviceModel | null;
  readonly ruleId: string | null;
  readonly retired: boolean;
  readonly orders: Graded<RecordedOrder>[];
  readonly failures: GradedFailure<RecordedFailure>[];
  readonly devices: ReadonlySet<string>;
}

/** The record's figures, in total and by groups. Pure. */
export function scorecardOf(
  record: CollectedRecord,
  registry: Registry,
  by: RecordGrouping,
  period: Period,
): Pick<Scorecard, 'total' | 'groups'> {
  const orders = record.orders.filter(({ order }) => inside(order.at, period));
  const failures = record.failures.filter(({ failure }) => inside(failure.at, period));
  const everyone = new Set<string>(record.devices.map(({ id }) => id));
  const figures = (part: Pick<Part, 'orders' | 'failures' | 'devices'>) =>
    figuresOf({ ...part, ...exposure(record, part.devices, period) });
  const groups = partsOf({ ...record, orders, failures }, registry, by)
    .filter((part) => part.orders.length + part.failures.length > 0)
    .map((part): ScorecardGroup => {
      const { key, name, model, ruleId, retired } = part;
      const modelName = model?.name ?? null;
      return { key, name, modelId: model?.id ?? null, modelName, ruleId, retired, figures: figures(part) };
    })
    .sort((a, b) => ordersOf(b) - ordersOf(a) || (a.key < b.key ? -1 : 1));
  return { total: figures({ orders, failures, devices: everyone }), groups };
}

const ordersOf = ({ figures }: ScorecardGroup) => Object.values(figures.orders).reduce((sum, n) => sum + n, 0);

function partsOf(record: CollectedRecord, registry: Registry, by: RecordGrouping): Part[] {
  const modelOf = new Map<string, DeviceModel | undefined>(
    record.devices.map(({ id, modelId }: Device) => [id, registry.models.get(modelId)]),
  );
  const devicesOf = new Map<string, Set<string>>();
  for (const [device, model] of modelOf)
    for (const key of model ? [model.id, `kind ${model.kind}`] : [])
      devicesOf.set(key, (devicesOf.get(key) ?? new Set()).add(device));
  const parts = new Map<string, Part>();
  const part = (key: string, about: Omit<Part, 'key' | 'orders' | 'failures' | 'devices'>, of: string): Part => {
    const known = parts.get(key) ?? {
      key,
      ...about,
      orders: [],
      failures: [],
      devices: devicesOf.get(of) ?? new Set(),
    };
    parts.set(key, known);
    return known;
  };
  const place = (device: string, component: string): Part | undefined => {
    const model = modelOf.get(device);
    if (!model) return undefined;
    if (by === 'model') return part(model.id, { name: model.name, model, ruleId: null, retired: false }, model.id);
    if (by === 'device-kind') {
      const name = { en: model.kind, zh: model.kind };
      return part(model.kind, { name, model: null, ruleId: null, retired: false }, `kind ${model.kind}`);
    }
    const name = componentName(model, component);
    return part(`${model.id}/${component}`, { name, model, ruleId: null, retired: false }, model.id);
  };
  if (by !== 'rule') {
    for (const graded of record.orders) place(graded.order.device, graded.order.component)?.orders.push(graded);
    for (const graded of record.failures) place(graded.failure.device, graded.failure.component)?.failures.push(graded);
    return [...parts.values()];
  }
  /** `model/component` → the rules that could have foreseen its failures. */
  const rules = new Map<string, Map<string, Part>>();
  const rulePart = (model: DeviceModel, component: string, ruleId: string, name: LocalText, retired: boolean) => {
    const found = part(`${model.id}/${ruleId}`, { name, model, ruleId, retired }, model.id);
    const at = `${model.id}/${component}`;
    rules.set(at, (rules.get(at) ?? new Map()).set(ruleId, found));
    return found;
  };
  for (const model of new Set(modelOf.values()))
    for (const { id, name, component } of model?.rules ?? []) if (model) rulePart(model, component, id, name, false);
  for (const graded of record.orders) {
    const { device, component, ruleId, workOrder } = graded.order;
    const model = modelOf.get(device);
    if (!model) continue;
    const known = parts.get(`${model.id}/${ruleId}`);
    const name = workOrder.claim?.ruleName ?? { en: ruleId, zh: ruleId };
    (known ?? rulePart(model, component, ruleId, name, true)).orders.push(graded);
  }
  const foresaw = new Map(record.orders.map(({ order }) => [order.id, order.ruleId]));
  for (const graded of record.failures) {
    const { device, component } = graded.failure;
    for (const [ruleId, found] of rules.get(`${modelOf.get(device)?.id}/${component}`) ?? []) {
      // What another rule foresaw, this one did not.
      const own = graded.orderId === null || foresaw.get(graded.orderId) === ruleId;
      found.failures.push(own ? graded : { ...graded, grade: 'missed', orderId: null, leadHours: null });
    }
  }
  // Rules that never opened an order say nothing beside those that did.
  return [...parts.values()].filter((each) => each.orders.length > 0);
}

const NOT_NAMED: LocalText = { en: 'not named', zh: '未指明' };

export function componentName(model: DeviceModel | undefined, component: string): LocalText {
  if (component === UNKNOWN_COMPONENT) return NOT_NAMED;
  return model?.components.find(({ key }) => key === component)?.name ?? { en: component, zh: component };
}

/** Graded orders and missed failures as rows, newest first. Pure. */
export function recordRows(record: CollectedRecord, registry: Registry, period: Period): RecordRow[] {
  const devices = new Map(record.devices.map((device) => [device.id as string, device]));
  const about = (device: Device, component: string) => ({
    deviceId: device.id,
    hospitalId: device.hospitalId,
    modelId: device.modelId as ModelId,
    component,
    componentName: componentName(registry.models.get(device.modelId), component),
  });
  const orders = record.orders.flatMap(({ order, grade, reason, decidedAt, leadHours }): RecordRow[] => {
    const device = devices.get(order.device);
    if (!device || !inside(order.at, period)) return [];
    const { id, number, alertId, claim } = order.workOrder;
    return [
      {
        ...{ id, grade, reason, at: order.at, ...about(device, order.component), orderId: id, number, alertId },
        ...{ ruleId: order.ruleId, ruleName: claim?.ruleName ?? null, probability: order.probability },
        ...{ horizonHours: order.horizonHours, decidedAt, leadHours },
      },
    ];
  });
  const missed = record.failures.flatMap(({ failure, grade }): RecordRow[] => {
    const device = devices.get(failure.device);
    if (grade !== 'missed' || !device || !inside(failure.at, period)) return [];
    const { component, at } = failure;
    return [
      {
        ...{ id: `${device.id}/${component}/${at}`, grade, reason: null, at, ...about(device, component) },
        ...{ orderId: null, number: null, alertId: null, ruleId: null, ruleName: null, probability: null },
        ...{ horizonHours: null, decidedAt: at, leadHours: null },
      },
    ];
  });
  return [...orders, ...missed].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
}
