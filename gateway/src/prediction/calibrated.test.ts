import { HOUR } from '@uptower/domain';
import { expect, test } from 'vitest';
import { heliumLimit, MONDAY } from '../testing/fixtures.ts';
import { calibrated } from './calibrated.ts';
import { claimedFinding } from './claimed-finding.ts';

const text = { en: 'x', zh: 'x' };
const claim = claimedFinding(heliumLimit, MONDAY, { metric: 'm', value: 1, level: 1, since: MONDAY, text });

test('a rule that was right half as often as it claimed is believed so, over the whole curve', () => {
  const said = calibrated(claim, (ruleId, p) => (ruleId === heliumLimit.id ? p / 2 : p));
  expect(said).toMatchObject({ probability: 0.4, claimed: 0.8, horizonHours: 24 });
  const at = (hours: number) => said.curve.find((point) => point.at === MONDAY + hours * HOUR)?.p;
  expect(at(24)).toBe(0.4);
  // A constant hazard stays one: half the horizon has 1 − √0.6.
  expect(at(12)).toBeCloseTo(1 - Math.sqrt(0.6), 3);
  expect(said.expected.p50).toBeGreaterThan(claim.expected.p50 ?? 0);
});

test('without a record nothing changes', () => {
  expect(calibrated(claim, (_, p) => p)).toBe(claim);
});

test('no record makes a claim certain, or a certain one doubtful', () => {
  expect(calibrated(claim, () => 1).probability).toBeLessThan(1);
  const certain = { ...claim, probability: 1 };
  expect(calibrated(certain, () => 0.5)).toBe(certain);
});
