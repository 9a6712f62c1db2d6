import {
  type Device,
  type DeviceModel,
  endOfSuppression,
  type Finding,
  type Instant,
  isInForce,
  type OrderSource,
  type Rule,
  type SuppressedBy,
  type Suppression,
  type SuppressWhile,
  type Value,
} from '@uptower/domain';

/** What is known of a device that alarms are suppressed by, at one moment of its time. */
export interface Conditions {
  readonly at: Instant;
  /** Suppressions by people that concern the device, whenever. */
  readonly windows: readonly Suppression[];
  readonly activity: string | null;
  /** For what kind of orders somebody is on site. */
  readonly visits: readonly OrderSource[];
  /** Last values of the metrics that rules are suppressed by. */
  readonly suppressors: Readonly<Record<string, number>>;
}

/** Why an alarm is suppressed; undefined: it is not. A person's word goes before what is concluded. Pure. */
export function suppressedBy(
  finding: Pick<Finding, 'ruleId'>,
  rules: readonly Rule[],
  conditions: Conditions,
): SuppressedBy | undefined {
  const { at, windows, activity, visits } = conditions;
  const window = windows.find(
    (each) => isInForce(each, at) && (each.scope.ruleId === undefined || each.scope.ruleId === finding.ruleId),
  );
  if (window) return { kind: window.kind, id: window.id };
  if (visits.length > 0) return { kind: 'on-site' };
  if (activity === 'service') return { kind: 'service-mode' };
  const rule = rules.find(({ id }) => id === finding.ruleId);
  return rule?.suppressWhile?.some((each) => holds(each, conditions)) ? { kind: 'by-design' } : undefined;
}

function holds(condition: SuppressWhile, { activity, suppressors }: Conditions): boolean {
  if ('activity' in condition) return condition.activity.some((each) => each === activity);
  const value = suppressors[condition.metric];
  if (value === undefined) return false;
  return value >= (condition.min ?? Number.NEGATIVE_INFINITY) && value <= (condition.max ?? Number.POSITIVE_INFINITY);
}

/** The findings with why each is suppressed, as of now. */
export function marked(findings: readonly Finding[], rules: readonly Rule[], conditions: Conditions): Finding[] {
  return findings.map((given) => {
    const { suppression: before, ...finding } = given;
    const now = suppressedBy(finding, rules, conditions);
    if (now === undefined) return before === undefined ? given : finding;
    return { ...finding, suppression: now };
  });
}

export const concerns = ({ scope }: Suppression, device: Device): boolean =>
  scope.deviceId === device.id || scope.modelId === device.modelId;

/** When people's suppressions begin or end in `(after, upTo]`, in order. */
export function boundaries(windows: readonly Suppression[], after: Instant, upTo: Instant): Instant[] {
  const found = new Set<Instant>();
  for (const window of windows)
    for (const at of [window.from, endOfSuppression(window)]) if (at > after && at <= upTo) found.add(at);
  return [...found].sort((a, b) => a - b);
}

const metrics = new WeakMap<DeviceModel, readonly string[]>();

/** Metrics by whose values a model's rules are suppressed. */
export function suppressingMetrics(model: DeviceModel): readonly string[] {
  let found = metrics.get(model);
  if (!found) {
    const conditions = model.rules.flatMap(({ suppressWhile }) => suppressWhile ?? []);
    found = [...new Set(conditions.flatMap((each) => ('metric' in each ? each.metric : [])))];
    metrics.set(model, found);
  }
  return found;
}

/** Notes the suppressing values of a moment; whether any was there. Numbers only. */
export function noteSuppressors(
  suppressors: Record<string, number>,
  model: DeviceModel,
  values: Readonly<Record<string, Value>>,
): boolean {
  let any = false;
  for (const metric of suppressingMetrics(model)) {
    const value = Object.hasOwn(values, metric) ? values[metric] : undefined;
    if (typeof value !== 'number') continue;
    suppressors[metric] = value;
    any = true;
  }
  return any;
}
