import { afterEach, expect, test } from 'vitest';
import { type Bench, openBench } from '../testing/bench.ts';
import { smallFleet } from '../testing/fixtures.ts';

const open: Bench[] = [];
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close();
});

test('an upload by which a name would mean two devices is refused with the place; nothing of it is taken', async () => {
  const bench = await openBench();
  open.push(bench);
  const [a1, a2, b1] = smallFleet().devices;
  const put = (...devices: unknown[]) => bench.request('PUT', '/registry', { devices });
  expect(await put({ ...a1, aliases: ['Pump'] }, { ...b1, aliases: ['Pump'] })).toMatchObject({ status: 200 });
  const refused = await put({ ...a2, aliases: ['Valve', 'Pump'] });
  expect(refused).toMatchObject({
    status: 400,
    body: {
      code: 'bad-request',
      errors: [{ path: 'devices[0].aliases[1]', message: '"Pump" already means dev_a1 at this site' }],
    },
  });
  expect(await put({ ...a1, aliases: [] }, { ...a2, aliases: ['Pump'] })).toMatchObject({ status: 200 });
  expect(await put({ ...a1, aliases: [''] })).toMatchObject({ status: 400 });
});
