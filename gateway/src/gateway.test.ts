import {
  type AlertEvent,
  HOUR,
  MINUTE,
  OrderFacts,
  SECOND,
  streams,
  type UptowerEvent,
  WorkOrderId,
} from '@uptower/domain';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from './testing/bench.ts';
import { deviceA1, deviceB1, MONDAY, mrModel, principalOf, smallFleet } from './testing/fixtures.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});
async function bench(fleet?: Parameters<typeof openBench>[0]): Promise<Bench> {
  const made = await openBench(fleet);
  open.push(made);
  return made;
}

/** Who is silent is judged as far as the pipeline has come by then: for stories it is no matter of. */
const unhurried = smallFleet({ ...mrModel, reportingIntervalSeconds: null });

/** Helium that begins to rise after six quiet hours: 45 kPa, its end, at hour 26. */
const helium = (hours: number) => 15 + Math.max(0, hours - 6) * 1.5 + Math.sin(hours * 977) * 0.3;

const reading = (minute: number, value: number) => ({
  ts: MONDAY + minute * MINUTE,
  seq: minute,
  values: { helium_pressure: value },
});

/** One reading in five minutes from hour to hour. */
async function measure(b: Bench, from: number, to: number, value = helium): Promise<void> {
  for (let minute = from * 60; minute < to * 60; minute += 5) {
    b.clock.set(MONDAY + minute * MINUTE);
    await b.say('dev_a1', 'telemetry', reading(minute, value(minute / 60)));
  }
  await b.gateway.settled();
}

const orderEvents = (finishedAt: number): UptowerEvent[] => {
  const id = WorkOrderId.parse('wo_1');
  const facts = OrderFacts.parse({
    id,
    number: '1',
    source: 'prediction',
    deviceId: 'dev_a1',
    siteId: 'site_a',
    hospitalId: 'hos_a',
    component: 'cold-head',
    failureMode: null,
    alertId: null,
    priority: 'P2',
    title: { en: 'x', zh: 'x' },
    note: null,
    skill: { name: 'mr', level: 2 },
    serviceMinutes: 60,
    steps: [],
    parts: [],
    openedAt: MONDAY,
    service: 'full',
  });
  const by = 'eng_1' as never;
  return [
    { type: 'work-order.opened', workOrderId: id, at: MONDAY, facts, promises: [], curve: [], probability: null },
    { type: 'work-order.arrived', workOrderId: id, at: finishedAt - 2 * HOUR, by },
    {
      type: 'work-order.work-finished',
      workOrderId: id,
      at: finishedAt,
      by,
      outcome: 'fixed',
      note: null,
      deviceId: deviceA1,
      component: 'cold-head',
    },
  ];
};
const append = (b: Bench, events: UptowerEvent[]) =>
  b.events.append([{ stream: 'work-order/wo_1', events }], { at: b.clock.now(), actor: 'test' });

test('a degradation becomes one alert with a forecast; a repair seen in telemetry clears it', async () => {
  const b = await bench();
  await measure(b, 0, 18);
  const [alert, ...others] = await b.alerts();
  expect(others).toEqual([]);
  expect(alert).toMatchObject({ state: 'raised', deviceId: 'dev_a1', component: 'cold-head' });
  expect(Math.abs((alert?.worst.expected.p50 ?? 0) - (MONDAY + 26 * HOUR))).toBeLessThan(4 * HOUR);
  expect(alert?.worst.evidence.text.en).toMatch(
    /^Helium pressure .* kPa, rising .*\/h since .*; reaches 45 kPa in about/,
  );
  // Repaired at hour 18: the alert stands until ten minutes of healthy data were seen.
  await append(b, orderEvents(MONDAY + 18 * HOUR));
  await measure(b, 18, 18.1, () => 15);
  expect((await b.alerts())[0]?.state).toBe('raised');
  await measure(b, 18.25, 19, () => 15);
  expect((await b.alerts())[0]).toMatchObject({ state: 'cleared', clearedBecause: 'returned-to-normal' });
});

test('a repair that did not help leaves the alert open', async () => {
  const b = await bench();
  await measure(b, 0, 18);
  await append(b, orderEvents(MONDAY + 18 * HOUR));
  await measure(b, 18, 20);
  const alerts = await b.alerts();
  expect(alerts.map((alert) => alert.state)).toEqual(['raised']);
});

