import { type Alert, HOUR, MINUTE, PRESENCE_COMPONENTS, type RegistryUpload, SECOND, SiteId } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, mrModel, principalOf, smallFleet } from '../testing/fixtures.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});
async function bench(fleet: RegistryUpload = smallFleet(), start = MONDAY, maxLag?: number): Promise<Bench> {
  const made = await openBench(fleet, start, 'memory', maxLag === undefined ? {} : { maxLag });
  open.push(made);
  return made;
}

const site = { kind: 'site' as const, siteId: SiteId.parse('site_a') };
const alertsOf = async (b: Bench) =>
  (await b.alerts())
    .filter(({ component }) => component.startsWith('presence.'))
    .map((alert: Alert) => [alert.deviceId, alert.worst.presence?.fact, alert.state]);
/** Time passes with nothing arriving. */
async function pass(b: Bench, ms: number): Promise<void> {
  await b.settle();
  for (const end = b.clock.now() + ms; b.clock.now() < end; ) {
    b.clock.advance(Math.min(MINUTE, end - b.clock.now()));
    await b.settle();
  }
}
const uptime = async (b: Bench, device = 'dev_a1') =>
  (await b.get(`/devices/${device}/uptime?from=${MONDAY - HOUR}&to=${b.clock.now() + 1}`)).intervals.map(
    ({ state, cause, from }: { state: string; cause: string; from: number }) => [
      (from - MONDAY) / MINUTE,
      state,
      cause,
    ],
  );
const measured = (ts: number, value = 15 + (ts % 7)) => ({
  ts,
  seq: Math.floor((ts - MONDAY) / SECOND) + 1e6,
  values: { helium_pressure: value },
});

test('silence alone raises the alarm, with nothing arriving; the next word ends it', async () => {
  const b = await bench();
  b.gateway.connected(principalOf('dev_a1'));
  await b.say('dev_a1', 'telemetry', measured(MONDAY));
  await b.gateway.settled();
  await pass(b, 4 * MINUTE);
  expect(await alertsOf(b)).toEqual([]);
  await pass(b, 2 * MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'silent', 'raised']]);
  const [alert] = await b.alerts();
  expect(alert?.worst).toMatchObject({ severity: 'P3', probability: 0, presence: { order: false, devices: 1 } });
  expect(alert?.worst.evidence.text.en).toMatch(/^Nothing heard since 08:00; more than 5 minutes \(five of its/);
  await b.say('dev_a1', 'telemetry', measured(b.clock.now()));
  await pass(b, MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'silent', 'cleared']]);
  expect(await uptime(b)).toEqual([
    [0, 'unknown', 'silent'],
    [6, 'up', 'first-contact'],
  ]);
});

test.each(['crash', 'restart'] as const)(
  'heard once and silent through a %s: the alarm comes all the same, once',
  async (end) => {
    const b = await bench();
    await b.say('dev_a1', 'telemetry', measured(MONDAY));
    await b.gateway.settled();
    await pass(b, 3 * MINUTE);
    await b[end]();
    b.gateway.connected(principalOf('dev_a1')); // back, and says nothing
    await pass(b, 4 * MINUTE);
    expect(await alertsOf(b)).toEqual([['dev_a1', 'silent', 'raised']]);
    await b[end]();
    await pass(b, 4 * MINUTE);
    expect((await alertsOf(b)).length).toBe(1);
  },
);

test('registered and never heard: visible as that, neither up nor down', async () => {
  const b = await bench();
  await pass(b, HOUR);
  expect((await b.get('/devices/dev_a2')).device.availability).toEqual({
    state: 'unknown',
    since: 0,
    cause: 'never-heard',
  });
  expect((await b.get('/intake')).presence).toMatchObject({ devices: 2, neverHeard: 2 });
  expect(await alertsOf(b)).toEqual([]);
});

test('a lost session is a fact of its own, with its last will as evidence, and waits before it alarms', async () => {
  const b = await bench();
  b.gateway.connected(principalOf('dev_a1'));
  await b.say('dev_a1', 'state', { ts: MONDAY, status: 'up' });
  b.clock.advance(30 * SECOND);
  b.gateway.disconnected(principalOf('dev_a1'));
  await b.say('dev_a1', 'state', { status: 'offline' });
  await pass(b, 3 * MINUTE);
  expect(await uptime(b)).toEqual([
    [0, 'up', 'device-report'],
    [0.5, 'unknown', 'session-lost'],
  ]);
  expect(await alertsOf(b)).toEqual([]);
  await pass(b, 4 * MINUTE);
  const [alert] = await b.alerts();
  expect(alert).toMatchObject({ component: PRESENCE_COMPONENTS.connection, worst: { ruleId: 'session-lost' } });
  expect(alert?.worst.evidence.text.en).toMatch(/last will/);
});

