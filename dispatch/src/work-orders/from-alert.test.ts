import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { CT, MONDAY_9, MR } from '../testing/world.ts';
import { heldAlerts, nextDeserving } from './from-alert.ts';

let service: Service;
afterEach(() => service.stop());

test('the surest first: by what is believed of a rule, not by what it claims', async () => {
  service = await aService({ started: false });
  await service.gateway.raise('a1', CT, 0.9, { ruleId: 'boaster' });
  await service.gateway.raise('a2', MR, 0.8, { ruleId: 'modest' });
  const { state } = service.dispatch;
  const record = (ruleId: string, p: number) => (ruleId === 'boaster' ? 0.55 : p);
  expect(nextDeserving(state, MONDAY_9)?.id).toBe('alr_a1');
  expect(nextDeserving(state, MONDAY_9, record)?.id).toBe('alr_a2');
  state.allowed = { ...state.allowed, minProbability: 1 };
  expect(heldAlerts(state, MONDAY_9, record).map(({ alertId }) => alertId)).toEqual(['alr_a2', 'alr_a1']);
});
