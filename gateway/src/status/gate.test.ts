import { MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { openBench } from '../testing/bench.ts';
import { MONDAY } from '../testing/fixtures.ts';
import { IntakeGate } from './gate.ts';
import { Latency } from './latency.ts';
import { Trail } from './trail.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

/** Waits until it is so; the test's own time limit ends what never comes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('while the pipeline is too far behind nobody gets in; then in the order of coming, no more than there is room for', async () => {
  let lag = 99;
  const gate = new IntakeGate({ maxLag: 100, lag: () => lag });
  undo.push(() => gate.stop());
  expect(gate.enter()).toBeUndefined();
  lag = 100;
  const entered: number[] = [];
  for (let i = 0; i < 60; i += 1)
    void gate.enter()?.then(() => {
      entered.push(i);
      lag += 1;
    });
  expect([gate.held(), gate.closings]).toEqual([60, 1]);
  lag = 90; // less, and not yet enough less
  expect(gate.enter()).toBeInstanceOf(Promise);
  lag = 70;
  await until(() => entered.length >= 30);
  expect(lag).toBeLessThanOrEqual(100);
  lag = 0;
  await until(() => !gate.closed());
  expect(entered).toEqual(Array.from({ length: 60 }, (_, i) => i));
  expect(gate.held()).toBe(0);
});

test('a pipeline that is held up slows senders down; nothing is lost, and every message is acknowledged', async () => {
  // The event log takes nothing for a while: the pipeline cannot go on, as it writes what it decides before it reads on.
  const b = await openBench(undefined, MONDAY, 'memory', { maxLag: 50 });
  undo.push(() => b.close());
  await b.gateway.settled();
  const { append } = b.events;
  let letGo = () => {};
  const stopped = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  b.events.append = async (...what) => {
    await stopped;
    return append(...what);
  };
  let acknowledged = 0;
  const sent: Promise<void>[] = [];
  for (let i = 0; i < 400; i += 1) {
    const item = { ts: MONDAY + i * 500, seq: i, values: { helium_pressure: 15 + (i % 3) } };
    sent.push(
      b.say('dev_a1', 'telemetry', item).then(() => {
        acknowledged += 1;
      }),
    );
    // What is acknowledged must not run away from what was read: one after the other, as senders with one in flight do.
    if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const held = async () => (await b.get('/intake')).held as number;
  while ((await held()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const intake = await b.get('/intake');
  expect(intake.holds).toBe(1);
  expect(intake.alarms).toContainEqual(expect.objectContaining({ code: 'held-back' }));
  expect(acknowledged).toBeLessThan(400);
  expect(acknowledged + intake.held).toBeLessThanOrEqual(400);
  letGo();
  await Promise.all(sent);
  b.clock.advance(MINUTE);
  await b.gateway.settled();
  expect(b.disk.byDevice.get('dev_a1')).toHaveLength(400);
  expect(await b.get('/intake')).toMatchObject({ held: 0, inFlight: 0, lag: 0, dropped: 0 });
});

test('latencies of the last seconds, in bins; old ones go', () => {
  let now = 0;
  const latency = new Latency(() => now);
  expect(latency.view()).toBeNull();
  for (let i = 0; i < 99; i += 1) latency.add(1);
  latency.add(500);
  const view = latency.view();
  expect(view).toMatchObject({ count: 100, max: 500 });
  expect(view?.p50).toBeGreaterThanOrEqual(1);
  expect(view?.p50).toBeLessThan(1.2);
  now = 12_000;
  expect(latency.view()?.count).toBe(100);
  now = 40_000;
  latency.view();
  expect(latency.view()).toBeNull();
});

test('how old is what was not read, to a second; memory is bounded', () => {
  const trail = new Trail(100);
  for (let i = 0; i <= 1000; i += 1) trail.note(i, i * 500);
  expect(trail.age(1000, 1000, 500_000)).toBe(0);
  expect(trail.age(999, 1000, 510_000)).toBeLessThanOrEqual(20_000);
  expect(trail.age(0, 1000, 500_000)).toBeGreaterThan(400_000);
});
