import {
  type DeviceEventPayload,
  type DeviceModel,
  type Finding,
  type Instant,
  REPORTED_FAILURE,
} from '@uptower/domain';
import { clip } from '../prediction/words.ts';
import type { Evidence } from '../uptime/evidence.ts';

/** A component the device said has failed. Plain data, kept in the pipeline's snapshot. */
export interface ReportedFailure {
  readonly component: string;
  /** Stands for it in the component's alert; null on observed devices, where nobody is sent. */
  readonly finding: Finding | null;
  /** Repaired or replaced; it is over when the device also says that it is up. */
  worked: boolean;
}

/** Said again before anybody worked on it, a failure is no other one. */
export const isKnownFailure = (failures: readonly ReportedFailure[], component: string): boolean =>
  failures.some((failure) => failure.component === component && !failure.worked);

/** Somebody worked on a component; null: on the device. */
export function markWorked(failures: readonly ReportedFailure[], component: string | null): void {
  for (const failure of failures) if (component === null || failure.component === component) failure.worked = true;
}

/**
 * Splits off the failures that are over: worked on, and the device's last word of itself is `up`. For one that never
 * says how it is, the work is all there will be to know.
 */
export function endedFailures(failures: readonly ReportedFailure[], { reported }: Evidence) {
  const up = reported === null || reported.state === 'up';
  const isOver = (failure: ReportedFailure) => failure.worked && (up || failure.finding === null);
  return { ended: failures.filter(isOver), standing: failures.filter((failure) => !isOver(failure)) };
}

/** A failure nobody foresaw needs somebody all the same: what it says in the component's alert. */
export function failureFinding(
  model: DeviceModel,
  component: string,
  { text, ts: at }: DeviceEventPayload & { readonly ts: Instant },
): Finding {
  const name = model.components.find((candidate) => candidate.key === component)?.name;
  const words = text ? `: ${text}` : '';
  return {
    ruleId: REPORTED_FAILURE,
    ruleName: { en: 'Device reported a failure', zh: '设备报告故障' },
    component,
    failureMode: model.failureModes.find((mode) => mode.component === component)?.key ?? component,
    severity: 'P1',
    at,
    probability: 1,
    horizonHours: 1,
    curve: [{ at, p: 1 }],
    expected: { p10: at, p50: at, p90: at },
    evidence: {
      metric: 'failure',
      value: 1,
      level: 1,
      since: at,
      text: clip({
        en: `The device reported that ${name?.en ?? component} has failed${words}`,
        zh: `设备报告${name?.zh ?? component}发生故障${words}`,
      }),
    },
  };
}
