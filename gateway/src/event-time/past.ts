import type { Alert, DeviceStatePayload, Instant, LateData, OrderSource, Value } from '@uptower/domain';
import type { ReportedFailure } from '../alarms/reported-failure.ts';
import { Detectors } from '../prediction/detectors.ts';
import type { Evidence } from '../uptime/evidence.ts';
import type { Checkpoint } from './fold.ts';

/** Everything a device measured at one moment of its own time; readings of the same moment are one. */
export interface Moment {
  readonly ts: Instant;
  readonly values: Readonly<Record<string, Value>>;
}

/** What happened to a device besides its readings, at its place in event time. Plain data. */
export type Mark =
  | {
      readonly kind: 'state';
      readonly at: Instant;
      readonly status: Exclude<DeviceStatePayload['status'], 'offline'>;
      readonly activity: DeviceStatePayload['activity'] | null;
    }
  | { readonly kind: 'failed'; readonly at: Instant; readonly component: string; readonly text: string | null }
  | { readonly kind: 'replaced'; readonly at: Instant; readonly component: string }
  /** Somebody finished work that fixed a component; null: the device. */
  | { readonly kind: 'work'; readonly at: Instant; readonly component: string | null }
  /** From here on somebody is on site for orders of these sources. */
  | { readonly kind: 'visit'; readonly at: Instant; readonly sources: readonly OrderSource[] }
  /** An event code that a learned rule looks at. */
  | { readonly kind: 'code'; readonly at: Instant; readonly code: string }
  /** A suppression by a person begins or ends here. Which, the world knows; this makes the fold come past the moment. */
  | { readonly kind: 'suppression'; readonly at: Instant };

/** What a device's inputs amount to, taken in the order of event time. The same for every order of arrival. */
export interface FoldState {
  detectors: Detectors;
  /** Failed components of an observed device: not judged until replaced. */
  resting: string[];
  failures: ReportedFailure[];
  evidence: Evidence;
  /** By component: the alert that is open when everything is judged in order. Its id means nothing. */
  open: Record<string, Alert>;
  /** For what kind of orders somebody is on site. */
  visits: readonly OrderSource[];
  /** Last values of the metrics that rules are suppressed by. */
  suppressors: Record<string, number>;
  /** Event time up to which suppressions by people were reckoned in; null: none yet. */
  suppressedTo: Instant | null;
  /** Event time of what was told last; left out before the first. No part of a checkpoint: it says what was done, not what is. */
  toldAt?: Instant | undefined;
}

/** What came late and was not reckoned in yet. */
export interface Late extends LateData {
  /** The detectors have to look again from here; null: only the ledger has. */
  judgeFrom: Instant | null;
}

/** What makes it possible to go back. Plain data, kept in the pipeline's snapshot. */
export interface Past {
  /** The newest moment that was folded; null before the first. */
  front: Instant | null;
  /** In order; bounded by `letGo`. */
  marks: Mark[];
  /** What older marks amounted to; null while none was let go. */
  base: Checkpoint | null;
  /** Of before this, marks that decide (failures, repairs, visits, codes) were let go: nothing is judged anew from there. Left out while none was. */
  judgedSince?: Instant;
  /** Stretches of event time within which the device spoke in its rhythm; in order, never touching. */
  words: [from: Instant, to: Instant][];
  /** Of before this, stretches were forgotten; left out while none was. */
  wordsSince?: Instant;
  /** By rule: since when it reads as it does; left out where it always did. */
  rulesSince: Record<string, Instant>;
  /** Oldest first. */
  checkpoints: Checkpoint[];
  late: Late | null;
  /** Readings that came too late to be judged; they are stored. */
  tooLate: number;
}

export const noPast = (): Past => ({
  front: null,
  marks: [],
  base: null,
  words: [],
  rulesSince: {},
  checkpoints: [],
  late: null,
  tooLate: 0,
});

/** At one moment: its readings first, then marks by kind; so the order never depends on the arrival. */
const RANK: Record<Mark['kind'], number> = {
  state: 0,
  code: 1,
  failed: 2,
  replaced: 3,
  work: 4,
  visit: 5,
  suppression: 6,
};

export function compareMarks(a: Mark, b: Mark): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind];
  const [x, y] = [JSON.stringify(a), JSON.stringify(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Event time up to which everything was folded; null for a device nothing is known of. */
export function reached({ front, marks, base }: Past): Instant | null {
  const mark = marks.at(-1)?.at ?? base?.[0] ?? null;
  if (front === null || mark === null) return front ?? mark;
  return Math.max(front, mark);
}

/** Notes that something came late. `judge`: the detectors are concerned, not only the ledger. */
export function noteLate(past: Past, at: Instant, arrivedAt: Instant, judge: boolean): void {
  const { late } = past;
  const judgeFrom = judge ? Math.min(at, late?.judgeFrom ?? at) : (late?.judgeFrom ?? null);
  past.late = late
    ? {
        count: late.count + 1,
        from: Math.min(late.from, at),
        to: Math.max(late.to, at),
        arrivedAt: Math.max(late.arrivedAt, arrivedAt),
        judgeFrom,
      }
    : { count: 1, from: at, to: at, arrivedAt, judgeFrom };
  if (judge) past.checkpoints = past.checkpoints.filter(([then]) => then < at);
}

/** A fold of nothing, for the same device. */
export const beginning = ({ evidence }: Pick<FoldState, 'evidence'>): FoldState => ({
  detectors: new Detectors(),
  resting: [],
  failures: [],
  open: {},
  visits: [],
  suppressors: {},
  suppressedTo: null,
  evidence: { ...evidence, reported: null, activity: null, failed: [] },
});
