import {
  type Alert,
  type AlertEvent,
  AlertId,
  type Device,
  type DeviceFact,
  type DeviceModel,
  evolveAlert,
  type Finding,
  type Instant,
  type Suppression,
} from '@uptower/domain';
import { decideFact } from '../alarms/decide-fact.ts';
import { decideFindings } from '../alarms/decide-findings.ts';
import { endedFailures, failureFinding, isKnownFailure, markWorked } from '../alarms/reported-failure.ts';
import { boundaries, marked, noteSuppressors } from '../alarms/suppress.ts';
import { own } from '../own.ts';
import type { Learned } from '../prediction/learned-models.ts';
import {
  findingsOf,
  forget,
  lapse,
  nextSilence,
  observe,
  observeCode,
  observeSilence,
  resetAfterWork,
} from '../prediction/predictor.ts';
import type { Words } from '../prediction/words.ts';
import { onFailure, onRepair, onState } from '../uptime/evidence.ts';
import type { FoldState, Mark, Moment } from './past.ts';

export interface Known {
  readonly device: Device;
  readonly model: DeviceModel;
  readonly words: Words;
  /** By rule: since when it reads as it does, in the device's event time; left out where it always did. */
  readonly since: Readonly<Record<string, Instant>>;
  /** By people, of this device: past, present and announced. */
  readonly suppressions: readonly Suppression[];
  /** Learned models that rules may name; left out: none. */
  readonly learned?: Learned;
}

/** Hears what a step leads to. Ids and journal positions in it mean nothing yet. */
export interface Listener {
  /** `alert`: as it is after the event. */
  alert(component: string, event: AlertEvent, alert: Alert): void;
  fact(component: string, fact: DeviceFact['fact'], at: Instant): void;
}

const NO_ID = AlertId.parse('alr_0');

/**
 * One moment's readings, newer than everything folded before. `fresh`: the metrics that are new of a moment of which a
 * part was folded already; left out when all are.
 */
export function stepMoment(
  state: FoldState,
  moment: Moment,
  known: Known,
  listener: Listener,
  fresh?: (metric: string) => boolean,
): void {
  const { model, words } = known;
  passTime(state, moment.ts, known, listener);
  if (noteSuppressors(state.suppressors, model, moment.values)) markAnew(state, moment.ts, known, listener);
  for (const component of lapse(state.detectors, model, moment.ts)) judge(state, component, moment.ts, known, listener);
  const touched = observe(state.detectors, model, moment, state.resting, words, {
    fresh,
    since: known.since,
    learned: known.learned,
  });
  if (touched) for (const component of touched) judge(state, component, moment.ts, known, listener);
  for (const component in state.open)
    if (isOfGoneRule(state.open[component] as Alert, moment.ts, known))
      judge(state, component, moment.ts, known, listener);
}

/** A rule was taken out of the model and its finding still stands in an alert: nothing else would ever end it. */
function isOfGoneRule({ findings }: Alert, ts: Instant, { model, since }: Known): boolean {
  return findings.some(
    ({ ruleId }) =>
      ts > (own(since, ruleId) ?? Number.POSITIVE_INFINITY) && !model.rules.some(({ id }) => id === ruleId),
  );
}

/** One mark, not older than anything folded before. */
export function stepMark(state: FoldState, mark: Mark, known: Known, listener: Listener): void {
  const { model } = known;
  passTime(state, mark.at, known, listener);
  switch (mark.kind) {
    case 'state': {
      const { status, at, activity } = mark;
      onState(state.evidence, { status, ts: at, ...(activity ? { activity } : {}) }, state.evidence.heardAt ?? at);
      markAnew(state, at, known, listener);
      endFailures(state, at, known, listener);
      return;
    }
    case 'failed':
    case 'replaced':
      stepFact(state, mark, known, listener);
      return;
    case 'work':
      resetAfterWork(state.detectors, model, mark.component, mark.at);
      onRepair(state.evidence, mark.component);
      markWorked(state.failures, mark.component);
      endFailures(state, mark.at, known, listener);
      return;
    case 'visit':
      state.visits = mark.sources;
      markAnew(state, mark.at, known, listener);
      return;
    case 'code': {
      const { since, learned, words } = known;
      const { at, code } = mark;
      for (const component of observeCode(state.detectors, model, code, at, state.resting, words, { since, learned }))
        judge(state, component, at, known, listener);
      return;
    }
    case 'suppression':
      return;
  }
}

type FactMark = Extract<Mark, { kind: 'failed' | 'replaced' }>;

