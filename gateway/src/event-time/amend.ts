import {
  type AlertId,
  type AvailabilityAmended,
  type Device,
  type DeviceFact,
  isPresenceComponent,
  type LateData,
} from '@uptower/domain';
import type { AlertBook } from '../alarms/alert-book.ts';
import type { Ledger } from '../uptime/ledger.ts';
import { type FactBook, missingFacts } from './fact-book.ts';
import { readFold } from './fold.ts';
import { letGo } from './let-go.ts';
import { beginning, type FoldState, type Past } from './past.ts';
import { marksAfter, RECENT, type RecentMoments, type Stretch } from './recent.ts';
import { reconcile } from './reconcile.ts';
import { type InOrder, replay } from './replay.ts';
import type { Known } from './step.ts';
import type { ComponentAlert } from './telling.ts';
import { timeline } from './timeline.ts';

export interface AmendParts {
  readonly alerts: AlertBook;
  readonly ledger: Ledger;
  readonly facts: FactBook;
  readonly recent: RecentMoments;
  newAlertId(): AlertId;
}

/** What an amendment tells the event log. */
export interface Amended {
  readonly alerts: ComponentAlert[];
  readonly facts: DeviceFact[];
  readonly availability: AvailabilityAmended[];
}

type State = FoldState & { readonly past: Past };

const componentsOf = ({ model }: Known): Set<string> =>
  new Set([...model.components.map(({ key }) => key), ...model.rules.map(({ component }) => component)]);

/**
 * Whether everything told of the device so far came from records up to `position`. While a journal is read again after a
 * crash, what was told is ahead of what was read, and must not be taken back.
 */
export function isReady(deviceId: Device['id'], position: number, known: Known, parts: AmendParts): boolean {
  const { alerts, ledger, facts } = parts;
  if (Math.max(ledger.toldAt(deviceId), facts.toldAt(deviceId)) > position) return false;
  for (const component of componentsOf(known))
    if (alerts.slot(deviceId, component).journalPosition > position) return false;
  return true;
}

/**
 * Judges a device anew from `stretch` on and tells what that changes of what was told. `stretch`: null when only the ledger
 * is concerned.
 */
export function amend(
  state: State,
  known: Known,
  stretch: Stretch | null,
  position: number,
  parts: AmendParts,
): Amended {
  const { past } = state;
  const { late } = past;
  if (!late) return { alerts: [], facts: [], availability: [] };
  past.late = null;
  const { count, from, to, arrivedAt } = late;
  const why: LateData = { count, from, to, arrivedAt };
  const judged = stretch ? judgeAnew(state, known, stretch, why, position, parts) : { alerts: [], facts: [] };
  const deviceId = known.device.id;
  const entries = timeline(state, known, parts.ledger.silences(deviceId));
  const next = parts.ledger.amendment(deviceId, entries, { at: arrivedAt, late: why, journalPosition: position });
  if (next) parts.ledger.apply(next.event, next.version);
  letGo(state, known);
  return { ...judged, availability: next ? [next.event] : [] };
}

function judgeAnew(
  state: State,
  known: Known,
  { base, moments }: Stretch,
  late: LateData,
  position: number,
  parts: AmendParts,
): Omit<Amended, 'availability'> {
  const { past } = state;
  const deviceId = known.device.id;
  const after = base?.[0] ?? Number.NEGATIVE_INFINITY;
  const start = base ?? past.base;
  const fold = start ? readFold(start, past.rulesSince, state) : beginning(state);
  const checkpoints = past.checkpoints.filter(([at]) => at <= after);
  const marks = marksAfter(past.marks, after);
  const done = replay({ state: fold, after, moments, marks, known, checkpoints, recent: RECENT });
  past.checkpoints = checkpoints;
  past.front = moments.at(-1)?.ts ?? past.front;
  takeOver(state, fold);
  const enough = moments.length <= 2 * RECENT;
  parts.recent.replace(
    deviceId,
    enough ? { base, moments: [...moments] } : { base: done.beforeRecent, moments: moments.slice(-RECENT) },
  );
  return { alerts: amendAlerts(done, after), facts: amendFacts(done, after) };

  function amendAlerts({ alerts }: InOrder, since: number): ComponentAlert[] {
    const components = new Set([...alerts.keys(), ...componentsOf(known)]);
    return [...components]
      .filter((component) => !isPresenceComponent(component))
      .flatMap((component) =>
        reconcile({
          told: parts.alerts.openAfter(deviceId, component, since),
          inOrder: alerts.get(component) ?? [],
          late,
          front: past.front ?? late.to,
          at: late.arrivedAt,
          journalPosition: position,
          newId: parts.newAlertId,
        }).map((event) => ({ component, event })),
      );
  }

  function amendFacts({ facts }: InOrder, since: number): DeviceFact[] {
    return missingFacts(parts.facts.after(deviceId, since), facts).map((fact) => ({
      type: 'device.fact',
      deviceId,
      ...fact,
      journalPosition: position,
    }));
  }
}

function takeOver(state: State, fold: FoldState): void {
  state.detectors = fold.detectors;
  state.resting = fold.resting;
  state.failures = fold.failures;
  state.open = fold.open;
  state.visits = fold.visits;
  state.suppressors = fold.suppressors;
  state.suppressedTo = fold.suppressedTo;
  state.toldAt = fold.toldAt;
  const { reported, activity, failed } = fold.evidence;
  Object.assign(state.evidence, { reported, activity, failed });
}
