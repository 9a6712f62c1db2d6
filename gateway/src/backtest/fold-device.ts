import { type AlertChange, type Device, type DeviceModel, type Finding, type Instant, worstOf } from '@uptower/domain';
import { beginning, compareMarks, type FoldState, type Mark, type Moment } from '../event-time/past.ts';
import { type Known, type Listener, stepMark, stepMoment } from '../event-time/step.ts';
import { noEvidence } from '../uptime/evidence.ts';

/** A device as one set of rules sees it: the fold of the live pipeline, begun anew. */
interface Side {
  readonly state: FoldState;
  readonly known: Known;
  readonly listener: Listener;
}

export interface Failure {
  readonly component: string;
  readonly at: Instant;
}

/** A device's past, told once and judged by several sets of rules side by side. */
export class DeviceFold {
  /** By set of rules, each in the order of event time. */
  readonly changes: AlertChange[][];
  /** What the device said had failed; a failure said again before anybody worked on it is the same one. */
  readonly failures: Failure[] = [];
  firstAt: Instant | null = null;
  lastAt: Instant | null = null;
  moments = 0;
  private readonly sides: readonly Side[];
  private readonly marks: readonly Mark[];
  private mark = 0;

  constructor(
    device: Device,
    models: readonly DeviceModel[],
    marks: readonly Mark[],
    around: Pick<Known, 'suppressions' | 'learned' | 'words'>,
  ) {
    this.marks = [...marks].sort(compareMarks);
    this.changes = models.map(() => []);
    this.sides = models.map((model, i) => ({
      state: beginning({ evidence: noEvidence() }),
      known: { device, model, since: {}, ...around },
      listener: this.listenerOf(i, device.id),
    }));
  }

  /** Newer than the last. */
  take(moment: Moment): void {
    this.marksBefore(moment.ts);
    for (const { state, known, listener } of this.sides) stepMoment(state, moment, known, listener);
    this.firstAt ??= moment.ts;
    this.lastAt = moment.ts;
    this.moments += 1;
  }

  /** What happened after the last reading. */
  finish(until: Instant): void {
    this.marksBefore(until);
  }

  private marksBefore(ts: Instant): void {
    for (let next = this.marks[this.mark]; next && next.at < ts; next = this.marks[this.mark]) {
      for (const { state, known, listener } of this.sides) stepMark(state, next, known, listener);
      this.mark += 1;
    }
  }

  private listenerOf(i: number, deviceId: Device['id']): Listener {
    const changes = this.changes[i] as AlertChange[];
    const numbers = new Map<string, number>();
    let raised = 0;
    return {
      alert: (component, event) => {
        if (event.type === 'alert.raised') numbers.set(component, raised++);
        const alert = numbers.get(component) ?? 0;
        const { at } = event;
        if (event.type === 'alert.raised')
          changes.push({ at, deviceId, component, alert, worst: faceOf(event.finding) });
        else if (event.type === 'alert.findings-changed') {
          const worst = worstOf(event.findings);
          if (worst) changes.push({ at, deviceId, component, alert, worst: faceOf(worst) });
        } else if (event.type === 'alert.cleared') changes.push({ at, deviceId, component, alert, worst: null });
      },
      fact: (component, fact, at) => {
        if (i === 0 && fact === 'failed') this.failures.push({ component, at });
      },
    };
  }
}

/** Null while suppressed: it opens no order. */
const faceOf = ({ ruleId, probability, severity, horizonHours, suppression }: Finding): AlertChange['worst'] =>
  suppression ? null : { ruleId, probability, severity, horizonHours };
