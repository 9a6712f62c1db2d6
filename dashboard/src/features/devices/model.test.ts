import type { DeviceModel, DeviceView } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { countStates, drawable, filterDevices, withUnknown } from './model.ts';

const device = (id: string, over: Partial<DeviceView> = {}): DeviceView =>
  ({
    id,
    name: { en: `MR ${id}`, zh: `磁共振 ${id}` },
    hospitalName: { en: 'Chongqing First', zh: '重庆一院' },
    modelName: { en: 'Aurora', zh: '极光' },
    room: { en: 'Room 1', zh: '一室' },
    serial: `SN-${id}`,
    kind: 'mr',
    modelId: 'mdl_a',
    availability: { state: 'up', since: 0, cause: 'x' },
    stale: null,
    openAlert: null,
    ...over,
  }) as DeviceView;

const all = { search: '', state: null, modelId: null } as const;

describe('the device table', () => {
  const down = device('b', { availability: { state: 'down', since: 0, cause: 'x' } });
  const alerted = device('c', { openAlert: { id: 'alr_1' as never, severity: 'P1' } });
  const list = [device('a'), down, alerted];

  test('what is wrong comes first', () => {
    expect(filterDevices(list, all, 'en').map((each) => each.id)).toEqual(['b', 'c', 'a']);
  });

  test('finds every word in either language', () => {
    expect(filterDevices(list, { ...all, search: '重庆 mr sn-b' }, 'en')).toEqual([down]);
    expect(filterDevices(list, { ...all, search: 'chengdu' }, 'en')).toEqual([]);
  });

  test('filters by state, alert and model', () => {
    expect(filterDevices(list, { ...all, state: 'down' }, 'en')).toEqual([down]);
    expect(filterDevices(list, { ...all, state: 'alert' }, 'en')).toEqual([alerted]);
    expect(filterDevices(list, { ...all, modelId: 'mdl_b' }, 'en')).toEqual([]);
  });

  test('counts', () => expect(countStates(list)).toMatchObject({ up: 2, down: 1, alert: 1 }));
});

test('a curve is drawn of every number that came, also of metrics the model does not have', () => {
  const metric = (key: string) => ({ key, name: { en: key, zh: key }, unit: '', kind: 'gauge' as const });
  const model = { metrics: ['load', 'heat'].map(metric) } as unknown as DeviceModel;
  const unknown = (key: string, last: number | string, unit: string | null = null) => ({
    ...{ metric: key, count: 1, since: 0, last, lastAt: 0, unit },
  });
  const all = withUnknown(model, [unknown('humidity', 41, '%'), unknown('firmware', '4.12')]);
  const latest = [
    { metric: 'heat', value: 40, ts: 0, stale: false },
    { metric: 'humidity', value: 41, ts: 0, stale: false },
    { metric: 'firmware', value: '4.12', ts: 0, stale: false },
  ];
  expect(drawable(all, latest).map(({ key, unit }) => [key, unit])).toEqual([
    ['heat', ''],
    ['humidity', '%'],
    ['load', ''],
  ]);
});
