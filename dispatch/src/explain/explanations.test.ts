import { DAY, MINUTE, streams } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CHEN, CITY, HILL_CT, MR } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const dispatcher = aViewer('dispatcher');
const ask = (path: string) => service.call(dispatcher, 'GET', `/plan/${path}`);

test('why not him: what the plan would cost more, by terms that add up, in both languages; or why it cannot be', async () => {
  service = await aService();
  await service.gateway.raise('a1', HILL_CT, 0.9);
  await service.pass(MINUTE);
  const [order] = service.orders();
  if (order?.state !== 'scheduled') throw new Error(`the order is ${order?.state}`);
  const other = order.visit.engineerId === BO ? CHEN : BO;
  const { status, body } = await ask(`why-not/${order.id}/${other}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ verdict: 'possible', engineerId: other, text: null, moved: [] });
  expect(body.total).toBeGreaterThan(0);
  expect(body.terms.reduce((sum: number, { cost }: { cost: number }) => sum + cost, 0)).toBe(body.total);
  expect(body.terms.map(({ term }: { term: string }) => term)).toContain('travel');
  for (const { text } of body.terms) expect([text.en, text.zh].every((words) => words.length > 0)).toBe(true);

  expect((await ask(`why-not/${order.id}/${order.visit.engineerId}`)).body).toMatchObject({
    verdict: 'already',
    total: 0,
  });
  await service.gateway.raise('a2', MR, 0.9);
  await service.pass(MINUTE);
  const bo = (await ask(`why-not/wo_a2/${BO}`)).body;
  expect(bo).toMatchObject({ verdict: 'impossible', terms: [], text: { en: 'Does not have the skill' } });
});

test('what would have to be given up: the smallest sets, with who and when; nothing where there is a place', async () => {
  service = await aService();
  // Ana alone knows cryogenics now, and is away for a week.
  const now = service.clock.now();
  const changed = [...service.state.registry.engineers.values()].map((engineer) =>
    engineer.id === ANA
      ? { ...engineer, absences: [{ from: now - MINUTE, to: now + 7 * DAY }] }
      : { ...engineer, skills: [] },
  );
  const events = changed.map((engineer) => ({ type: 'engineer.put' as const, engineer }));
  await service.events.append([{ stream: streams.registry, events }], { at: now, actor: 'test' });
  await service.gateway.raise('a1', MR, 0.9);
  await service.pass(MINUTE);
  const [order] = service.orders();
  expect(order?.state).toBe('received');
  const { body } = await ask(`relaxations/${order?.id}`);
  const options = body.options.map(({ gives, engineerId }: { gives: { rule: string }[]; engineerId: string }) => [
    gives.map(({ rule }) => rule).join(),
    engineerId,
  ]);
  // The others lack the skill and the seal kit: two things to give up, where leave is one.
  expect(options).toEqual([['absence', ANA]]);
  expect(body.options[0].gives[0].text).toEqual({
    en: 'ana gives up leave, training or a break',
    zh: 'ana工放弃请假、培训或休息',
  });
});

test('neither is for hospitals, and an order that is not there is not found', async () => {
  service = await aService();
  const hospital = aViewer('hospital', { hospitalId: CITY });
  for (const path of ['why-not/wo_a1/eng_bo', 'relaxations/wo_a1']) {
    expect((await service.call(hospital, 'GET', `/plan/${path}`)).status).toBe(403);
    expect((await ask(path)).status).toBe(404);
  }
});
