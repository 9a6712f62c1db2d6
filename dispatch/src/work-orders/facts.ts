import {
  type Alert,
  type Contract,
  type CurvePoint,
  type Device,
  type DeviceModel,
  type Finding,
  failureModeOf,
  GENERAL_SKILL,
  HOUR,
  type Instant,
  type LocalText,
  type OrderFacts,
  type OrderSource,
  PRIORITY_OF_IMPACT,
  REPORTED_FAILURE,
  type Registry,
  type Report,
  type ServicePromise,
  type Severity,
  type Skill,
  type WorkOrder,
  type WorkOrderEvent,
  WorkOrderId,
} from '@uptower/domain';

/** What `work-order.opened` says, but for its time. */
export interface OpeningOrder {
  readonly facts: OrderFacts;
  readonly promises: ServicePromise[];
  readonly curve: CurvePoint[];
  readonly probability: number | null;
}

/** What stays of a text that must fit 200 characters. */
const short = (text: string) => (text.length <= 200 ? text : `${text.slice(0, 199)}…`);

/** Response and resolution as the contract promises them for this priority. */
export function promisesOf(contract: Contract, priority: Severity, openedAt: Instant): ServicePromise[] {
  const due = (hours: number) => openedAt + Math.round(hours * HOUR);
  return [
    { kind: 'response', due: due(contract.responseHours[priority]), settledAt: null },
    { kind: 'resolution', due: due(contract.resolutionHours[priority]), settledAt: null },
  ];
}

/** The graver of two priorities; as words they sort from P1 down. */
export const graver = (a: Severity, b: Severity): Severity => (a < b ? a : b);

/** Promises of an order that became graver: what is not settled yet is due by the new terms from now, never later than before. */
export function promisesRaised(
  order: Pick<WorkOrder, 'priority' | 'promises'>,
  contract: Contract | undefined,
  priority: Severity,
  at: Instant,
): ServicePromise[] {
  if (priority === order.priority || !contract) return order.promises;
  const anew = promisesOf(contract, priority, at);
  return order.promises.map((promise) => {
    const due = anew.find(({ kind }) => kind === promise.kind)?.due ?? promise.due;
    return promise.settledAt === null ? { ...promise, due: Math.min(promise.due, due) } : promise;
  });
}

/** What is done when nobody knows yet what is wrong. */
export const GENERIC_STEPS: readonly { readonly key: string; readonly name: LocalText }[] = [
  { key: 'make-safe', name: { en: 'Make the device safe', zh: '设备安全隔离' } },
  { key: 'diagnose', name: { en: 'Find the cause', zh: '诊断故障原因' } },
  { key: 'repair', name: { en: 'Repair', zh: '维修' } },
  { key: 'test', name: { en: 'Functional and safety test', zh: '功能与安全测试' } },
  { key: 'sign-off', name: { en: 'Hand back to the department', zh: '交还科室签字' } },
];

/** The skill most of a model's failure modes ask for, at level 2; the first by name among equals. A model without any says nothing of skills. */
export function usualSkill(model: DeviceModel): Skill {
  const counts = new Map<string, number>();
  for (const mode of model.failureModes) counts.set(mode.skill.name, (counts.get(mode.skill.name) ?? 0) + 1);
  const usual = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0];
  return usual ? { name: usual[0], level: 2 } : GENERAL_SKILL;
}

/**
 * The id of the `n`-th order of an alert (n counts from 0). The first has the alert's own suffix: whoever reads the alert
 * again after a crash writes the same id, and the stream's version says that it is already there.
 */
export function orderIdOf(alertId: string, n: number): WorkOrderId {
  const suffix = alertId.slice(alertId.indexOf('_') + 1);
  return WorkOrderId.parse(n === 0 ? `wo_${suffix}` : `wo_${suffix.slice(0, 58)}-${n + 1}`);
}

export interface Known {
  readonly device: Device;
  readonly model: DeviceModel;
  readonly contract: Contract;
}

/** The device with what it refers to; undefined when the registry does not know all of it. */
export function lookUp(registry: Registry, deviceId: Device['id']): Known | undefined {
  const device = registry.devices.get(deviceId);
  const model = device && registry.models.get(device.modelId);
  const contract = device && registry.contracts.get(device.contractId);
  return device && model && contract && { device, model, contract };
}

