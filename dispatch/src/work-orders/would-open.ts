import { type AlertChange, HOUR, type HypotheticalOrder, type OrderEnding, type OrderJudge } from '@uptower/domain';
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
  worst: NonNullable<AlertChange['worst']>;
  ordered: boolean;
}

/**
 * Which orders a history of alerts would have opened, judged like `judgeAlert` but in event time; `free` devices without
 * the budget, as observed ones are. An order lasts until its component fails, is replaced or worked on, or until its horizon is over;
 * meanwhile further alerts of the component are the same order. An alert gives one order at most. Pure.
 */
export function wouldOpen(
  { changes, endings, devices, free, until }: History,
  terms: Terms,
): ReturnType<OrderJudge['wouldOpen']> {
  const rate = terms.falseOrdersPerDeviceMonth;
  const orders: HypotheticalOrder[] = [];
  const held = new Map<string, 'probability-too-low' | 'budget-spent'>();
  const alerts = new Map<string, Open>();
  const running = new Map<string, number>();
  let budget: Budget = fullBudget;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const look = (now: number) => {
    lookedAt = now;
    const waiting = [...alerts.values()].filter(({ ordered, worst }) => !ordered && worst.ruleId !== REPORTED);
    waiting.sort(bySurety);
    for (const open of waiting) {
      const component = componentOf(open);
      if ((running.get(component) ?? Number.NEGATIVE_INFINITY) > now) continue;
      const { probability, ruleId, horizonHours } = open.worst;
      const key = alertOf(open);
      const isFree = free.has(open.deviceId);
      if (!isFree && probability < terms.minProbability) held.set(key, 'probability-too-low');
      else if (!isFree && 1 - probability > available(budget, now, rate, devices) + 1e-9) held.set(key, 'budget-spent');
      else {
        if (!isFree) budget = charge(budget, now, rate, devices, probability);
        held.delete(key);
        open.ordered = true;
        running.set(component, now + horizonHours * HOUR);
        const { deviceId, alert } = open;
        orders.push({ deviceId, component: open.component, alert, at: now, ruleId, probability, horizonHours });
      }
    }
  };
  const isWaiting = () => [...alerts.values()].some((open) => !open.ordered);

  let ending = 0;
  let change = 0;
  for (;;) {
    const [end, next] = [endings[ending], changes[change]];
    const now = Math.min(end?.at ?? until, next?.at ?? until, until);
    // Between two events nothing changes but the budget, and which orders are over.
    for (let at = lookedAt + LOOK_EVERY; at < now && Number.isFinite(at) && isWaiting(); at += LOOK_EVERY) look(at);
    if (now >= until) break;
    // What happened at that moment comes before what is decided then; several devices may speak at once.
    while (endings[ending]?.at === now) finish(endings[ending++] as OrderEnding);
    while (changes[change]?.at === now) take(changes[change++] as AlertChange);
    look(now);
  }
  return { orders, held: counted(held.values()) };

  function finish({ deviceId, component }: OrderEnding): void {
    if (component !== null) running.delete(`${deviceId} ${component}`);
    else for (const key of running.keys()) if (key.startsWith(`${deviceId} `)) running.delete(key);
  }

  function take(told: AlertChange): void {
    const key = alertOf(told);
    if (!told.worst) alerts.delete(key);
    else alerts.set(key, { ...told, worst: told.worst, ordered: alerts.get(key)?.ordered ?? false });
  }
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
    (alertOf(a) < alertOf(b) ? -1 : 1)
  );
}

function counted(reasons: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
