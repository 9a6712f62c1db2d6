import { HOUR } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import type { CpSat } from '../exact/solve-model.ts';
import { type ProposeRotas, SolverMissing } from '../roster/port.ts';
import { proposeRota } from '../roster/propose-rota.ts';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CHEN, MONDAY_9 } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const dispatcher = aViewer('dispatcher');
const FROM = '2025-03-10';

/** The rota that is made by hand before the search: enough to see what becomes of one. */
const byHand: ProposeRotas = {
  run({ problem, seed }, onProgress) {
    const silent = { solve: async () => ({ status: 'unknown', values: null, cost: null, bound: -Infinity }) };
    return proposeRota(silent as unknown as CpSat, problem, { seed, work: 1, onProgress });
  },
  stop: async () => undefined,
};

const call = (method: 'GET' | 'POST' | 'DELETE' | 'PUT', path: string, body?: unknown, viewer = dispatcher) =>
  service.call(viewer, method, path, body);

async function proposed(asked: object = {}) {
  const { status, body } = await call('POST', '/roster/proposals', { from: FROM, weeks: 1, ...asked });
  expect(status).toBe(202);
  for (;;) {
    const answer = await call('GET', `/roster/proposals/${body.id}`);
    if (answer.body.state !== 'waiting' && answer.body.state !== 'running') return answer.body;
  }
}

/** Everybody works six long days: more than the rules of a rota allow. */
async function tooMuch() {
  const week = [1, 2, 3, 4, 5, 6].map((weekday) => ({ weekday, fromMinute: 480, toMinute: 1_080 }));
  for (const id of [ANA, BO, CHEN])
    await call('PUT', `/engineers/${id}/patterns`, { startsOn: '2025-03-03', weeks: [week] });
}

test('a proposal keeps the rules that the present rota breaks, and once accepted is what calendars say', async () => {
  service = await aService({ rotas: byHand });
  await tooMuch();
  await call('POST', `/engineers/${BO}/absences`, {
    kind: 'leave',
    when: { fromDay: '2025-03-11', toDay: '2025-03-12' },
  });
  const proposal = await proposed();
  expect(proposal).toMatchObject({ state: 'done', shifts: [{ id: '08:00–18:00', breakMinutes: 60 }] });
  expect(proposal.present.broken).toMatchObject({ hours: expect.any(Number) });
  expect(proposal.engineers[1]).toEqual({ engineerId: BO, leaveDays: ['2025-03-11', '2025-03-12'] });
  const { result } = proposal;
  expect(result.changes.length).toBeGreaterThan(0);
  const dutiesOf = (id: string) => result.duties.filter((duty: { engineerId: string }) => duty.engineerId === id);
  for (const id of [ANA, BO, CHEN]) expect(dutiesOf(id).length).toBeLessThanOrEqual(5); // 5 × 9 h ≤ 48 h
  expect(dutiesOf(BO).map((duty: { date: string }) => duty.date)).not.toContain('2025-03-11');

  const accepted = await call('POST', `/roster/proposals/${proposal.id}/accept`);
  expect(accepted).toMatchObject({ status: 200, body: { state: 'accepted' } });
  const monday = Date.UTC(2025, 2, 9, 16);
  for (const id of [ANA, BO, CHEN]) {
    const { working, patterns } = (
      await call('GET', `/engineers/${id}/calendar?from=${monday}&to=${monday + 168 * HOUR}`)
    ).body;
    const leave = id === BO ? ['2025-03-11', '2025-03-12'] : [];
    const days = working.map(({ from }: { from: number }) => new Date(from + 8 * HOUR).toISOString().slice(0, 10));
    const expected = [...dutiesOf(id).map((duty: { date: string }) => duty.date), ...leave].sort();
    expect(days).toEqual(expected);
    // After these weeks it is as it was.
    const { working: later } = (
      await call('GET', `/engineers/${id}/calendar?from=${monday + 168 * HOUR}&to=${monday + 336 * HOUR}`)
    ).body;
    expect(later).toHaveLength(6);
    expect(patterns.at(-1).startsOn).toBe('2025-03-17');
  }
  const again = await call('POST', `/roster/proposals/${proposal.id}/accept`);
  expect(again).toMatchObject({ status: 409, body: { code: 'proposal-not-open' } });
});

