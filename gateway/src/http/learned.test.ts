import { AccountId, type Alert, HOUR, type Role, type Viewer } from '@uptower/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, mrModel } from '../testing/fixtures.ts';
import { coldHeadAdded, coldHeadLearned } from '../testing/learned-fixture.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  bench.clock.set(MONDAY + HOUR);
});
afterEach(() => bench.close());

const as = (role: Role): Viewer => ({ ...admin, accountId: AccountId.parse(`acc_${role}`), role });
const { name, content } = coldHeadAdded;
const give = (body: object = { name, content }, viewer = admin) =>
  bench.request('POST', '/predictions/learned', body, viewer);
const draft = (rules: readonly object[]) =>
  bench.request('POST', `/predictions/models/${mrModel.id}/drafts`, { title: 'learned', rules }, admin);

test('given once, drafted, activated: its alert comes with the next reading, also after a restart', async () => {
  expect((await give()).status).toBe(201);
  expect((await give({ name: 'again', content })).status).toBe(200);
  expect(await bench.get('/predictions/learned')).toMatchObject([
    { id: coldHeadLearned.learned, name, components: ['cold head'], horizonHours: 48 },
  ]);
  const { status, body } = await draft([coldHeadLearned]);
  expect(status).toBe(201);
  const active = await bench.request('POST', `/predictions/drafts/${body.id}/activate`, { reason: 'it knows' }, admin);
  expect(active.status).toBe(200);
  await bench.gateway.settled();
  await bench.restart();
  const measure = (hour: number, chiller_trips: number) =>
    bench.say('dev_a1', 'telemetry', {
      ts: MONDAY + hour * HOUR,
      seq: hour,
      values: { helium_pressure: 22, chiller_trips },
    });
  bench.clock.set(MONDAY + 5 * HOUR);
  await measure(2, 0);
  await measure(3, 40);
  await bench.gateway.settled();
  const alerts: Alert[] = await bench.get('/alerts');
  expect(alerts.map(({ worst }) => worst.ruleId)).toEqual(['cold-head-learned']);
});

test('what is no learned model, or names none, is refused in words; only who edits rules may give one', async () => {
  const looped = JSON.parse(content);
  const split = { feature: [0], threshold: [0], bin: [0], missingLeft: [true], left: [0], right: [0], value: [0] };
  looped.components['cold head'].members[0].when.trees = [split];
  for (const [wrong, message] of [
    [JSON.stringify(looped), expect.stringContaining('a tree whose branches do not lead on to a leaf')],
    ['{', 'is not JSON: give the file that "uptower train" wrote'],
    ['{"form":9}', expect.stringContaining('is not a model of "uptower train": form')],
  ]) {
    const { status, body } = await give({ name, content: wrong });
    expect([status, body.errors]).toEqual([400, [{ path: 'content', message }]]);
  }
  expect((await give(undefined, as('dispatcher'))).status).toBe(403);
  expect(await bench.get('/predictions/learned')).toEqual([]);
  const unknown = await draft([coldHeadLearned]);
  expect(unknown.body.errors).toEqual([{ path: 'rules.0.learned', message: 'there is no such learned model' }]);
  await give();
  const other = await draft([{ ...coldHeadLearned, of: 'tube' }]);
  expect(other.body.errors).toEqual([{ path: 'rules.0.of', message: 'it learned of cold head' }]);
});
