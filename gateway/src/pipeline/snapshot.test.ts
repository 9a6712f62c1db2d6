import { expect, test } from 'vitest';
import { Snapshots } from './snapshot.ts';
import { newDevice } from './state.ts';

function memory() {
  const texts = new Map<string, string>();
  return {
    texts,
    saveSnapshot: async (name: string, body: string) => void texts.set(name, body),
    loadSnapshot: async (name: string) => texts.get(name) ?? null,
  };
}
const pause = async () => undefined;
const devices = (count: number, lastSeen: number) =>
  new Map(Array.from({ length: count }, (_, i) => [`dev_${i}`, { ...newDevice(), lastSeen }]));
const head = (position: number) => ({ position, logPosition: position * 2, quarantine: [] });

test('comes back as it was, in however many parts', async () => {
  const store = memory();
  await (await new Snapshots(store, pause).prepare(head(7), devices(1001, 70)))();
  expect(await new Snapshots(store, pause).load()).toEqual({ ...head(7), devices: devices(1001, 70) });
});

test('a crash while the next one is written leaves the earlier one whole', async () => {
  const store = memory();
  const snapshots = new Snapshots(store, pause);
  await (await snapshots.prepare(head(1), devices(600, 10)))();
  await snapshots.prepare(head(2), devices(600, 20)); // never committed
  expect(await new Snapshots(store, pause).load()).toEqual({ ...head(1), devices: devices(600, 10) });
  await (await snapshots.prepare(head(3), devices(300, 30)))();
  await (await snapshots.prepare(head(4), devices(300, 40)))();
  expect(await new Snapshots(store, pause).load()).toEqual({ ...head(4), devices: devices(300, 40) });
});

test('none, damaged, or of another version: the journal is read instead', async () => {
  const store = memory();
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
  await (await new Snapshots(store, pause).prepare(head(1), devices(300, 10)))();
  const [name, body] = ['gateway', store.texts.get('gateway') as string];
  store.texts.set(name, body.replace('"version":1', '"version":99'));
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
  store.texts.set(name, body.slice(0, 20));
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
  store.texts.set(name, body);
  store.texts.delete([...store.texts.keys()].find((key) => key.endsWith('/1')) as string);
  expect(await new Snapshots(store, pause).load()).toBeUndefined();
});