test('refused when calendars changed since, and nothing is written; other news does not matter', async () => {
  service = await aService({ rotas: byHand });
  await tooMuch();
  const proposal = await proposed();
  const count = service.events.head();
  await call('POST', `/engineers/${CHEN}/absences`, {
    kind: 'leave',
    when: { fromDay: '2025-03-13', toDay: '2025-03-13' },
  });
  const refused = await call('POST', `/roster/proposals/${proposal.id}/accept`);
  expect(refused).toMatchObject({ status: 409, body: { code: 'calendars-changed' } });
  expect(service.events.head()).toBe(count + 1);

  const next = await proposed();
  await call('POST', `/engineers/${CHEN}/absences`, {
    kind: 'leave',
    when: { fromDay: '2025-05-01', toDay: '2025-05-02' },
  });
  expect((await call('POST', `/roster/proposals/${next.id}/accept`)).status).toBe(200);
});

test('weeks on call are proposed for a rota and become its swaps', async () => {
  service = await aService({ rotas: byHand });
  await call('PUT', '/calendars/on-call/south', {
    name: { en: 'South', zh: '南' },
    timeZone: 'Asia/Shanghai',
    startsOn: '2025-01-06',
    handoverMinute: 480,
    daysEach: 7,
    engineers: [ANA, BO],
  });
  const proposal = await proposed({ weeks: 2, onCall: 'south' });
  const onCall: { from: string; engineerId: string }[] = proposal.result.onCall;
  expect(onCall.map(({ from }) => from)).toEqual([FROM, '2025-03-17']);
  expect(new Set(onCall.map(({ engineerId }) => engineerId)).size).toBe(2);
  expect((await call('POST', `/roster/proposals/${proposal.id}/accept`)).status).toBe(200);
  const from = Date.UTC(2025, 2, 10);
  const [south] = (await call('GET', `/calendars/on-call?from=${from}&to=${from + 336 * HOUR}`)).body;
  expect(south.turns).toEqual([
    { engineerId: onCall[0]?.engineerId, from, to: from + 168 * HOUR },
    { engineerId: onCall[1]?.engineerId, from: from + 168 * HOUR, to: from + 336 * HOUR },
  ]);
  expect((await call('POST', '/roster/proposals', { from: FROM, onCall: 'north' })).body.errors).toMatchObject([
    { path: 'onCall' },
  ]);
});

test('only who manages calendars; failures are told; what was discarded is gone', async () => {
  const missing = { ...byHand, run: () => Promise.reject(new SolverMissing('npm install it')) };
  service = await aService({ rotas: missing, at: MONDAY_9 });
  for (const viewer of [aViewer('remote-engineer'), aViewer('field-engineer', { engineerId: ANA })])
    expect((await call('POST', '/roster/proposals', { from: FROM }, viewer)).status).toBe(403);
  expect((await call('POST', '/roster/proposals', { from: '2025-03-11' })).body.errors).toMatchObject([
    { path: 'from' },
  ]);
  const failed = await proposed();
  expect(failed).toMatchObject({ state: 'failed', problem: { code: 'cp-sat-missing', text: 'npm install it' } });
  expect((await call('POST', `/roster/proposals/${failed.id}/accept`)).body.code).toBe('proposal-not-open');
  expect((await call('DELETE', `/roster/proposals/${failed.id}`)).status).toBe(204);
  expect((await call('GET', `/roster/proposals/${failed.id}`)).status).toBe(404);
  expect((await call('GET', '/roster/proposals')).body).toEqual([]);
});
