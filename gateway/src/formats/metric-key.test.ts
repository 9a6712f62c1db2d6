import { Key } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricKey } from './metric-key.ts';

const nothingKnown = () => false;

test.each([
  ['helium_pressure', 'helium_pressure'],
  ['oilTemperature', 'oilTemperature'],
  ['Helium Pressure', 'helium_pressure'],
  ['Motor/Speed (rpm)', 'motor_speed_rpm'],
  ['  Flow  ', 'flow'],
  ['3rd stage', 'm_3rd_stage'],
  ['__proto__', 'proto'],
])('%s is %s', (name, key) => {
  expect(metricKey(name, nothingKnown)).toBe(key);
});

test('the model’s own spelling wins', () => {
  expect(metricKey('Temperature', (key) => key === 'temperature')).toBe('temperature');
  expect(metricKey('Temperature', (key) => key === 'Temperature')).toBe('Temperature');
  expect(metricKey('Temperature', nothingKnown)).toBe('Temperature');
});

test('names whose letters are lost, and names that are cut, stay apart', () => {
  const names = ['温度', '湿度', '温度1', '湿度1', `${'a'.repeat(80)}x y`, `${'a'.repeat(80)}z y`];
  const keys = names.map((name) => metricKey(name, nothingKnown));
  expect(new Set(keys).size).toBe(names.length);
});

test('whatever the name, it becomes a key', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), (name) => {
      expect(Key.safeParse(metricKey(name, nothingKnown)).success).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
