import type { DemandForecast, RotaProposalView } from '@uptower/domain';
import { expect, test } from 'vitest';
import { heatBySkill, heatByWeekday, reasonsOf, rotaCells } from './roster-model.ts';

const row = (region: string, skill: string, mean: number) => ({
  region,
  skill,
  visits: { mean, p80: Math.ceil(mean) },
  hours: { mean: 2 * mean, p80: 2 * Math.ceil(mean) },
  ownShare: 0.5,
  days: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    weekday,
    visits: { mean: weekday === 1 ? mean : 0, p80: weekday === 1 ? Math.ceil(mean) : 0 },
    hours: { mean: 0, p80: 0 },
  })),
});

const forecast = {
  rows: [row('a', 'mr', 1), row('b', 'ct', 4), row('b', 'mr', 2)],
  regions: [{ region: 'a' }, { region: 'b' }, { region: 'c' }],
} as unknown as DemandForecast;

test('the busiest region and skill come first, regions without demand last', () => {
  const heat = heatBySkill(forecast);
  expect(heat.columns).toEqual(['ct', 'mr']);
  expect(heat.rows.map(({ region, total }) => [region, total])).toEqual([
    ['b', 6],
    ['a', 1],
    ['c', 0],
  ]);
  expect(heat.most).toBe(4);
  const week = heatByWeekday(forecast);
  expect(week.rows[0]?.cells.map(({ visits }) => visits.mean)).toEqual([6, 0, 0, 0, 0, 0, 0]);
});

test('before and after lie side by side; without a result nothing has changed', () => {
  const proposal = {
    engineers: [{ engineerId: 'eng_a', leaveDays: ['2026-03-03'] }],
    present: { duties: [{ engineerId: 'eng_a', date: '2026-03-02', shift: 'early' }] },
    result: { duties: [{ engineerId: 'eng_a', date: '2026-03-04', shift: 'late' }] },
  } as unknown as RotaProposalView;
  const dates = ['2026-03-02', '2026-03-03', '2026-03-04'];
  const cells = (of: RotaProposalView) =>
    rotaCells(of, dates)[0]?.cells.map(({ before, after, leave }) => [before, after, leave]);
  expect(cells(proposal)).toEqual([
    ['early', null, false],
    [null, null, true],
    [null, 'late', false],
  ]);
  expect(cells({ ...proposal, result: null })?.[0]).toEqual(['early', 'early', false]);
});

test('reasons are counted', () => {
  expect(reasonsOf('nobody')).toEqual([{ reason: 'nobody', count: 0 }]);
  expect(reasonsOf({ a: 'hours', b: 'run', c: 'hours' })).toEqual([
    { reason: 'hours', count: 2 },
    { reason: 'run', count: 1 },
  ]);
});
