import { DAY, HOUR, MINUTE } from '@uptower/domain';
import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { MONDAY, mrModel, smallFleet } from '../testing/fixtures.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

test('what comes too late to be judged is stored and leaves a trace, also after a restart', async () => {
  const bench = await openBench(smallFleet({ ...mrModel, reportingIntervalSeconds: null }), MONDAY + HOUR);
  open.push(bench);
  const values = { helium_pressure: 15 };
  for (let i = 0; i < 50; i += 1) await bench.say('dev_a1', 'telemetry', { ts: MONDAY + i * MINUTE, values });
  const late = [36, 40, 50].map((days) => ({ ts: MONDAY - days * DAY, values: { helium_pressure: 60 } }));
  await bench.say('dev_a1', 'telemetry', late);
  await bench.gateway.settled();
  expect(bench.disk.byDevice.get('dev_a1')).toHaveLength(53);
  expect(await bench.alerts()).toEqual([]);
  expect(await bench.get('/intake')).toMatchObject({ readings: 53, tooLate: 3, store: { missing: 0 } });
  expect(await bench.get('/devices/dev_a1')).toMatchObject({ tooLate: 3 });
  expect(await bench.metrics()).toMatch(/^uptower_gateway_too_late_total 3$/m);
  expect(await bench.metrics()).toMatch(/^uptower_gateway_store_missing_total 0$/m);
  await bench.restart();
  expect(await bench.get('/devices/dev_a1')).toMatchObject({ tooLate: 3 });
  expect((await bench.get('/intake')).tooLate).toBe(0);
});
