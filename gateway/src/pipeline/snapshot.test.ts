import { expect, test } from 'vitest';
import { type Checkpoint, readFold } from '../event-time/fold.ts';
import { noPast } from '../event-time/past.ts';
import { noteSequence, type Session } from '../formats/sparkplug/session.ts';
import { SparkplugSessions } from '../formats/sparkplug/sessions.ts';
import type { Detectors } from '../prediction/detectors.ts';
import type { PackedKind, Place } from '../prediction/layout.ts';
import { startNovelty } from '../prediction/novelty/detector.ts';
import { FULL, SnapshotGivenUp } from './frozen.ts';
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
  expect(live.freezing).toBeUndefined();
});

test('what changes quicker than it can be written makes the pipeline wait, and is let go as it is written', async () => {
  const live = new DeviceMap(devices(200, 70));
  for (const [, state] of live.look()) state.resting = ['x'.repeat(100_000)];
  const snapshots = new Snapshots(memory(), pause);
  let reached = 0;
  let most = 0;
  const done = snapshots.prepare(head(7), live, []);
  for (const id of [...live.keys()].reverse()) {
    reached += 1;
    (live.get(id) as DeviceState).past.front = 99;
    most = Math.max(most, reached);
    if (!snapshots.isFull) continue;
    await snapshots.room();
    expect(snapshots.isFull).toBe(false);
    reached = 0;
  }
  await done;
  // Never all 200 at once, and it did wait.
  expect(most).toBeLessThanOrEqual(FULL / 100_000 + 1);
  expect(snapshots.isFull).toBe(false);
});

test('when every device changes in one go there is none of that moment; the earlier one counts, and the next one is taken', async () => {
  const store = memory();
  const live = new DeviceMap(devices(1000, 70));
  for (const [, state] of live.look()) state.resting = ['x'.repeat(100_000)];
  const snapshots = new Snapshots(store, pause);
  await (await snapshots.prepare(head(1), new DeviceMap(devices(10, 1)), []))();
  const failed = snapshots.prepare(head(2), live, []);
  for (const [, state] of live) state.past.front = 99;
  await expect(failed).rejects.toThrow(SnapshotGivenUp);
  expect((await new Snapshots(store, pause).load())?.position).toBe(1);
  expect(snapshots.isFull).toBe(false);
  await (await snapshots.prepare(head(3), live, []))();
  const loaded = await new Snapshots(store, pause).load();
  expect([loaded?.position, loaded?.devices.get('dev_7')?.past.front]).toEqual([3, 99]);
});

test('who only looks has nothing written down', async () => {
  const live = new DeviceMap(devices(300, 70));
  const reached: string[] = [];
  live.freezing = { reached: (id) => reached.push(id), added: () => reached.push('new') };
  for (const [id] of live.look()) live.peek(id);
  expect(reached).toEqual([]);
  live.get('dev_3');
  live.set('dev_new', newDevice());
  expect(reached).toEqual(['dev_3', 'new']);
});

test('a snapshot of before detectors were packed is read, its checkpoints too', async () => {
  const store = memory();
  const limit = { lastTs: 7, beyondSince: 5, backSince: null, proving: false, healthy: null, finding: null };
  const trend = { fit: null, leftSince: null, hits: 0, calm: null, proving: false, finding: null };
  const line = { firstTs: 1, lastTs: 7, count: 2, sums: [2, -1, 1, 30, -15], variance: 4, covariance: 1 };
  const record = {
    a: { kind: 'limit', ...limit },
    b: { kind: 'trend', ...trend, fit: { ...line, lastInnovation: 3, beyond: 0 } },
    c: {
      kind: 'rate',
      ...limit,
      parts: [
        [100, 2, 30],
        [103, 1, 16],
      ],
    },
    d: { kind: 'novelty', detector: startNovelty(5, 7).toJSON(), deviation: 2, strangeSince: null, calmSince: 6 },
    e: { kind: 'growth', points: [[1, 2]], finding: null },
  };
  const checkpoint = [6, JSON.stringify([record, ['x'], [], null, null, [], {}, []])];
  store.texts.set('gateway', JSON.stringify({ version: 1, ...head(7), set: 0, parts: 1 }));
  const old = { detectors: record, past: { front: 7, checkpoints: [checkpoint] } };
  store.texts.set('gateway/0/0', JSON.stringify([['dev_1', old]]));
  const state = (await new Snapshots(store, pause).load())?.devices.get('dev_1') as DeviceState;
  const read = (detectors: Detectors, kind: PackedKind, id: string) =>
    JSON.parse(JSON.stringify(detectors.at(detectors.placeOf({ kind, id }) as Place)));
  for (const detectors of [state.detectors, readFold(state.past.checkpoints[0] as Checkpoint, {}, state).detectors]) {
    expect(read(detectors, 'limit', 'a')).toEqual(limit);
    expect(read(detectors, 'trend', 'b')).toMatchObject({ fit: { ...line, lastInnovation: 3 }, hits: 0 });
    expect(read(detectors, 'rate', 'c')).toMatchObject({
      beyondSince: 5,
      means: [
        [100, 2, 15],
        [103, 1, 16],
      ],
    });
    expect(read(detectors, 'novelty', 'd')).toMatchObject({ detector: record.d.detector, deviation: 2, calmSince: 6 });
    expect(detectors.looseOf('e')).toEqual(record.e);
  }
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
  store.texts.set(name, body.replace('"version":2', '"version":99'));
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
