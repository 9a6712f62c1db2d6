import type { WorkOrder } from '@uptower/domain';
import { expect, test } from 'vitest';
import type { FieldStop } from '../../shared/api/types.ts';
import { inOrder, missingSteps, nextAction, plannedParts } from './model.ts';

const order = (over: object): WorkOrder =>
  ({ state: 'scheduled', steps: [], stepsDone: [], parts: [], partsUsed: [], ...over }) as unknown as WorkOrder;
const stop = (id: string, state: string, startAt: number) =>
  ({ visit: { startAt }, order: order({ id, state }) }) as unknown as FieldStop;

test('the visit under way comes first, the others follow the plan', () => {
  const list = inOrder([stop('c', 'scheduled', 30), stop('b', 'scheduled', 20), stop('a', 'on-site', 40)]);
  expect(list.map((each) => each.order.id)).toEqual(['a', 'b', 'c']);
});

test('one thing to do next', () => {
  expect(['scheduled', 'travelling', 'on-site', 'verifying'].map((state) => nextAction(order({ state })))).toEqual([
    'depart',
    'arrive',
    'finish',
    'wait',
  ]);
});

test('steps and parts that are left', () => {
  const work = order({
    steps: [{ key: 'a' }, { key: 'b' }],
    stepsDone: [{ key: 'a', at: 0 }],
    parts: ['prt_pump'],
    partsUsed: [{ partId: 'prt_pump', quantity: 1 }],
  });
  expect(missingSteps(work)).toBe(1);
  expect(plannedParts(work)).toEqual([{ partId: 'prt_pump', used: 1 }]);
});
