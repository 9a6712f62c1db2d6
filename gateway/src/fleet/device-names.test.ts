import { Device } from '@uptower/domain';
import { expect, test } from 'vitest';
import { deviceA1, smallFleet } from '../testing/fixtures.ts';
import { DeviceNames } from './device-names.ts';

const [a1, a2, b1] = smallFleet().devices as [Device, Device, Device];
const called = (device: Device, ...aliases: string[]) => Device.parse({ ...device, aliases });

test('id or alias, the first known name counts, within what the sender may speak for', () => {
  const names = new DeviceNames();
  names.put(called(a1, 'Pump', 'G/edge'));
  names.put(called(a2, 'Valve'));
  names.put(called(b1, 'Pump'));
  const find = (from: string, ...wanted: string[]) => {
    const found = names.find(wanted, from);
    return found.ok ? found.value : found.error;
  };
  expect(find('site_a', 'Pump')).toBe('dev_a1');
  expect(find('site_b', 'Pump')).toBe('dev_b1');
  expect(find('site_a', 'nobody', 'dev_a2')).toBe('dev_a2');
  expect(find('dev_a1', 'G/edge')).toBe('dev_a1');
  expect(find('dev_a1', 'Valve')).toBe('dev_a1 may not speak for dev_a2 ("Valve"); its site\'s credential may');
  expect(find('site_b', 'Valve')).toBe('no device of site_b has the id or alias "Valve"');
  expect(find('broker:x', 'Valve')).toBe('dev_a2');
  expect(find('broker:x', 'Pump')).toMatch(/^several devices are called "Pump" \(dev_a1, dev_b1\)/);
});

test('a device renamed or moved answers to its present names only', () => {
  const names = new DeviceNames();
  names.put(called(a1, 'Pump'));
  names.put(called(a1, 'Compressor'));
  expect(names.find(['Pump'], 'site_a').ok).toBe(false);
  expect(names.find(['Compressor'], 'site_a')).toEqual({ ok: true, value: 'dev_a1' });
  expect([...names.of({ kind: 'device', siteId: a1.siteId, deviceId: deviceA1 })]).toEqual(['Compressor']);
  names.put({ ...called(a1, 'Compressor'), siteId: b1.siteId });
  expect(names.find(['Compressor'], 'site_a').ok).toBe(false);
  expect([...names.of({ kind: 'site', siteId: a1.siteId })]).toEqual([]);
  expect([...names.of({ kind: 'site', siteId: b1.siteId })]).toEqual(['dev_a1', 'Compressor']);
});
