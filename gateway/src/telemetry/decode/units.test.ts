import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalUnit, matchUnits } from './units.ts';

const converted = (value: number, from: string, to: string) => {
  const match = matchUnits(from, to);
  return match.kind === 'convert' ? match.convert(value) : match.kind;
};

test.each([
  ['℃', '°C'],
  ['Cel', 'C'],
  ['degC', 'celsius'],
  ['%RH', '%'],
  ['l/min', 'L/min'],
  ['µA', 'μA'],
  ['mA·s', 'mAs'],
  ['m³/h', 'm3/h'],
  ['1/min', 'rpm'],
  ['Ω', 'Ohm'],
  ['', 'count'],
  ['HU', 'HU'],
])('%s is %s', (one, other) => {
  expect(matchUnits(one, other)).toEqual({ kind: 'same' });
  expect(canonicalUnit(one)).toBe(canonicalUnit(other));
});

test.each([
  [101_325, 'Pa', 'kPa', 101.325],
  [1013.25, 'mbar', 'kPa', 101.325],
  [1, 'psi', 'kPa', 6.89475729317],
  [760, 'mmHg', 'kPa', 101.325014435],
  [98.6, '°F', '°C', 37],
  [-40, '°C', '°F', -40],
  [0, '°C', 'K', 273.15],
  [310.15, 'K', '°C', 37],
  [2500, 'mL/min', 'L/min', 2.5],
  [1.5, 'h', 'min', 90],
  [90, 'min', 's', 5400],
  [60, 'rpm', 'Hz', 1],
  [250, 'ppm', '%', 0.025],
  [2, 'TB', 'GB', 2000],
  [1, 'GiB', 'MiB', 1024],
  [8, 'bit/s', 'B/s', 1],
  [1, 'T', 'G', 10_000],
  [1, 'kWh', 'MJ', 3.6],
])('%s %s in %s', (value, from, to, expected) => {
  expect(converted(value, from, to)).toBe(expected);
});

test.each([
  ['°C', 'kPa', 'unit "°C" (temperature) where kPa belongs'],
  ['W', 'VA', 'unit "W" (power) where VA belongs'],
  ['%', '', 'unit "%" (share) where a bare number belongs'],
  ['mpa', 'MPa', 'unit "mpa" is not known, MPa belongs here'],
  ['constructor', 'kPa', 'unit "constructor" is not known, kPa belongs here'],
])('%s is nothing for %s', (from, to, why) => {
  expect(matchUnits(from, to)).toMatchObject({ kind: 'wrong', why: { en: why } });
});

test('there and back is the same', () => {
  const pairs = [
    ['kPa', 'psi'],
    ['°F', '°C'],
    ['L/min', 'mL/h'],
    ['km', 'in'],
    ['rad', '°'],
  ] as const;
  fc.assert(
    fc.property(fc.constantFrom(...pairs), fc.double({ min: -1e6, max: 1e6, noNaN: true }), ([from, to], value) => {
      const back = converted(converted(value, from, to) as number, to, from) as number;
      expect(Math.abs(back - value)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(value)));
    }),
  );
});

test('any two texts match somehow', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (one, other) => void matchUnits(one, other)));
});
