import { DAY, type Instant } from '@uptower/domain';
import { addCheckpoint, isCheckpointDue, letSomeGo, phaseOf } from './checkpoints.ts';
import { type Checkpoint, foldOf } from './fold.ts';
import { letGo } from './let-go.ts';
import { compareMarks, type FoldState, type Mark, type Moment, noteLate, type Past, reached } from './past.ts';
import type { RecentMoments } from './recent.ts';
import { type Known, type Listener, stepMark, stepMoment } from './step.ts';
import { type Absence, addWord, type Rhythm } from './words.ts';

/** Readings older than this, seen from the device's newest, are stored and no longer judged, unless that costs nothing. */
export const HORIZON_MS = 35 * DAY;

/** What an input meets on arrival. */
export interface Arrival {
  readonly deviceId: string;
  readonly state: FoldState & { readonly past: Past };
  readonly known: Known;
  readonly listener: Listener;
  readonly recent: RecentMoments;
  /** This server's clock. */
  readonly receivedAt: Instant;
  /** What was not heard of the device; one that still lasts ends at `receivedAt`. */
  readonly absences: readonly Absence[];
  readonly rhythm: Rhythm;
}

/** Takes one moment: in order it is judged at once; late it is noted, for the amendment to judge everything anew. */
export function arriveMoment(arrival: Arrival, moment: Moment): void {
  const { deviceId, state, known, listener, recent } = arrival;
  const { past } = state;
  let late = false;
  const at = reached(past);
  if (at === null || moment.ts > at) {
    // While something is to be judged anew, the present state is no place to go back to.
    if (past.late?.judgeFrom != null) recent.append(deviceId, moment);
    else {
      const taken = at === null ? undefined : checkpoint(arrival, at);
      recent.follow(deviceId, at, state, moment, taken);
    }
    stepMoment(state, moment, known, listener);
    past.front = moment.ts;
  } else if (!joinNewest(arrival, moment)) {
    if (!lateMoment(arrival, moment, at)) return;
    late = true;
  }
  spoke(arrival, moment.ts, late);
}

/** Takes one of the state after everything up to `at`, when it is due. */
function checkpoint({ deviceId, state }: Arrival, at: Instant): Checkpoint | undefined {
  const { checkpoints } = state.past;
  if (!isCheckpointDue(checkpoints, at, phaseOf(deviceId))) {
    if (checkpoints.length === 2) letSomeGo(checkpoints, at);
    return undefined;
  }
  const taken: Checkpoint = [at, foldOf(state)];
  addCheckpoint(checkpoints, taken);
  return taken;
}

/** Metrics of the newest moment that came in a message of their own. False when it is not that simple. */
function joinNewest({ deviceId, state, known, listener, recent }: Arrival, moment: Moment): boolean {
  const { past } = state;
  if (moment.ts !== past.front || (past.marks.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= moment.ts) return false;
  const newest = recent.newest(deviceId);
  if (newest?.ts !== moment.ts || past.late !== null) return false;
  for (const key in moment.values) if (Object.hasOwn(newest.values, key)) return false;
  // What was told of a part of this moment may not be what the whole says: it is judged as if it came at once.
  if (state.toldAt === moment.ts) return false;
  const values = { ...newest.values, ...moment.values };
  stepMoment(state, { ts: moment.ts, values }, known, listener, (metric) => Object.hasOwn(moment.values, metric));
  recent.join(deviceId, moment);
  return true;
}

function lateMoment({ deviceId, state: { past }, recent, receivedAt }: Arrival, moment: Moment, at: Instant): boolean {
  const { ts } = moment;
  const isNear = at - ts <= HORIZON_MS || past.checkpoints.some(([then]) => then < ts) || recent.since(deviceId, ts);
  if (!isNear) {
    past.tooLate += 1;
    return false;
  }
  noteLate(past, ts, receivedAt, true);
  // The first of its life: all of it is in memory.
  if (past.front === null) recent.begin(deviceId, moment);
  else recent.late(deviceId, ts, moment);
  past.front = Math.max(past.front ?? ts, ts);
  return true;
}

/** The device spoke of this moment. `late`: that is noted. */
function spoke({ state: { past }, receivedAt, absences, rhythm }: Arrival, ts: Instant, late: boolean): void {
  const first = past.words[0]?.[0] ?? ts;
  const forgotten = addWord(past.words, ts, rhythm, absences);
  if (forgotten !== null) past.wordsSince = Math.max(past.wordsSince ?? forgotten, forgotten);
  if (late) return;
  // Before its first word, or in the middle of a time of which nothing was known: the ledger is written anew.
  const inside = absences.some(({ since, until }) => ts > since && ts < (until ?? receivedAt) - rhythm.intervalMs);
  if (ts < first || inside) noteLate(past, ts, receivedAt, false);
}

/** The device said something that is no mark: it was there then. Of beyond the horizon that says nothing. */
export function arriveWord(arrival: Arrival, ts: Instant): void {
  const at = reached(arrival.state.past) ?? ts;
  if (at - ts <= HORIZON_MS) spoke(arrival, ts, false);
}

/** Takes one mark; `word`: the device itself said it. False when it was known. */
export function arriveMark(arrival: Arrival, mark: Mark, word: boolean): boolean {
  const { deviceId, state, known, listener, recent, receivedAt } = arrival;
  const { past } = state;
  if (past.base && mark.at <= past.base[0]) {
    past.tooLate += 1;
    return true;
  }
  let late = false;
  const at = reached(past);
  const order = past.marks.length === 0 ? 1 : compareMarks(mark, past.marks.at(-1) as Mark);
  // What a suppression changes comes before everything else of its moment: see `passSuppressions`.
  const isNext =
    mark.kind === 'suppression'
      ? mark.at > (at ?? Number.NEGATIVE_INFINITY)
      : order > 0 && mark.at >= (past.front ?? Number.NEGATIVE_INFINITY);
  if (isNext) {
    if (at !== null && mark.at > at && past.late === null) checkpoint(arrival, at);
    stepMark(state, mark, known, listener);
    past.marks.push(mark);
  } else {
    let i = past.marks.length;
    while (i > 0 && compareMarks(past.marks[i - 1] as Mark, mark) > 0) i -= 1;
    if (i > 0 && compareMarks(past.marks[i - 1] as Mark, mark) === 0) return false;
    past.marks.splice(i, 0, mark);
    noteLate(past, mark.at, receivedAt, true);
    late = true;
    recent.late(deviceId, mark.at, null);
  }
  letGo(state, known);
  if (word) spoke(arrival, mark.at, late);
  return true;
}

/** A message's moments in order, those of one moment joined. */
export function inOrder(moments: readonly Moment[]): readonly Moment[] {
  let sorted = true;
  for (let i = 1; sorted && i < moments.length; i += 1)
    sorted = (moments[i - 1] as Moment).ts < (moments[i] as Moment).ts;
  if (sorted) return moments;
  const byTime = new Map<Instant, Moment>();
  for (const { ts, values } of moments) byTime.set(ts, { ts, values: { ...byTime.get(ts)?.values, ...values } });
  return [...byTime.values()].sort((a, b) => a.ts - b.ts);
}