test('a site’s gateway is gone: one alert for all behind it; a device with its own line is not affected', async () => {
  const b = await bench();
  const through = (device: string, body: unknown) =>
    b.gateway.accept({
      principal: site,
      topic: `uptower/v1/site_a/${device}/telemetry`,
      payload: Buffer.from(JSON.stringify(body)),
      retain: false,
      qos: 1,
    });
  b.gateway.connected(site);
  for (const device of ['dev_a1', 'dev_a2']) await through(device, measured(MONDAY));
  await b.gateway.settled();
  b.clock.advance(30 * SECOND);
  b.gateway.disconnected(site);
  await pass(b, 5 * MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'gateway-lost', 'raised']]);
  const [alert] = await b.alerts();
  expect(alert?.worst).toMatchObject({ severity: 'P2', presence: { devices: 2, siteId: 'site_a' } });
  for (const device of ['dev_a1', 'dev_a2'])
    expect((await uptime(b, device)).at(-1)).toEqual([0.5, 'unknown', 'gateway-lost']);
  expect((await b.get('/intake')).presence.facts).toMatchObject({ 'gateway-lost': 2, 'session-lost': 0 });
  // One of them finds another way.
  b.gateway.connected(principalOf('dev_a2'));
  await b.say('dev_a2', 'telemetry', measured(b.clock.now()));
  await pass(b, MINUTE);
  expect((await uptime(b, 'dev_a2')).at(-1)?.[1]).toBe('up');
  b.gateway.connected(site);
  await through('dev_a1', measured(b.clock.now()));
  await pass(b, MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'gateway-lost', 'cleared']]);
});

test('what a model says of presence is what happens', async () => {
  const presence = {
    silent: { alert: false },
    'session-lost': { severity: 'P1', delaySeconds: 0, order: true },
  } as const;
  const b = await bench(smallFleet({ ...mrModel, presence }));
  b.gateway.connected(principalOf('dev_a1'));
  b.gateway.connected(principalOf('dev_a2'));
  for (const device of ['dev_a1', 'dev_a2']) await b.say(device, 'telemetry', measured(MONDAY));
  await b.gateway.settled();
  b.clock.advance(SECOND);
  b.gateway.disconnected(principalOf('dev_a1'));
  await pass(b, 10 * MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'session-lost', 'raised']]);
  expect((await b.alerts())[0]?.worst).toMatchObject({ severity: 'P1', probability: 1, presence: { order: true } });
  expect((await uptime(b, 'dev_a2')).at(-1)).toEqual([0, 'unknown', 'silent']);
});

/** A device that measures each minute; `time`: what its clock says. */
async function runs(
  b: Bench,
  minutes: number,
  value: (ts: number) => number,
  time = (now: number) => now,
): Promise<void> {
  for (let i = 0; i < minutes; i += 1) {
    b.clock.advance(MINUTE);
    await b.say('dev_a1', 'telemetry', measured(time(b.clock.now()), value(b.clock.now())));
  }
  await b.settle();
}
const noisy = (ts: number) => 15 + ((Math.round(ts / MINUTE) * 7919) % 101) / 100;

test('a stuck sensor: an alert on its metric; nobody else vouches for the device, so its state is unknown', async () => {
  // Three days from its buffer: long enough to know how it varies.
  const began = MONDAY + 72 * HOUR;
  const b = await bench(smallFleet(), began);
  b.gateway.connected(principalOf('dev_a1'));
  const past = Array.from({ length: 72 * 12 }, (_, i) => MONDAY + i * 5 * MINUTE);
  await b.say(
    'dev_a1',
    'telemetry',
    past.map((ts) => measured(ts, noisy(ts))),
  );
  await runs(b, 60, () => 15.5);
  await pass(b, MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'sensor-stuck', 'raised']]);
  expect((await b.alerts())[0]?.worst.evidence).toMatchObject({ metric: 'helium_pressure', value: 15.5 });
  expect((await uptime(b)).at(-1)?.slice(1)).toEqual(['unknown', 'sensor-stuck']);
  await runs(b, 3, noisy);
  await pass(b, MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'sensor-stuck', 'cleared']]);
  expect((await uptime(b)).at(-1)?.[1]).toBe('up');
});