test('a replaced component clears its alert at once; after a failure of an observed device nothing is judged', async () => {
  const b = await bench(unhurried);
  await measure(b, 0, 18);
  await b.say('dev_a1', 'events', { ts: b.clock.now(), code: 'replaced', component: 'cold-head' });
  b.clock.set(MONDAY + 19 * HOUR);
  const limit = { ts: MONDAY + 18 * HOUR, seq: 1, values: { helium_pressure: 50 } };
  await b.say('dev_b1', 'telemetry', [limit, { ...limit, ts: limit.ts + 10 * MINUTE, seq: 2 }]);
  b.clock.advance(HOUR);
  await b.say('dev_b1', 'events', { ts: b.clock.now(), code: 'failure', component: 'cold-head' });
  await b.say('dev_b1', 'telemetry', { ...limit, ts: b.clock.now(), seq: 3 });
  await b.gateway.settled();
  expect((await b.alerts()).map((alert) => alert.state === 'cleared' && alert.clearedBecause)).toEqual([
    'component-replaced',
    'device-failed',
  ]);
  const facts = (await b.log()).filter((event) => event.type === 'device.fact');
  expect(facts).toMatchObject([{ fact: 'replaced' }, { fact: 'failed', deviceId: 'dev_b1' }]);
});

test('bad messages are quarantined with a reason, and the stream goes on', async () => {
  const b = await bench();
  await b.say('dev_a1', 'telemetry', Buffer.from('{"values":'));
  await b.say('dev_a9', 'telemetry', { values: { a: 1 } });
  await b.say('dev_a1', 'telemetry', { ts: Date.UTC(2100, 0, 1), values: { a: 1 } });
  await b.say('dev_a1', 'telemetry', reading(0, 15));
  await b.say('dev_a1', 'telemetry', reading(0, 15));
  b.gateway.refused('foreign-topic', 'dev_a1', 'x', 'may not');
  await b.gateway.settled();
  expect(b.disk.byDevice.get('dev_a1')).toHaveLength(1);
  await b.restart();
  const quarantine = await b.get('/quarantine');
  expect(quarantine.map((entry: { reason: string }) => entry.reason).sort()).toEqual([
    'future',
    'malformed-json',
    'unknown-device',
  ]);
  expect(quarantine.at(-1)).toMatchObject({ from: 'dev_a1', excerpt: '{"values":' });
});

test('intake figures count what happened', async () => {
  const b = await bench();
  await b.say('dev_a1', 'telemetry', reading(0, 15));
  await b.say('dev_a1', 'telemetry', reading(0, 15));
  await b.say('dev_a1', 'telemetry', Buffer.from('x'));
  b.gateway.refused('too-large', 'dev_a1', 'x', '10 MB');
  b.gateway.connected(principalOf('dev_a1'));
  await b.gateway.settled();
  // Four records: the note of the registry, and three messages.
  expect(await b.get('/intake')).toMatchObject({
    id: 'intake',
    connections: 1,
    messages: 3,
    readings: 1,
    duplicates: 1,
    quarantined: { 'malformed-json': 1 },
    refused: { 'too-large': 1 },
    journalPosition: 4,
    lag: 0,
    journal: expect.objectContaining({ state: 'ok', waiting: 0, damaged: 0 }),
    alarms: expect.any(Array),
  });
});

test('shelving ends by the clock', async () => {
  const b = await bench();
  await measure(b, 0, 18);
  const [alert] = await b.alerts();
  const until = b.clock.now() + HOUR;
  await b.post(`/alerts/${alert?.id}/shelve`, { reason: 'known', until });
  expect((await b.alerts())[0]?.state).toBe('shelved');
  await b.restart();
  b.clock.advance(HOUR);
  await b.settle();
  expect((await b.alerts())[0]?.state).toBe('raised');
});

