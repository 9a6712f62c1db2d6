import { expect, test } from 'vitest';
import { pickStory } from './pick-story.ts';
import type { WorkOrder } from './work-order.ts';

/** Only what the choice looks at. */
const order = (id: string, state: WorkOrder['state'], more: object = {}) =>
  ({
    id,
    state,
    source: 'prediction',
    service: 'full',
    alertId: 'alr_1',
    openedAt: 0,
    ...more,
  }) as unknown as WorkOrder;
const visit = (endAt: number) => ({ visit: { endAt } });

test('the story that is over first; without a visit the one opened first; none open, the one closed last', () => {
  const far = order('wo_far', 'scheduled', visit(900));
  const near = order('wo_near', 'travelling', visit(100));
  const waiting = [order('wo_w2', 'received', { openedAt: 2 }), order('wo_w1', 'received', { openedAt: 1 })];
  const closed = [order('wo_c1', 'closed', { closedAt: 1 }), order('wo_c2', 'closed', { closedAt: 2 })];
  expect(pickStory([far, near, ...waiting, ...closed])?.id).toBe('wo_near');
  expect(pickStory([...waiting, ...closed])?.id).toBe('wo_w1');
  expect(pickStory(closed)?.id).toBe('wo_c2');
  expect(pickStory([])).toBeUndefined();
});

test('requests, observed devices and withdrawn risks tell no story of a failure foreseen', () => {
  const none = [
    order('wo_a', 'scheduled', { source: 'portal' }),
    order('wo_b', 'received', { service: 'observe' }),
    order('wo_c', 'cancelled', {}),
  ];
  expect(pickStory(none)).toBeUndefined();
});
