import { DAY, HOUR } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { MONDAY } from '../testing/fixtures.ts';

let bench: Bench;
afterEach(() => bench.close());
const lastSeen = async () => {
  await bench.gateway.settled();
  return (await bench.get('/devices/dev_a1')).device.lastSeen;
};

test('a device was last seen when this server heard it, whatever its own clock says', async () => {
  bench = await openBench();
  expect(await lastSeen()).toBeNull();
  for (const ts of [MONDAY - 30 * DAY, MONDAY + 4 * 60_000, MONDAY - DAY]) {
    bench.clock.advance(HOUR);
    await bench.say('dev_a1', 'telemetry', { ts, values: { helium_pressure: 15 } });
    expect(await lastSeen()).toBe(bench.clock.now());
  }
  // What is refused for its time, or came before, says that the device is there too.
  for (const ts of [MONDAY + 30 * DAY, MONDAY - DAY]) {
    bench.clock.advance(HOUR);
    await bench.say('dev_a1', 'telemetry', { ts, values: { helium_pressure: 15 } });
    expect(await lastSeen()).toBe(bench.clock.now());
  }
  const heard = bench.clock.now();
  await bench.restart(HOUR);
  expect(await lastSeen()).toBe(heard);
});
