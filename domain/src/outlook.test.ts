import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Finding } from './finding.ts';
import { outlookOf, valueAt } from './outlook.ts';
import { HOUR } from './time.ts';

const NOW = Date.UTC(2026, 2, 2);

/** A finding with a straight curve to `p` at its horizon, level from there on. */
const finding = (ruleId: string, over: Partial<Finding> = {}): Finding => {
  const { probability = 0.5, horizonHours = 24, at = NOW } = over;
  return Finding.parse({
    ruleId,
    ruleName: { en: ruleId, zh: ruleId },
    component: 'pump',
    failureMode: 'wear',
    severity: 'P2',
    at,
    probability,
    horizonHours,
    curve: [1, 2, 3, 4].map((k) => ({ at: at + (k * horizonHours * HOUR) / 4, p: (probability * k) / 4 })),
    expected: { p10: null, p50: null, p90: null },
    evidence: { metric: 'm', value: 1, level: 2, since: at, text: { en: ruleId, zh: ruleId } },
    ...over,
  });
};

test('one finding is its own outlook', () => {
  const only = finding('a');
  expect(outlookOf([only])).toBe(only);
  expect(outlookOf([])).toBeUndefined();
});

test('the most severe gives words and horizon, the likeliest the probability; what the rule said itself is kept', () => {
  const face = finding('limit', { severity: 'P1', probability: 0.4, horizonHours: 48 });
  const other = finding('trend', { probability: 0.8, horizonHours: 24 });
  const outlook = outlookOf([other, face]);
  expect(outlook).toMatchObject({ ruleId: 'limit', severity: 'P1', horizonHours: 48, probability: 0.8, claimed: 0.4 });
  expect(Finding.parse(outlook)).toEqual(outlook);
});

test('two findings of one cause are not counted twice', () => {
  expect(outlookOf([finding('a', { probability: 0.6 }), finding('b', { probability: 0.6 })])?.probability).toBe(0.6);
});

test('the curve is the upper envelope and says when: soon by one rule, surely by the other', () => {
  const soon = finding('soon', { severity: 'P1', probability: 0.5, horizonHours: 8 });
  const sure = finding('sure', { probability: 1, horizonHours: 80 });
  const outlook = outlookOf([soon, sure]) as Finding;
  expect(valueAt(outlook.curve, NOW + 8 * HOUR)).toBeCloseTo(0.5, 3);
  expect(valueAt(outlook.curve, NOW + 80 * HOUR)).toBe(1);
  expect(outlook.expected.p50).toBe(NOW + 8 * HOUR);
  expect(outlook.expected.p90).toBe(NOW + 72 * HOUR);
});

test('a reported failure is certain from then on', () => {
  const at = NOW + HOUR;
  const failed = finding('reported-failure', {
    severity: 'P1',
    probability: 1,
    horizonHours: 1,
    at,
    curve: [{ at, p: 1 }],
  });
  expect(outlookOf([finding('a'), failed])).toMatchObject({ ruleId: 'reported-failure', probability: 1 });
});

const some = fc
  .array(
    fc.record({
      probability: fc.double({ min: 0, max: 1, noNaN: true }),
      horizonHours: fc.integer({ min: 1, max: 300 }),
      severity: fc.constantFrom('P1' as const, 'P2' as const, 'P3' as const),
      at: fc.integer({ min: 0, max: 100 }).map((hours) => NOW + hours * HOUR),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((list) => list.map((over, i) => finding(`r${i}`, over)));

test('never less than the face, never above the largest claim, never falling, the same in any order, valid', () => {
  fc.assert(
    fc.property(some, (findings) => {
      const outlook = outlookOf(findings) as Finding;
      expect(Finding.safeParse(outlook).success).toBe(true);
      const own = findings.find(({ ruleId }) => ruleId === outlook.ruleId) as Finding;
      expect(outlook.probability).toBeGreaterThanOrEqual(Math.floor(own.probability * 1e4) / 1e4);
      expect(outlook.probability).toBeLessThanOrEqual(Math.max(...findings.map((each) => each.probability)) + 1e-4);
      for (let i = 1; i < outlook.curve.length; i += 1)
        expect(outlook.curve[i]?.p).toBeGreaterThanOrEqual(outlook.curve[i - 1]?.p ?? 0);
      expect(outlookOf([...findings].reverse())).toEqual(outlook);
    }),
  );
});