test('the uptime ledger: report, lost session, return, all in event time', async () => {
  const b = await bench();
  b.gateway.connected(principalOf('dev_a1'));
  await b.say('dev_a1', 'state', { ts: MONDAY, status: 'up' });
  b.clock.set(MONDAY + 2 * MINUTE);
  await b.say('dev_a1', 'state', { ts: MONDAY + 2 * MINUTE, status: 'partial' });
  await b.gateway.settled();
  b.clock.set(MONDAY + 3 * MINUTE);
  b.gateway.disconnected(principalOf('dev_a1'));
  b.clock.advance(2 * MINUTE);
  await b.settle();
  b.gateway.connected(principalOf('dev_a1'));
  // What it measured meanwhile proves that it was there.
  await b.say('dev_a1', 'telemetry', reading(4, 15));
  await b.gateway.settled();
  const { intervals } = await b.get(`/devices/dev_a1/uptime?from=${MONDAY}&to=${MONDAY + HOUR}`);
  expect(
    intervals.map((i: { from: number; state: string; cause: string }) => [
      (i.from - MONDAY) / MINUTE,
      i.state,
      i.cause,
    ]),
  ).toEqual([
    [0, 'up', 'device-report'],
    [2, 'partial', 'device-report'],
    [3, 'unknown', 'session-lost'],
    [4, 'partial', 'device-report'],
  ]);
});

test('a planned visit is not down time', async () => {
  const b = await bench();
  await b.say('dev_a1', 'state', { ts: MONDAY, status: 'up' });
  b.clock.set(MONDAY + HOUR);
  await append(b, orderEvents(MONDAY + 3 * HOUR).slice(0, 2));
  await b.say('dev_a1', 'state', { ts: MONDAY + HOUR, status: 'down', activity: 'service' });
  await b.gateway.settled();
  expect((await b.get('/devices/dev_a1')).device.availability).toMatchObject({
    state: 'planned',
    cause: 'planned-visit',
  });
  b.clock.set(MONDAY + 3 * HOUR);
  await append(b, orderEvents(MONDAY + 3 * HOUR).slice(2));
  await b.say('dev_a1', 'state', { ts: MONDAY + 3 * HOUR, status: 'up', activity: 'idle' });
  await b.gateway.settled();
  expect((await b.get('/devices/dev_a1')).device.availability).toMatchObject({ state: 'up' });
});

const states = async (b: Bench) =>
  (await b.get(`/devices/dev_a1/uptime?from=${MONDAY}&to=${MONDAY + 24 * HOUR}`)).intervals.map(
    (i: { from: number; to: number | null; state: string }) => [(i.from - MONDAY) / MINUTE, i.state],
  );

test('a word of long ago has its place in the past, and contact with an old clock is dated by ours', async () => {
  const b = await bench(unhurried);
  b.gateway.connected(principalOf('dev_a1'));
  await b.say('dev_a1', 'state', { ts: MONDAY, status: 'up' });
  b.clock.set(MONDAY + 60 * MINUTE);
  await b.say('dev_a1', 'telemetry', reading(60, 15));
  await b.say('dev_a1', 'events', { ts: MONDAY - 90 * 24 * HOUR, code: 'failure', component: 'chiller' });
  await b.say('dev_a1', 'state', { ts: 0, status: 'up' }); // refused
  await b.gateway.settled();
  b.clock.advance(MINUTE);
  expect(await states(b)).toEqual([[0, 'up']]);
  b.gateway.disconnected(principalOf('dev_a1'));
  b.clock.advance(10 * MINUTE);
  await b.settle();
  b.gateway.connected(principalOf('dev_a1'));
  await b.say('dev_a1', 'telemetry', reading(50, 15));
  await b.gateway.settled();
  b.clock.advance(MINUTE);
  await b.settle();
  const after = await states(b);
  expect(after.slice(-2).map(([, state]: [number, string]) => state)).toEqual(['unknown', 'up']);
  expect(after.at(-1)[0]).toBeGreaterThanOrEqual(70);
});

test('of a flapping device that falls silent the last state is written', async () => {
  const b = await bench(unhurried);
  b.gateway.connected(principalOf('dev_a1'));
  for (let i = 0; i < 100; i += 1) {
    b.clock.set(MONDAY + i * SECOND);
    await b.say('dev_a1', 'state', { ts: b.clock.now(), status: i % 2 || i > 90 ? 'down' : 'up' });
  }
  await b.gateway.settled();
  const changes = async () => (await b.log()).filter((event) => event.type === 'availability.changed');
  expect(await changes()).toHaveLength(30);
  await b.say('dev_a1', 'state', { ts: b.clock.now(), status: 'up' });
  await b.gateway.settled();
  b.clock.advance(2 * HOUR);
  await b.settle();
  expect(await changes()).toHaveLength(31);
  expect((await b.get('/devices/dev_a1')).device.availability).toMatchObject({ state: 'up' });
});