function stepFact(state: FoldState, mark: FactMark, known: Known, listener: Listener): void {
  const { device, model } = known;
  const { component, at, kind } = mark;
  const chatter = kind === 'failed' && isKnownFailure(state.failures, component);
  applyFact(state, mark, known);
  if (chatter) return;
  listener.fact(component, kind, at);
  if (kind === 'failed') {
    const text = mark.text === null ? {} : { text: mark.text };
    const said = { ts: at, code: 'failure', severity: 'info', component, ...text } as const;
    const finding = device.service === 'full' ? failureFinding(model, component, said) : null;
    const others = state.failures.filter((failure) => failure.component !== component);
    state.failures = [...others, { component, finding, worked: false }];
  } else {
    markWorked(state.failures, component);
    state.failures = endedFailures(state.failures, state.evidence).standing;
  }
  // A reported failure that stands is a finding beside the detectors' own; otherwise the fact itself decides.
  if (state.failures.some((failure) => failure.component === component && failure.finding))
    judge(state, component, at, known, listener);
  else {
    const fact = { type: 'device.fact', deviceId: device.id, component, fact: kind, at, journalPosition: 0 } as const;
    tell(state, component, decideFact(state.open[component], fact, device.service), listener);
  }
}

function applyFact(state: FoldState, { kind, component, at }: FactMark, { device, model }: Known): void {
  if (kind === 'failed') {
    onFailure(state.evidence, component, at);
    if (device.service === 'full') return;
    forget(state.detectors, model, component, at);
    if (!state.resting.includes(component)) state.resting = [...state.resting, component];
  } else {
    onRepair(state.evidence, component);
    forget(state.detectors, model, component, at);
    state.resting = state.resting.filter((resting) => resting !== component);
  }
}

/** Lets go of reported failures that are over; their alerts end unless detectors still find something. */
function endFailures(state: FoldState, at: Instant, known: Known, listener: Listener): void {
  const { ended, standing } = endedFailures(state.failures, state.evidence);
  state.failures = standing;
  for (const { component, finding } of ended)
    if (finding) judge(state, component, Math.max(at, finding.at), known, listener);
}

/** What time alone changes up to `to`, in its order: learned risks judged in silence, suppressions that begin and end. */
function passTime(state: FoldState, to: Instant, known: Known, listener: Listener): void {
  const { model, words, learned } = known;
  for (;;) {
    const at = nextSilence(state.detectors, model, to, state.resting, learned);
    if (at === null) break;
    passSuppressions(state, at, known, listener);
    for (const component of observeSilence(state.detectors, model, at, state.resting, words, learned))
      judge(state, component, at, known, listener);
  }
  passSuppressions(state, to, known, listener);
}

/** Suppressions by people that began or ended up to `to` take effect when they did, whatever is heard of the device. */
function passSuppressions(state: FoldState, to: Instant, known: Known, listener: Listener): void {
  const { suppressions } = known;
  if (suppressions.length > 0)
    for (const at of boundaries(suppressions, state.suppressedTo ?? Number.NEGATIVE_INFINITY, to))
      markAnew(state, at, known, listener);
  state.suppressedTo = Math.max(to, state.suppressedTo ?? to);
}

/** What suppresses alarms may have changed: of those that are open, as they were told. */
function markAnew(state: FoldState, at: Instant, known: Known, listener: Listener): void {
  for (const [component, alert] of Object.entries(state.open))
    decide(state, component, alert.findings, at, known, listener);
}

function judge(state: FoldState, component: string, at: Instant, known: Known, listener: Listener): void {
  const reported = state.failures.flatMap((failure) =>
    failure.component === component && failure.finding ? [failure.finding] : [],
  );
  const findings = [...findingsOf(state.detectors, known.model, component), ...reported];
  decide(state, component, findings, at, known, listener);
}

function decide(
  state: FoldState,
  component: string,
  found: readonly Finding[],
  at: Instant,
  { device, model, suppressions: windows }: Known,
  listener: Listener,
): void {
  const { suppressors, visits, evidence: heard } = state;
  const findings = marked(found, model.rules, { at, windows, activity: heard.activity, visits, suppressors });
  const evidence = { deviceId: device.id, component, findings, at, position: 0 };
  tell(
    state,
    component,
    decideFindings(state.open[component], evidence, () => NO_ID),
    listener,
  );
}

function tell(state: FoldState, component: string, events: readonly AlertEvent[], listener: Listener): void {
  for (const event of events) {
    state.toldAt = event.at;
    const alert = evolveAlert(event.type === 'alert.raised' ? undefined : state.open[component], event);
    if (alert.state === 'cleared') delete state.open[component];
    else state.open[component] = alert;
    listener.alert(component, event, alert);
  }
}
