import type { DeviceView } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import { countStates, filterDevices } from './model.ts';

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
