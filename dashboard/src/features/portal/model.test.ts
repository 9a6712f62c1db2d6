import { HOUR, type PortalOrder, STAGES } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import type { DeviceUptime } from '../../shared/api/types.ts';
import { headline, openOrders, toSteps } from './model.ts';

const order = (state: string, over: Partial<PortalOrder> = {}): PortalOrder =>
  ({
    id: 'wo_1',
    state,
    openedAt: 0,
    expectedArrival: null,
    expectedRestored: null,
    stages: STAGES.map((stage, i) => ({ stage, at: i <= STAGES.indexOf(state as never) ? i * 10 : null })),
    ...over,
  }) as unknown as PortalOrder;

describe('the stages of an order', () => {
  test('what was, what is, what is expected', () => {
    const steps = toSteps(order('travelling', { expectedArrival: 99, expectedRestored: 120 }));
    expect(steps.map((step) => step.state)).toEqual(['done', 'done', 'now', 'ahead', 'ahead', 'ahead']);
    expect(steps[3]).toMatchObject({ stage: 'on-site', at: 99, expected: true });
    expect(steps[5]).toMatchObject({ stage: 'closed', at: 120, expected: true });
    expect(steps[4]).toMatchObject({ at: null, expected: false });
  });

  test('a closed order is done in every stage', () => {
    expect(toSteps(order('closed')).every((step) => step.state === 'done')).toBe(true);
  });

  test('closed and cancelled ones are not open', () => {
    expect(openOrders([order('closed'), order('cancelled'), order('received')])).toHaveLength(1);
  });
});

test('uptime weighs hours, not devices', () => {
  const figures = (up: number, down: number) => ({
    ms: { up: up * HOUR, down: down * HOUR, partial: 0, planned: 0, unknown: 0 },
    uptime: up / (up + down),
  });
  const uptimes = [
    { deviceId: 'a', figures: figures(90, 10), target: 0.9 },
    { deviceId: 'b', figures: figures(10, 0), target: 0.9 },
  ] as unknown as DeviceUptime[];
  const head = headline([], uptimes);
  expect(head.uptime).toBeCloseTo(100 / 110); // 90 + 10 up of 110 h
  expect(head.marginHours).toBeCloseTo(100 - 99); // 10 % of 110 h may be down: 11; 10 were
  expect(headline([], []).uptime).toBeNull();
});