test('metrics without end are cut off, those known before go on; names of the language are metrics', async () => {
  const b = await bench();
  const names = (from: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${from + i}`, i]));
  await b.say('dev_a1', 'telemetry', { values: { constructor: 1, toString: 2, ...names(0, 200) } });
  b.clock.advance(MINUTE);
  await b.restart();
  const items = [0, 1].map((i) => ({
    ts: MONDAY + i,
    seq: i,
    values: { helium_pressure: 15, constructor: 3, ...names(150, 300) },
  }));
  await b.say('dev_a1', 'telemetry', items);
  await b.gateway.settled();
  const { latest } = await b.get('/devices/dev_a1');
  expect(latest).toHaveLength(257);
  expect(latest).toContainEqual(expect.objectContaining({ metric: 'helium_pressure', value: 15 }));
  expect(latest).toContainEqual(expect.objectContaining({ metric: 'constructor' }));
  expect((await b.get('/quarantine')).map((entry: { reason: string }) => entry.reason)).toEqual(['too-many-metrics']);
  expect(Object.keys(b.disk.byDevice.get('dev_a1')?.at(-1)?.values ?? {})).toHaveLength(2 + 50 + 54);
});

test('a failure nobody foresaw raises an alert, once; work and the device’s word end it', async () => {
  const b = await bench();
  const fail = (minute: number) => ({ ts: MONDAY + minute * MINUTE, code: 'failure', component: 'cold-head' });
  b.clock.set(MONDAY + 5 * HOUR);
  await b.say('dev_a1', 'state', { ts: MONDAY, status: 'down' });
  for (let minute = 0; minute < 20; minute += 1) await b.say('dev_a1', 'events', fail(minute));
  await b.gateway.settled();
  await b.crash();
  await b.gateway.settled();
  expect(await b.alerts()).toMatchObject([
    {
      state: 'raised',
      occurrences: 1,
      worst: { ruleId: 'reported-failure', severity: 'P1', failureMode: 'cold-head-wear', probability: 1 },
    },
  ]);
  expect((await b.log()).filter((event) => event.type === 'device.fact')).toHaveLength(1);
  // Up before anybody worked on it: it stays. Worked on, but down: it stays.
  await b.say('dev_a1', 'state', { ts: MONDAY + 1 * HOUR, status: 'up' });
  await b.say('dev_a1', 'state', { ts: MONDAY + 2 * HOUR, status: 'down' });
  await append(b, orderEvents(MONDAY + 3 * HOUR));
  await b.gateway.settled();
  expect((await b.alerts())[0]?.state).toBe('raised');
  await b.restart();
  await b.say('dev_a1', 'state', { ts: MONDAY + 4 * HOUR, status: 'up' });
  await b.gateway.settled();
  await b.crash();
  await b.gateway.settled();
  expect((await b.alerts()).map((alert) => alert.state === 'cleared' && alert.clearedBecause)).toEqual([
    'returned-to-normal',
  ]);
  await b.say('dev_a1', 'events', fail(260));
  await b.gateway.settled();
  expect((await b.alerts()).map((alert) => alert.state)).toEqual(['cleared', 'raised']);
});

test('a reported failure joins the alert there is; on a device that never says how it is, work ends it', async () => {
  const b = await bench();
  await measure(b, 0, 18);
  await b.say('dev_a1', 'events', { ts: b.clock.now(), code: 'failure', component: 'cold-head' });
  await b.say('dev_a1', 'events', { ts: b.clock.now(), code: 'failure', component: 'chiller' });
  await b.gateway.settled();
  const [foreseen, chiller] = await b.alerts();
  expect(foreseen?.findings.map((finding) => finding.ruleId)).toEqual(['helium-trend', 'reported-failure']);
  expect(chiller?.findings.map((finding) => finding.ruleId)).toEqual(['reported-failure']);
  await append(b, orderEvents(b.clock.now()));
  await b.say('dev_b1', 'telemetry', reading(0, 15)); // behind the note of the work
  await b.gateway.settled();
  const [after] = await b.alerts();
  expect(after?.findings.map((finding) => finding.ruleId)).toEqual(['helium-trend']);
  await b.say('dev_a1', 'events', { ts: b.clock.now() + 1, code: 'replaced', component: 'chiller' });
  await b.gateway.settled();
  expect((await b.alerts())[1]).toMatchObject({ state: 'cleared', clearedBecause: 'component-replaced' });
});

/** What a run leaves behind, without what may differ: ids and the moments of writing. */
async function traces(b: Bench) {
  const events = (await b.events.read(0, 1e6)).filter(({ actor }) => actor === 'gateway');
  return {
    events: events.map(({ event, stream }) => {
      const { alertId: _, ...rest } = event as AlertEvent;
      return { stream, ...rest };
    }),
    readings: Object.fromEntries([...b.disk.byDevice].map(([id, list]) => [id, [...list].sort((x, y) => x.ts - y.ts)])),
  };
}

/** Sessions are no matter of the journal: both devices hold theirs all the time. */
const connected = (b: Bench) => {
  for (const deviceId of [deviceA1, deviceB1]) b.gateway.connected(principalOf(deviceId));
};

/** A day and a half of two devices: degradation, redelivery, garbage, failure, repair, a registry change. */
async function wholeStory(b: Bench, crashes: ReadonlySet<number>): Promise<void> {
  let step = 0;
  const next = async () => {
    step += 1;
    if (crashes.has(step)) await b.crash();
    connected(b);
  };
  for (let minute = 0; minute < 30 * 60; minute += 10) {
    b.clock.set(MONDAY + minute * MINUTE);
    const hours = minute / 60;
    const fixed = hours >= 20;
    const item = reading(minute, fixed ? 15 + Math.sin(minute) * 0.2 : helium(hours));
    await b.say('dev_a1', 'telemetry', item);
    await next();
    if (minute % 70 === 0) await b.say('dev_a1', 'telemetry', item);
    if (minute % 110 === 0) await b.say('dev_a1', 'telemetry', Buffer.from('garbage'));
    if (minute % 130 === 0)
      await b.say('dev_b1', 'telemetry', [
        { ts: b.clock.now(), seq: minute, values: { chiller_trips: Math.floor(minute / 200) } },
        { ts: b.clock.now() + 1, seq: minute + 1, values: { helium_pressure: hours > 10 ? 50 : 12 } },
      ]);
    if (hours === 20) {
      await append(b, orderEvents(b.clock.now()));
      await b.gateway.settled(); // its place in the journal is before the next message, crash or not
    }
    if (hours === 15) await b.say('dev_a1', 'state', { ts: b.clock.now(), status: 'partial' });
    if (hours === 17 || hours === 18 || hours === 22)
      await b.say('dev_a1', 'events', { ts: b.clock.now(), code: 'failure', component: 'cold-head' });
    if (hours === 23) await b.say('dev_a1', 'events', { ts: b.clock.now(), code: 'replaced', component: 'cold-head' });
    if (hours === 24) await b.say('dev_a1', 'state', { ts: b.clock.now(), status: 'up' });
    if (hours === 25) await b.say('dev_b1', 'events', { ts: b.clock.now(), code: 'failure', component: 'cold-head' });
    if (hours === 12) {
      const { devices } = smallFleet();
      const [first] = devices;
      if (first)
        await b.events.append(
          [{ stream: streams.registry, events: [{ type: 'device.put', device: { ...first, serial: 'new' } }] }],
          {
            at: b.clock.now(),
            actor: 'test',
          },
        );
      await b.gateway.settled();
    }
    await next();
  }
  await b.gateway.settled();
}

test('killed anywhere, it ends as if nothing had happened: the same alerts, each reading once', async () => {
  const calm = await bench(unhurried);
  await wholeStory(calm, new Set());
  const expected = await traces(calm);
  expect(expected.events.filter((event) => event.type === 'alert.raised').length).toBeGreaterThan(2);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 360 }), { minLength: 1, maxLength: 6 }), async (points) => {
      const b = await openBench(unhurried);
      try {
        await wholeStory(b, new Set(points));
        expect(await traces(b)).toEqual(expected);
      } finally {
        await b.close();
      }
    }),
    { numRuns: 4 },
  );
}, 300_000);
