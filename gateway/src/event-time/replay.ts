import type { Alert, DeviceFact, Instant } from '@uptower/domain';
import { addCheckpoint, isCheckpointDue, phaseOf } from './checkpoints.ts';
import { type Checkpoint, foldOf } from './fold.ts';
import type { FoldState, Mark, Moment } from './past.ts';
import { type Known, type Listener, stepMark, stepMoment } from './step.ts';

/** What would have been told, had everything come in order. */
export interface InOrder {
  /** By component, oldest first: the alerts that were open after the start; those that ended are `cleared`. */
  readonly alerts: Map<string, Alert[]>;
  readonly facts: Pick<DeviceFact, 'component' | 'fact' | 'at'>[];
}

export interface ReplayInput {
  /** The state after everything up to `after`; changed by the replay into the state at the end. */
  readonly state: FoldState;
  readonly after: Instant;
  /** Newer than `after`, in order. */
  readonly moments: readonly Moment[];
  /** Newer than `after`, in order. */
  readonly marks: readonly Mark[];
  readonly known: Known;
  /** Those not newer than `after`; the replay adds its own. */
  readonly checkpoints: Checkpoint[];
  /** A checkpoint is also taken before this many of the last moments, for the memory of recent ones. */
  readonly recent: number;
}

export interface Replayed extends InOrder {
  /** The state before the last `recent` moments. */
  readonly beforeRecent: Checkpoint | null;
}

/** Folds moments and marks in the order of event time. Pure but for `state` and `checkpoints`. */
export function replay(input: ReplayInput): Replayed {
  const { state, after, moments, marks, known, checkpoints, recent } = input;
  const alerts = new Map<string, Alert[]>();
  const facts: Replayed['facts'] = [];
  const current = new Map<string, number>();
  for (const [component, alert] of Object.entries(state.open)) {
    alerts.set(component, [alert]);
    current.set(component, 0);
  }
  const listener: Listener = {
    alert(component, event, alert) {
      const list = alerts.get(component) ?? [];
      alerts.set(component, list);
      if (event.type === 'alert.raised') current.set(component, list.length);
      list[current.get(component) ?? 0] = alert;
    },
    fact: (component, fact, at) => facts.push({ component, fact, at }),
  };
  let beforeRecent: Checkpoint | null = null;
  const phase = phaseOf(known.device.id);
  let at = after;
  /** Everything up to `at` is folded; the next input is of `now`. */
  const moveOn = (now: Instant) => {
    if (at > Number.NEGATIVE_INFINITY && now > at && isCheckpointDue(checkpoints, at, phase))
      addCheckpoint(checkpoints, [at, foldOf(state)]);
    at = now;
  };
  let mark = 0;
  const marksBefore = (ts: Instant) => {
    for (let next = marks[mark]; next && next.at < ts; next = marks[mark]) {
      moveOn(next.at);
      stepMark(state, next, known, listener);
      mark += 1;
    }
  };
  moments.forEach((moment, i) => {
    marksBefore(moment.ts);
    if (moments.length > recent && i === moments.length - recent) beforeRecent = [at, foldOf(state)];
    moveOn(moment.ts);
    stepMoment(state, moment, known, listener);
  });
  marksBefore(Number.POSITIVE_INFINITY);
  return { alerts, facts, beforeRecent };
}
