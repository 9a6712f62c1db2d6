import { type Alert, HOUR, type PortalOrder, type WorkOrder } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { chartWindow, pickPortalStory, storySteps } from './model.ts';

const order = (id: string, state: string, openedAt: number, over: object = {}): WorkOrder =>
  ({
    id,
    state,
    openedAt,
    source: 'prediction',
    service: 'full',
    alertId: 'alr_1',
    entered: { received: openedAt },
    ...(state === 'closed' ? { closedAt: openedAt + 100, visit: null } : {}),
    ...over,
  }) as unknown as WorkOrder;
const alert = { raisedAt: 90, worst: { evidence: { since: 40 } } } as unknown as Alert;

test('a hospital follows its own: what is worked on, before what ended', () => {
  const own = (id: string, state: string) =>
    ({ id, state, source: 'prediction', openedAt: 1, expectedRestored: null }) as unknown as PortalOrder;
  expect(pickPortalStory([own('a', 'closed'), own('b', 'on-site')])?.id).toBe('b');
  expect(pickPortalStory([own('a', 'closed'), own('b', 'cancelled')])?.id).toBe('a');
});

describe('the eight steps', () => {
  test('an engineer on the way: four behind, the arrival expected', () => {
    const visit = { engineerId: 'eng_1', departAt: 200, arriveAt: 250, endAt: 400 };
    const steps = storySteps(
      order('a', 'travelling', 100, { visit, entered: { received: 100, scheduled: 120, travelling: 205 } }),
      alert,
    );
    expect(steps.map((step) => step.state)).toEqual(['done', 'done', 'done', 'done', 'now', 'ahead', 'ahead', 'ahead']);
    expect(steps.slice(0, 5).map((step) => step.at)).toEqual([40, 90, 100, 120, 205]);
    expect(steps[5]).toMatchObject({ expectedAt: 250, engineerId: 'eng_1' });
  });

  test('closed: all behind', () => {
    expect(storySteps(order('a', 'closed', 100), alert).every((step) => step.state === 'done')).toBe(true);
  });

  test('a second visit does not show the times of the first', () => {
    const again = order('a', 'received', 100, { entered: { received: 500, scheduled: 120, travelling: 205 } });
    expect(
      storySteps(again, alert)
        .slice(3)
        .map((step) => step.at),
    ).toEqual([null, null, null, null, null]);
  });
});

test('the chart begins while the device was still healthy', () => {
  const { from } = chartWindow(order('a', 'received', 0), 100 * HOUR, 101 * HOUR);
  expect(from).toBe(94 * HOUR);
});
