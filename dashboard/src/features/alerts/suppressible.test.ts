import type { DeviceId, DeviceModel } from '@uptower/domain';
import { expect, test } from 'vitest';
import { scopesOf } from './suppressible.ts';

const model = { id: 'mdl_ct', rules: [{ id: 'tube-hot' }] } as unknown as DeviceModel;
const of = (ruleId: string) => ({ deviceId: 'dev_a' as DeviceId, ruleId });

test('the narrowest first: this rule here, the device, the rule everywhere, the model', () => {
  expect(scopesOf(of('tube-hot'), model)).toEqual([
    { key: 'rule-on-device', scope: { deviceId: 'dev_a', ruleId: 'tube-hot' } },
    { key: 'device', scope: { deviceId: 'dev_a' } },
    { key: 'rule-on-model', scope: { modelId: 'mdl_ct', ruleId: 'tube-hot' } },
    { key: 'model', scope: { modelId: 'mdl_ct' } },
  ]);
});

test('what is no rule of the model, as a lost connection, is suppressed with its device or model', () => {
  expect(scopesOf(of('presence.connection'), model).map(({ key }) => key)).toEqual(['device', 'model']);
  expect(scopesOf(of('tube-hot'), undefined).map(({ key }) => key)).toEqual(['device']);
});
