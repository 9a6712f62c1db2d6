import { AccountId, HOUR, MINUTE, type Role, type Viewer } from '@uptower/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { admin, type Bench, openBench } from '../testing/bench.ts';
import { heliumLimit, heliumTrend, MONDAY, mrModel, smallFleet, tripGrowth } from '../testing/fixtures.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const viewer = (role: Role): Viewer => ({ ...admin, accountId: AccountId.parse(`acc_${role}`), role });
const MODEL = '/predictions/models/mdl_mr';
const lower = { ...heliumLimit, level: 27 };
const reason = 'fewer false visits';

const newDraft = (rules: unknown = [heliumTrend, lower, tripGrowth]) =>
  bench.post(`${MODEL}/drafts`, { title: 'Earlier on helium', rules });
const activate = (draftId: string, body: object = {}) =>
  bench.request('POST', `/predictions/drafts/${draftId}/activate`, { reason, ...body });
const levelNow = async () => {
  const { models } = await bench.get('/registry');
  return models[0].rules.find(({ id }: { id: string }) => id === 'helium-high')?.level;
};

test('a draft is a copy that survives a restart, and is changed only on its last revision', async () => {
  const copy = await bench.post(`${MODEL}/drafts`, { title: 'Copy' });
  expect(copy).toMatchObject({ baseVersion: 1, revision: 1, rules: mrModel.rules, shadowSince: null });
  const path = `/predictions/drafts/${copy.id}`;
  const body = { title: 'Mine', rules: [heliumTrend, lower], revision: 1 };
  expect((await bench.request('PUT', path, body)).body).toMatchObject({ revision: 2, title: 'Mine' });
  expect(await bench.request('PUT', path, body)).toMatchObject({ status: 409, body: { code: 'version-conflict' } });
  await bench.crash();
  expect((await bench.get(MODEL)).drafts).toMatchObject([{ id: copy.id, revision: 2, rules: [heliumTrend, lower] }]);
  expect((await bench.request('DELETE', path)).status).toBe(204);
  expect((await bench.get(MODEL)).drafts).toEqual([]);
});

test('what does not fit is refused at its field, and nothing is written', async () => {
  const rules = [
    { ...heliumLimit, metric: 'nothing' },
    { ...heliumTrend, id: 'helium-high', failureMode: 'chiller-pump' },
  ];
  const refused = await bench.request('POST', `${MODEL}/drafts`, { title: 'x', rules });
  expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual([
    'rules.0.metric',
    'rules.1.id',
    'rules.1.failureMode',
  ]);
  // What the registry took and is in force does not stand in the way of a change elsewhere.
  const odd = { ...heliumTrend, failureMode: 'chiller-pump' };
  await bench.request('PUT', '/registry', { models: [{ ...mrModel, rules: [odd, heliumLimit] }] });
  expect((await bench.request('POST', `${MODEL}/drafts`, { title: 'x', rules: [odd, lower] })).status).toBe(201);
  expect((await bench.request('POST', `${MODEL}/rules/helium-high/retire`, { reason })).status).toBe(200);
  const form = await bench.request('POST', `${MODEL}/drafts`, {
    title: 'x',
    rules: [{ ...heliumLimit, probability: 2 }],
  });
  expect(form.body.errors[0].path).toBe('rules.0.probability');
  expect((await bench.get(MODEL)).drafts.length).toBe(1);
});

test('activation is a version with who, when and why; rolling back is one too; both are what detectors go by', async () => {
  const draft = await newDraft();
  bench.clock.advance(HOUR);
  const done = await activate(draft.id);
  expect(done).toMatchObject({ status: 200, body: { drafts: [], active: { version: 2, origin: 'draft', reason } } });
  expect(done.body.active).toMatchObject({ at: MONDAY + HOUR, by: { id: admin.accountId } });
  expect(await levelNow()).toBe(27);
  await bench.crash();
  expect((await bench.get(MODEL)).versions.map(({ version, origin }: never) => [version, origin])).toEqual([
    [2, 'draft'],
    [1, 'upload'],
  ]);
  const back = await bench.post(`${MODEL}/rollback`, { version: 1, reason: 'too many' });
  expect(back.active).toMatchObject({ version: 3, origin: 'rollback', restored: 1, rules: mrModel.rules });
  expect(await levelNow()).toBe(40);
  const again = await bench.request('POST', `${MODEL}/rollback`, { version: 1, reason: 'again' });
  expect(again).toMatchObject({ status: 409, body: { code: 'nothing-to-change' } });
});

