import { HOUR, MINUTE, type WorkOrder } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONDAY_MORNING as START } from '../testing/small-world.ts';
import { type FieldAction, nextAction, type VisitedOrder } from './next-action.ts';
import { type Temperament, temperamentOf } from './temperament.ts';

const AVERAGE: Temperament = { travel: 1, work: 1, givesUp: false };
const NOTHING = { repaired: false, refusedParts: new Set<string>() };

/** Two parts, five steps, fifty minutes; leaves at 09:00, half an hour of road. */
const anOrder = {
  id: 'wo_1',
  state: 'scheduled',
  serviceMinutes: 50,
  steps: ['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, name: { en: key, zh: key } })),
  parts: ['prt_x', 'prt_y'],
  stepsDone: [],
  partsUsed: [],
  visitsMade: 0,
  visit: { departAt: START + HOUR, startAt: START + 1.5 * HOUR, travelSeconds: 1_800 },
} as unknown as VisitedOrder;

test('waits for the hour of departure, then travels as long as planned', () => {
  expect(nextAction(anOrder, NOTHING, AVERAGE, START)).toEqual({ kind: 'wait', until: START + HOUR });
  expect(nextAction(anOrder, NOTHING, AVERAGE, START + HOUR)).toEqual({ kind: 'depart' });
  const travelling = { ...anOrder, state: 'travelling', departedAt: START + HOUR } as VisitedOrder;
  expect(nextAction(travelling, NOTHING, AVERAGE, START + HOUR + 15 * MINUTE)).toEqual({ kind: 'travel', share: 0.5 });
  expect(nextAction(travelling, NOTHING, AVERAGE, START + HOUR + 30 * MINUTE)).toEqual({ kind: 'arrive' });
  const crowded = { ...NOTHING, roadSeconds: 3_600 };
  expect(nextAction(travelling, crowded, AVERAGE, START + HOUR + 30 * MINUTE)).toEqual({ kind: 'travel', share: 0.5 });
});

/** Plays a visit minute by minute, doing what is asked; the product accepts everything but the refused part. */
function play(
  how: Temperament,
  refused: readonly string[] = [],
  nothingWrong = false,
): { minute: number; action: FieldAction }[] {
  const arrivedAt = START + 1.5 * HOUR;
  let order = { ...anOrder, state: 'on-site', arrivedAt } as Extract<WorkOrder, { state: 'on-site' }>;
  const progress = { repaired: false, refusedParts: new Set<string>(), nothingWrong };
  const done: { minute: number; action: FieldAction }[] = [];
  for (let now = arrivedAt; now < arrivedAt + 2 * HOUR; now += MINUTE)
    for (;;) {
      const action = nextAction(order, progress, how, now);
      if (action.kind === 'wait') break;
      done.push({ minute: (now - arrivedAt) / MINUTE, action });
      if (action.kind === 'finish') return done;
      if (action.kind === 'repair') progress.repaired = true;
      if (action.kind === 'complete-step')
        order = { ...order, stepsDone: [...order.stepsDone, { key: action.step, at: now }] };
      if (action.kind === 'use-part') {
        if (refused.includes(action.partId)) progress.refusedParts.add(action.partId);
        else order = { ...order, partsUsed: [...order.partsUsed, { partId: action.partId, quantity: 1 }] };
      }
    }
  return done;
}

test('steps are spread over the work; parts and repair come before the test', () => {
  const kinds = play(AVERAGE).map(({ minute, action }) => `${minute} ${action.kind}`);
  expect(kinds).toEqual([
    '10 complete-step',
    '20 complete-step',
    '30 complete-step',
    '40 complete-step',
    '40 use-part',
    '40 use-part',
    '40 repair',
    '50 complete-step',
    '50 finish',
  ]);
});

test('a part that is not in the van is done without', () => {
  const played = play(AVERAGE, ['prt_x']);
  expect(played.filter(({ action }) => action.kind === 'use-part')).toHaveLength(2);
  expect(played.at(-1)?.action).toEqual({ kind: 'finish', outcome: 'fixed' });
});

test('who gives up repairs nothing', () => {
  const played = play({ ...AVERAGE, givesUp: true });
  expect(played.at(-1)).toEqual({ minute: 30, action: { kind: 'finish', outcome: 'cannot-finish' } });
  expect(played.some(({ action }) => action.kind === 'repair')).toBe(false);
});

test('temperament is the same for the same visit and stays within its bounds', () => {
  const of = (n: number, scripted = false) =>
    temperamentOf(1, { id: `wo_${n}`, visitsMade: 0 } as Pick<WorkOrder, 'id' | 'visitsMade'>, scripted);
  expect(of(7)).toEqual(of(7));
  const many = Array.from({ length: 2_000 }, (_, n) => of(n));
  for (const { travel, work } of many) {
    expect(Math.abs(travel - 1)).toBeLessThan(0.1501);
    expect(Math.abs(work - 1)).toBeLessThan(0.2001);
  }
  const share = many.filter(({ givesUp }) => givesUp).length / many.length;
  expect(share).toBeGreaterThan(0.01);
  expect(share).toBeLessThan(0.05);
  expect(Array.from({ length: 500 }, (_, n) => of(n, true)).some(({ givesUp }) => givesUp)).toBe(false);
});

test('who finds nothing wrong looks at everything, changes nothing and says so', () => {
  const played = play(AVERAGE, [], true);
  expect(played.at(-1)).toEqual({ minute: 40, action: { kind: 'finish', outcome: 'no-fault-found' } });
  expect(played.some(({ action }) => action.kind === 'repair' || action.kind === 'use-part')).toBe(false);
});
