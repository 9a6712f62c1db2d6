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

test('what each visit and each day costs: they add up to the plan, term by term', async () => {
  service = await aService();
  await service.gateway.raise('a1', HILL_CT, 0.9);
  await service.gateway.raise('a2', MR, 0.6);
  await service.pass(MINUTE);
  const { status, body } = await ask('terms');
  expect(status).toBe(200);
  expect(body.visits.map(({ workOrderId }: { workOrderId: string }) => workOrderId).sort()).toEqual(['wo_a1', 'wo_a2']);
  type Part = { total: number; terms: { term: string; cost: number }[] };
  const parts: Part[] = [...body.visits, ...body.days];
  expect(body.total).toBeGreaterThan(0);
  expect(parts.reduce((sum, { total }) => sum + total, 0)).toBe(body.total);
  for (const part of [body as Part, ...parts])
    expect(part.terms.reduce((sum, { cost }) => sum + cost, 0)).toBe(part.total);
  for (const { term, cost } of (body as Part).terms) {
    const own = parts.flatMap(({ terms }) => terms).filter((one) => one.term === term);
    expect(
      own.reduce((sum, one) => sum + one.cost, 0),
      term,
    ).toBe(cost);
  }
  // The way there is the visit's, the way home the day's.
  const terms = (part: Part) => part.terms.map(({ term }) => term);
  expect(terms(body.visits[0])).toContain('travel');
  expect(terms(body.visits[0])).toContain('downtime');
  expect(body.days.map(terms)).toContainEqual(['travel']);
  const { total } = service.state.plan?.cost ?? {};
  expect(body.total / (total ?? 1)).toBeCloseTo(1, 1); // a minute later
});

test('neither is for hospitals, and an order that is not there is not found', async () => {
  service = await aService();
  const hospital = aViewer('hospital', { hospitalId: CITY });
  expect((await service.call(hospital, 'GET', '/plan/terms')).status).toBe(403);
  for (const path of ['why-not/wo_a1/eng_bo', 'relaxations/wo_a1']) {
    expect((await service.call(hospital, 'GET', `/plan/${path}`)).status).toBe(403);
    expect((await ask(path)).status).toBe(404);
  }
});