test('the rule in force judges from its activation on', async () => {
  const say = async (at: number) => {
    bench.clock.set(at);
    await bench.say('dev_a1', 'telemetry', { ts: at, values: { helium_pressure: 30 } });
  };
  const draft = await newDraft();
  for (let i = 1; i <= 10; i += 1) await say(MONDAY + i * MINUTE);
  await bench.settle();
  expect(await bench.alerts()).toEqual([]);
  await activate(draft.id);
  await bench.settle();
  for (let i = 11; i <= 20; i += 1) await say(MONDAY + i * MINUTE);
  await bench.settle();
  expect(await bench.alerts()).toMatchObject([{ component: 'cold-head', raisedAt: MONDAY + 16 * MINUTE }]);
});

test('a retired rule ends its alert with the next reading, the rest goes on', async () => {
  const say = async (at: number) => {
    bench.clock.set(at);
    await bench.say('dev_a1', 'telemetry', { ts: at, values: { helium_pressure: 50 } });
  };
  await activate((await newDraft([heliumLimit, tripGrowth])).id);
  await bench.settle();
  for (let i = 1; i <= 10; i += 1) await say(MONDAY + i * MINUTE);
  await bench.settle();
  expect(await bench.alerts()).toMatchObject([{ state: 'raised' }]);
  const retired = await bench.post(`${MODEL}/rules/helium-high/retire`, { reason: 'costs more than it saves' });
  expect(retired.active).toMatchObject({
    version: 3,
    origin: 'retirement',
    retired: 'helium-high',
    rules: [tripGrowth],
  });
  await bench.settle();
  await say(MONDAY + 11 * MINUTE);
  await bench.settle();
  expect(await bench.alerts()).toMatchObject([{ state: 'cleared', clearedAt: MONDAY + 11 * MINUTE }]);
  expect((await bench.request('POST', `${MODEL}/rules/helium-high/retire`, { reason })).status).toBe(404);
});

test('a draft of rules that are no longer active is refused until it is rebased; both changes are kept', async () => {
  const mine = await newDraft();
  await activate((await newDraft([{ ...heliumTrend, minHours: 5 }, heliumLimit, tripGrowth])).id);
  expect(await activate(mine.id)).toMatchObject({ status: 409, body: { code: 'draft-stale' } });
  const rebased = await bench.post(`/predictions/drafts/${mine.id}/rebase`, {});
  expect(rebased).toMatchObject({ baseVersion: 2, conflicts: [], rules: [{ minHours: 5 }, { level: 27 }, tripGrowth] });
  expect((await activate(mine.id)).status).toBe(200);
});

test('a registry that is sent again does not undo an activation; one with other rules is a version of its own', async () => {
  await activate((await newDraft()).id);
  await bench.request('PUT', '/registry', smallFleet());
  expect(await levelNow()).toBe(27);
  await bench.crash();
  const renamed = { ...mrModel, name: { en: 'MR 3T', zh: '3T' } };
  for (const _again of [1, 2]) {
    await bench.request('PUT', '/registry', { models: [renamed] });
    expect(await levelNow()).toBe(27);
  }
  await bench.request('PUT', '/registry', { models: [{ ...renamed, rules: [{ ...heliumLimit, level: 33 }] }] });
  expect(await levelNow()).toBe(33);
  expect((await bench.get(MODEL)).active).toMatchObject({ version: 3, origin: 'upload', by: null });
});

test('who may: engineers draft, managers activate, hospitals see nothing', async () => {
  const draft = await newDraft();
  const status = async (method: string, path: string, body: unknown, role: Role) =>
    (await bench.request(method, path, body, viewer(role))).status;
  expect(await status('GET', MODEL, undefined, 'hospital')).toBe(403);
  expect(await status('GET', '/predictions/backtests', undefined, 'hospital')).toBe(403);
  expect(await status('GET', MODEL, undefined, 'dispatcher')).toBe(200);
  expect(await status('POST', `${MODEL}/drafts`, { title: 'x' }, 'dispatcher')).toBe(403);
  expect(await status('POST', `${MODEL}/drafts`, { title: 'x' }, 'remote-engineer')).toBe(201);
  expect(await status('POST', `/predictions/drafts/${draft.id}/shadow`, {}, 'hospital')).toBe(403);
  expect(await status('POST', '/predictions/drafts/drf_none/shadow', {}, 'hospital')).toBe(403);
  const path = `/predictions/drafts/${draft.id}/activate`;
  expect(await status('POST', path, { reason }, 'remote-engineer')).toBe(403);
  expect(await status('POST', path, { reason }, 'manager')).toBe(200);
});

test('the forms of all kinds of rules are told as JSON schema', async () => {
  const schema = await bench.get('/predictions/rule-kinds');
  const kinds = schema.oneOf.map(
    ({ properties }: { properties: { kind: { const: string } } }) => properties.kind.const,
  );
  expect(kinds).toEqual(expect.arrayContaining(['limit', 'trend', 'growth']));
});