export interface AlertOrderInput {
  readonly alert: Pick<Alert, 'id' | 'deviceId' | 'component' | 'worst'>;
  readonly known: Known;
  readonly id: WorkOrderId;
  readonly number: string;
  readonly source: OrderSource;
  readonly openedAt: Instant;
  readonly note: string | null;
  readonly requestServiceMinutes: number;
}

/** An order about what an alert foresees: skill, work, steps and parts from the failure mode. */
export function orderFromAlert(input: AlertOrderInput): OpeningOrder {
  const { alert, known, openedAt } = input;
  const { device, model, contract } = known;
  const { worst } = alert;
  const mode = failureModeOf(model, worst.failureMode);
  const component = model.components.find(({ key }) => key === alert.component)?.name;
  const what = mode?.name ?? worst.ruleName;
  return {
    facts: {
      ...base(device, input),
      component: alert.component,
      failureMode: mode?.key ?? null,
      alertId: alert.id,
      priority: worst.severity,
      title: titleOf(component, what),
      skill: mode?.skill ?? usualSkill(model),
      serviceMinutes: mode?.serviceMinutes ?? input.requestServiceMinutes,
      steps: mode ? mode.steps : [...GENERIC_STEPS],
      parts: mode?.parts ?? [],
      ...claimOf(worst),
    },
    promises: promisesOf(contract, worst.severity, openedAt),
    curve: worst.curve,
    probability: worst.probability,
  };
}

/** What is kept a record of. Not being heard, and a failure that the device itself reported, foresee nothing. */
function claimOf({ ruleId, ruleName, probability, horizonHours, presence }: Finding): Pick<OrderFacts, 'claim'> {
  if (presence || ruleId === REPORTED_FAILURE) return {};
  return { claim: { ruleId, ruleName, probability, horizonHours } };
}

/** "Cold head: helium pressure rises"; the component is left out when the failure's name already says it. */
function titleOf(component: LocalText | undefined, what: LocalText): LocalText {
  const named = component && what.en.toLowerCase().includes(component.en.toLowerCase());
  if (!component || named) return { en: short(what.en), zh: short(what.zh) };
  return { en: short(`${component.en}: ${what.en}`), zh: short(`${component.zh}：${what.zh}`) };
}

const REQUEST_TITLE: Record<keyof typeof PRIORITY_OF_IMPACT, LocalText> = {
  down: { en: 'Reported out of service', zh: '报修：设备停机' },
  limited: { en: 'Reported working with limits', zh: '报修：设备功能受限' },
  question: { en: 'Question about the device', zh: '设备咨询' },
};

export interface RequestOrderInput {
  readonly known: Known;
  readonly impact: keyof typeof PRIORITY_OF_IMPACT;
  readonly id: WorkOrderId;
  readonly number: string;
  readonly openedAt: Instant;
  readonly note: string;
  readonly requestServiceMinutes: number;
}

/** An order a hospital asked for: the cause is not known, so the work is the generic one. */
export function orderFromRequest(input: RequestOrderInput): OpeningOrder {
  const { known, impact, openedAt } = input;
  const priority = PRIORITY_OF_IMPACT[impact];
  return {
    facts: {
      ...base(known.device, { ...input, source: 'portal' }),
      component: null,
      failureMode: null,
      alertId: null,
      priority,
      title: REQUEST_TITLE[impact],
      skill: usualSkill(known.model),
      serviceMinutes: input.requestServiceMinutes,
      steps: [...GENERIC_STEPS],
      parts: [],
    },
    promises: promisesOf(known.contract, priority, openedAt),
    curve: [],
    probability: null,
  };
}

/** What a hospital's request adds to an order that is already open on the device. */
export function reportJoined(
  order: WorkOrder,
  { at, by, text, impact }: Report,
  contract: Contract,
): Extract<WorkOrderEvent, { type: 'work-order.report-joined' }> {
  const priority = graver(PRIORITY_OF_IMPACT[impact], order.priority);
  const promises = promisesRaised(order, contract, priority, at);
  return { type: 'work-order.report-joined', workOrderId: order.id, at, by, text, impact, priority, promises };
}

function base(
  device: Device,
  { id, number, source, openedAt, note }: Pick<AlertOrderInput, 'id' | 'number' | 'source' | 'openedAt' | 'note'>,
) {
  const { id: deviceId, siteId, hospitalId, service } = device;
  return { id, number, source, deviceId, siteId, hospitalId, service, openedAt, note: note || null };
}
