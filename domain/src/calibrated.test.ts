import { expect, test } from 'vitest';
import { calibrated } from './calibrated.ts';
import type { Finding } from './finding.ts';
import { HOUR } from './time.ts';

const within = (hours: number) => Math.round((1 - 0.2 ** (hours / 24)) * 1e4) / 1e4;
const claim = {
  ruleId: 'helium-high',
  at: 0,
  probability: 0.8,
  horizonHours: 24,
  curve: [6, 12, 18, 24, 48].map((hours) => ({ at: hours * HOUR, p: within(hours) })),
  expected: { p10: 6 * HOUR, p50: 12 * HOUR, p90: 48 * HOUR },
} as unknown as Finding;

test('a rule that was right half as often as it claimed is believed so, over the whole curve', () => {
  const said = calibrated(claim, (ruleId, p) => (ruleId === 'helium-high' ? p / 2 : p));
  expect(said).toMatchObject({ probability: 0.4, claimed: 0.8, horizonHours: 24 });
  const at = (hours: number) => said.curve.find((point) => point.at === hours * HOUR)?.p;
  expect(at(24)).toBe(0.4);
  // A constant hazard stays one: half the horizon has 1 − √0.6.
  expect(at(12)).toBeCloseTo(1 - Math.sqrt(0.6), 3);
  expect(said.expected.p50).toBe(48 * HOUR);
});

test('without a record nothing changes', () => {
  expect(calibrated(claim, (_, p) => p)).toBe(claim);
});

test('no record makes a claim certain, or a certain one doubtful', () => {
  expect(calibrated(claim, () => 1).probability).toBeLessThan(1);
  const certain = { ...claim, probability: 1 };
  expect(calibrated(certain, () => 0.5)).toBe(certain);
});
