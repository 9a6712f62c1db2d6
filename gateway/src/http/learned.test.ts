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
    ['{"form":3}', expect.stringContaining('is not a model of "uptower train": leadHours')],
    ['{"form":2,"components":{}}', 'is a learned model of form 2; this version reads form 3: train it again'],
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

test('removed once no rule in force and no draft names it; given again it is there again, also after a restart', async () => {
  await give();
  const remove = (viewer = admin) =>
    bench.request('DELETE', `/predictions/learned/${coldHeadLearned.learned}`, undefined, viewer);
  const { body } = await draft([coldHeadLearned]);
  const drafted = await remove();
  expect([drafted.status, drafted.body.code]).toEqual([409, 'learned-in-use']);
  expect(drafted.body.errors).toEqual([{ path: `drafts.${body.id}`, message: `draft "learned" of ${mrModel.id}` }]);
  await bench.request('POST', `/predictions/drafts/${body.id}/activate`, { reason: 'it knows' }, admin);
  expect((await remove()).body.errors).toEqual([
    { path: `models.${mrModel.id}`, message: `the rules in force of ${mrModel.id}, version 2` },
  ]);
  expect(await bench.get('/predictions/learned')).toMatchObject([
    { uses: [{ kind: 'active', modelId: mrModel.id, version: 2 }] },
  ]);
  await bench.request('POST', `/predictions/models/${mrModel.id}/rollback`, { version: 1, reason: 'not yet' }, admin);
  expect((await remove(as('dispatcher'))).status).toBe(403);
  expect((await remove()).status).toBe(204);
  expect((await remove()).status).toBe(404);
  await bench.restart();
  expect(await bench.get('/predictions/learned')).toEqual([]);
  // The rules that named it are refused as long as it is away.
  const back = () =>
    bench.request('POST', `/predictions/models/${mrModel.id}/rollback`, { version: 2, reason: 'after all' }, admin);
  expect((await back()).body.errors).toEqual([{ path: 'rules.0.learned', message: 'there is no such learned model' }]);
  expect((await give()).status).toBe(201);
  expect((await back()).status).toBe(200);
});
