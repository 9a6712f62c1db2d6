import { expect, test } from 'vitest';
import { noPast } from '../event-time/past.ts';
import { noteSequence, type Session } from '../formats/sparkplug/session.ts';
import { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import { Snapshots } from './snapshot.ts';
import { DeviceMap, type DeviceState, newDevice } from './state.ts';

function memory() {
  const texts = new Map<string, string>();
  return {
    texts,
    saveSnapshot: async (name: string, body: string) => void texts.set(name, body),
    loadSnapshot: async (name: string) => texts.get(name) ?? null,
  };
}
const pause = async () => undefined;
const devices = (count: number, front: number) =>
  new Map(Array.from({ length: count }, (_, i) => [`dev_${i}`, { ...newDevice(), past: { ...noPast(), front } }]));
const head = (position: number) => ({ position, logPosition: position * 2, quarantine: [] });

test('comes back as it was, in however many parts', async () => {
  const store = memory();
  await (await new Snapshots(store, pause).prepare(head(7), devices(1001, 70), []))();
  expect(await new Snapshots(store, pause).load()).toEqual({ ...head(7), devices: devices(1001, 70), sparkplug: [] });
});

test('devices of which much is kept come in smaller parts', async () => {
  const store = memory();
  const many = devices(100, 70);
  for (const state of many.values()) state.resting = ['x'.repeat(20_000)];
  await (await new Snapshots(store, pause).prepare(head(7), many, []))();
  expect(Math.max(...[...store.texts.values()].map((text) => text.length))).toBeLessThan(600_000);
  expect((await new Snapshots(store, pause).load())?.devices).toEqual(many);
});

test('the pipeline goes on while it is written: it is as everything was when it began', async () => {
  const store = memory();
  const live = new DeviceMap(devices(1001, 70));
  let turn = 0;
  const goesOn = async () => {
    turn += 1;
    // One that was written, one whose turn is to come, all of them, and one that is new.
    for (const id of ['dev_3', `dev_${1000 - turn}`]) (live.get(id) as DeviceState).past.front = 99;
    if (turn === 2) for (const [, state] of live) state.past.front = 99;
    live.set(`dev_new_${turn}`, newDevice());
  };
  const commit = await new Snapshots(store, goesOn).prepare(head(7), live, []);
  expect(turn).toBeGreaterThan(3);
  await commit();
  expect((await new Snapshots(store, pause).load())?.devices).toEqual(devices(1001, 70));
  expect(live.reached).toBeUndefined();
});

test('a crash while the next one is written leaves the earlier one whole', async () => {
  const store = memory();
  const snapshots = new Snapshots(store, pause);
  await (await snapshots.prepare(head(1), devices(600, 10), []))();
  await snapshots.prepare(head(2), devices(600, 20), []); // never committed
  expect(await new Snapshots(store, pause).load()).toEqual({ ...head(1), devices: devices(600, 10), sparkplug: [] });
  await (await snapshots.prepare(head(3), devices(300, 30), []))();
  await (await snapshots.prepare(head(4), devices(300, 40), []))();
  expect(await new Snapshots(store, pause).load()).toEqual({ ...head(4), devices: devices(300, 40), sparkplug: [] });
});

test('none, damaged, or of another version: the journal is read instead', async () => {
  const store = memory();
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
  await (await new Snapshots(store, pause).prepare(head(1), devices(300, 10), []))();
  const [name, body] = ['gateway', store.texts.get('gateway') as string];
  store.texts.set(name, body.replace('"version":1', '"version":99'));
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
  store.texts.set(name, body.slice(0, 20));
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
  store.texts.set(name, body);
  store.texts.delete([...store.texts.keys()].find((key) => key.endsWith('/1')) as string);
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
});

test('Sparkplug sessions come back as they were, in parts of their own', async () => {
  const store = memory();
  const sessions = new SparkplugSessions();
  for (let i = 0; i < 600; i += 1) {
    const session = sessions.of('site_a', 'G', `node-${i}`) as Session;
    sessions.begin(session, i, 0);
    const types = new Map(Array.from({ length: 20 }, (_, metric) => [`metric ${metric}`, 10] as const));
    sessions.bear(session, 'pump', {
      at: 5,
      types,
      names: new Map([[7, 'metric 7']]),
      units: new Map([['metric 7', 'kPa']]),
    });
    noteSequence(session, 5, 70);
  }
  await (await new Snapshots(store, pause).prepare(head(7), devices(1, 70), sessions.all()))();
  const restored = new SparkplugSessions();
  restored.restore((await new Snapshots(store, pause).load())?.sparkplug ?? []);
  expect([...restored.all()]).toEqual([...sessions.all()]);
  expect([...restored.all()]).toHaveLength(600);
});
