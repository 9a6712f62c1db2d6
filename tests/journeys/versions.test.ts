import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backtest, GrowthRule, PredictionModelView, RuleDraft, WorkOrder } from '@uptower/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newDataDir, type Running, startUptower, until, uptower } from '../support/uptower.ts';

/** As in the replay's own journey: ACHE is foreseen, RUSH late, MUTE missed, FINE a false order. */
const DISKS = `serial,model,tstart,tstop,fails,smart_5,smart_187,smart_197,smart_198
ACHE,X,10,1500,0,0,0,0,0
ACHE,X,1500,1800,1,0,0,16,0
RUSH,X,10,1790,0,0,0,0,0
RUSH,X,1790,1800,1,0,1,0,0
MUTE,X,10,1800,1,0,0,0,0
FINE,X,10,500,0,0,0,0,0
FINE,X,500,2010,0,200,0,0,0
`;

let server: Running;
beforeAll(async () => {
  server = await startUptower('serve', newDataDir());
  const file = join(server.dataDir, 'disks.csv');
  writeFileSync(file, DISKS);
  const done = await uptower(['replay', file, '--map', 'backblaze-drives', '--data-dir', server.dataDir]);
  expect([done.code, done.stderr]).toEqual([0, expect.anything()]);
});
afterAll(() => server.stop());

test('a draft is back-tested on what was replayed, activated on the strength of it, and rolled back', async () => {
  const orders = await server.call<WorkOrder[]>('GET', '/work-orders?state=all');
  const [row] = await server.call<{ modelId: string; version: number }[]>('GET', '/predictions/models');
  const model = `/predictions/models/${row?.modelId}`;
  const { active } = await server.call<PredictionModelView>('GET', model);
  expect(active).toMatchObject({ version: 1, origin: 'upload' });

  // Without the counter that sent somebody to FINE for nothing.
  const rules = (active.rules as GrowthRule[]).filter(({ metric }) => !/smart_5$|realloc/i.test(metric));
  expect(rules.length).toBe(active.rules.length - 1);
  const draft = await server.call<RuleDraft>('POST', `${model}/drafts`, { title: 'No reallocated sectors', rules });
  const from = Math.min(...orders.map(({ openedAt }) => openedAt)) - 1_000 * 3_600_000;
  const asked = { draftId: draft.id, from, to: from + 3_000 * 3_600_000, leadHours: 24 };
  const { id } = await server.call<Backtest>('POST', '/predictions/backtests', asked);
  const { state, result } = await until('the back-test', async () => {
    const found = await server.call<Backtest>('GET', `/predictions/backtests/${id}`);
    return found.state !== 'queued' && found.state !== 'running' ? found : undefined;
  });
  expect(state).toBe('done');

  // The present side is what was really opened, order by order; and what the replay's own scorer says of it.
  const opened = (each: { deviceId: string; openedAt: number }) => `${each.deviceId} ${each.openedAt}`;
  expect(result?.present.orders.map(({ deviceId, at }) => `${deviceId} ${at}`).sort()).toEqual(
    orders.map(opened).sort(),
  );
  expect(result?.present.score).toMatchObject({ trueOrders: 1, lateOrders: 1, falseOrders: 1 });
  expect(result?.present.score).toMatchObject({ failures: 3, foreseen: 1, late: 1, missed: 1, leadMedian: 300 });
  expect(result?.draft.score).toMatchObject({ orders: 2, falseOrders: 0, foreseen: 1, late: 1, missed: 1 });

  const reason = 'false orders for nothing';
  const next = await server.call<PredictionModelView>('POST', `/predictions/drafts/${draft.id}/activate`, {
    reason,
    backtestId: id,
  });
  expect(next.drafts).toEqual([]);
  expect(next.active).toMatchObject({ version: 2, origin: 'draft', reason, rules, backtest: { id } });
  expect(next.active.backtest).toMatchObject({ present: { falseOrders: 1 }, draft: { falseOrders: 0, foreseen: 1 } });

  const back = await server.call<PredictionModelView>('POST', `${model}/rollback`, {
    version: 1,
    reason: 'missed one',
  });
  expect(back.active).toMatchObject({ version: 3, origin: 'rollback', restored: 1, rules: active.rules });
  expect(back.versions.map(({ version }) => version)).toEqual([3, 2, 1]);
});
