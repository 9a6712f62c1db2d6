import {
  type AlertChange,
  HOUR,
  type HypotheticalOrder,
  type OrderEnding,
  type OrderJudge,
  type Pieces,
  type WouldHaveOpened,
} from '@uptower/domain';
import type { DispatchPolicy } from '../policy.ts';
import { available, type Budget, charge, fullBudget } from './budget.ts';

type History = Parameters<OrderJudge['wouldOpen']>[0];
type Terms = Pick<DispatchPolicy, 'falseOrdersPerDeviceMonth' | 'minProbability'>;

/** Held alerts are looked at again at least this often, because the budget grows back. */
const LOOK_EVERY = HOUR;
const RANK = { P1: 0, P2: 1, P3: 2 } as const;
/** The finding of a failure the device reported itself: a visit, but no prediction. */
const REPORTED = 'reported-failure';

interface Open extends Omit<AlertChange, 'worst'> {
  readonly worst: NonNullable<AlertChange['worst']>;
  /** `alertOf` and `componentOf` it: made once, they are looked up at every look. */
  readonly key: string;
  readonly of: string;
  readonly isFree: boolean;
}

/**
 * Which orders a history of alerts would have opened, judged like `judgeAlert` but in event time; `free` devices without
 * the budget, as observed ones are. An order lasts until its component fails, is replaced or worked on, or until its horizon is over;
 * meanwhile further alerts of the component are the same order. An alert gives one order at most. Pure; each
 * look at the waiting alerts is a piece.
 */
export function* wouldOpen({ changes, endings, devices, free, until }: History, terms: Terms): Pieces<WouldHaveOpened> {
  const rate = terms.falseOrdersPerDeviceMonth;
  const orders: HypotheticalOrder[] = [];
  const held = new Map<string, 'probability-too-low' | 'budget-spent'>();
  const ordered = new Set<string>();
  const waiting = new Map<string, Open>();
  /** The same, the surest first: it changes little from one look to the next, so it is not sorted anew. */
  const inOrder: Open[] = [];
  const running = new Map<string, number>();
  let budget: Budget = fullBudget;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const look = (now: number) => {
    lookedAt = now;
    let there = available(budget, now, rate, devices);
    const opened: Open[] = [];
    for (const open of inOrder) {
      if ((running.get(open.of) ?? Number.NEGATIVE_INFINITY) > now) continue;
      const { key, isFree } = open;
      const { probability, ruleId, horizonHours } = open.worst;
      if (!isFree && probability < terms.minProbability) held.set(key, 'probability-too-low');
      else if (!isFree && 1 - probability > there + 1e-9) held.set(key, 'budget-spent');
      else {
        if (!isFree) {
          budget = charge(budget, now, rate, devices, probability);
          there = available(budget, now, rate, devices);
        }
        held.delete(key);
        ordered.add(key);
        opened.push(open);
        running.set(open.of, now + horizonHours * HOUR);
        const { deviceId, alert } = open;
        orders.push({ deviceId, component: open.component, alert, at: now, ruleId, probability, horizonHours });
      }
    }
    for (const open of opened) forget(open.key);
  };

  let ending = 0;
  let change = 0;
  for (;;) {
    const [end, next] = [endings[ending], changes[change]];
    const now = Math.min(end?.at ?? until, next?.at ?? until, until);
    // Between two events nothing changes but the budget, and which orders are over.
    for (let at = lookedAt + LOOK_EVERY; at < now && Number.isFinite(at) && inOrder.length > 0; at += LOOK_EVERY) {
      look(at);
      yield;
    }
    if (now >= until) break;
    // What happened at that moment comes before what is decided then; several devices may speak at once.
    while (endings[ending]?.at === now) finish(endings[ending++] as OrderEnding);
    while (changes[change]?.at === now) take(changes[change++] as AlertChange);
    look(now);
    yield;
  }
  return { orders, held: counted(held.values()) };

  function finish({ deviceId, component }: OrderEnding): void {
    if (component !== null) running.delete(`${deviceId} ${component}`);
    else for (const key of running.keys()) if (key.startsWith(`${deviceId} `)) running.delete(key);
  }

  function take(told: AlertChange): void {
    const key = alertOf(told);
    forget(key);
    // One that is suppressed for a while had its order all the same; the key of one that cleared does not come again.
    if (told.worst && !ordered.has(key) && told.worst.ruleId !== REPORTED) {
      const open: Open = { ...told, worst: told.worst, key, of: componentOf(told), isFree: free.has(told.deviceId) };
      waiting.set(key, open);
      inOrder.splice(placeOf(inOrder, open), 0, open);
    }
  }

  function forget(key: string): void {
    const open = waiting.get(key);
    if (!open) return;
    waiting.delete(key);
    inOrder.splice(placeOf(inOrder, open), 1);
  }
}

/** Where it stands among those in order of surety, or would stand: how many are before it. */
function placeOf(inOrder: readonly Open[], open: Open): number {
  let [from, to] = [0, inOrder.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (bySurety(inOrder[middle] as Open, open) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

const componentOf = ({ deviceId, component }: Pick<AlertChange, 'deviceId' | 'component'>) =>
  `${deviceId} ${component}`;
const alertOf = ({ deviceId, alert }: Pick<AlertChange, 'deviceId' | 'alert'>) => `${deviceId} ${alert}`;

/** The surest first, as the desk does; equal ones in a fixed order. */
function bySurety(a: Open, b: Open): number {
  return (
    RANK[a.worst.severity] - RANK[b.worst.severity] ||
    b.worst.probability - a.worst.probability ||
    a.at - b.at ||
    (a.key < b.key ? -1 : Number(a.key !== b.key))
  );
}

function counted(reasons: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