test.each([
  ['back by two hours', -2 * HOUR],
  ['ahead by an hour, so that its readings are refused', HOUR],
])('a clock that jumps %s: an alert, and its device is not called silent', async (_name, offset) => {
  const b = await bench();
  b.gateway.connected(principalOf('dev_a1'));
  await runs(b, 30, noisy);
  await runs(b, 10, noisy, (now) => now + offset);
  await pass(b, MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a1', 'clock-jumped', 'raised']]);
  expect((await b.alerts())[0]?.worst.evidence.value).toBeCloseTo(offset / SECOND, 0);
  expect((await uptime(b)).at(-1)?.slice(1)).toEqual(['unknown', 'clock-jumped']);
  await runs(b, 3, noisy);
  await pass(b, MINUTE);
  expect((await alertsOf(b)).map(([, fact, state]) => [fact, state])).toEqual([['clock-jumped', 'cleared']]);
});

test('this server was away: unknown for who should have spoken, from its stop on; who comes back is up', async () => {
  const b = await bench();
  b.gateway.connected(principalOf('dev_a1'));
  await b.say('dev_a1', 'telemetry', measured(MONDAY));
  await b.say('dev_a2', 'telemetry', measured(MONDAY));
  await b.gateway.settled();
  await pass(b, MINUTE);
  await b.restart(HOUR);
  b.gateway.connected(principalOf('dev_a1'));
  b.clock.advance(10 * SECOND);
  await b.say('dev_a1', 'telemetry', measured(b.clock.now()));
  await pass(b, MINUTE);
  expect(await uptime(b)).toEqual([
    [0, 'up', 'first-contact'],
    [1, 'unknown', 'server-down'],
    [61 + 1 / 6, 'up', 'first-contact'],
  ]);
  // The one that does not come back is told of, once it has had time to.
  expect(await alertsOf(b)).toEqual([['dev_a2', 'session-lost', 'raised']]);
  expect(await uptime(b, 'dev_a2')).toEqual([
    [0, 'up', 'first-contact'],
    [1, 'unknown', 'server-down'],
  ]);
});

test('while this server holds senders back nobody is called silent or lost; afterwards they have time to return', async () => {
  const b = await bench(smallFleet(), MONDAY, 20);
  for (const device of ['dev_a1', 'dev_a2']) b.gateway.connected(principalOf(device));
  await b.say('dev_a2', 'telemetry', measured(MONDAY));
  await pass(b, 8 * MINUTE);
  expect(await alertsOf(b)).toEqual([['dev_a2', 'silent', 'raised']]);
  // The event log takes nothing: what the pipeline decides waits for it, and senders wait for the pipeline.
  const { append } = b.events;
  let letGo = () => {};
  const stopped = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  b.events.append = async (...what) => {
    await stopped;
    return append(...what);
  };
  const heardAt = b.clock.now();
  const sent: Promise<void>[] = [];
  while ((await b.get('/intake')).held === 0)
    sent.push(b.say('dev_a1', 'telemetry', measured(MONDAY + sent.length * SECOND)));
  for (let minute = 0; minute < 20; minute += 1) b.clock.advance(MINUTE);
  b.gateway.disconnected(principalOf('dev_a1')); // it gave up on our acknowledgement
  for (let minute = 0; minute < 20; minute += 1) b.clock.advance(MINUTE);
  letGo();
  await Promise.all(sent);
  await pass(b, 50 * SECOND);
  // Who was silent before stays so: its alert neither clears nor comes again.
  expect(await alertsOf(b)).toEqual([['dev_a2', 'silent', 'raised']]);
  expect((await uptime(b)).map((interval: unknown[]) => interval[1])).toEqual(['up']);
  expect((await b.get('/intake')).holds).toBe(1);
  await pass(b, 3 * MINUTE);
  expect((await uptime(b)).at(-1)).toEqual([(heardAt - MONDAY) / MINUTE + 20, 'unknown', 'session-lost']);
});
