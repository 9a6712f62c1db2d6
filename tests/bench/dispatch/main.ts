/**
 * What dispatch can promise, and how soon, in a made-up region: through the real service with its threads and HTTP in this
 * process, and beside a search that starts from scratch in the same run.
 *   npm run bench dispatch -- [--visits 500] [--engineers 60] [--days 5] [--seed 1] [--calls 200] [--urgent 20] [--seconds 1,10,60]
 *   npm run bench dispatch -- --late 0.1,0.5 [--visits 100] [--engineers 20] [--seeds 1,2,3]   a day with late requests, nothing else
 */
import { parseArgs } from 'node:util';
import { planningInput } from '../../../dispatch/src/planning/snapshot.ts';
import { toInstance } from '../../../dispatch/src/planning/to-instance.ts';
import { estimatedTravel } from '../../../dispatch/src/travel.ts';
import { lateDays } from './late-day.ts';
import { madeUpRegion, type Region } from './region.ts';
import { repairAgainstScratch } from './repaired.ts';
import { type Bench, hospital, planningOver, startService } from './service.ts';
import { pause, urgentOverHttp } from './urgent.ts';
import { wholeRegion } from './whole.ts';

const late = process.argv.includes('--late');
const { values } = parseArgs({
  options: {
    late: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    visits: { type: 'string', default: late ? '100' : '500' },
    engineers: { type: 'string', default: late ? '20' : '60' },
    days: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    calls: { type: 'string', default: '200' },
    urgent: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '1,10,60' },
    scratch: { type: 'string', default: '300' },
  },
});
const [visits, engineers, days, seed, calls, urgent, scratch] = (
  ['visits', 'engineers', 'days', 'seed', 'calls', 'urgent', 'scratch'] as const
).map((name) => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number`);
  return value;
}) as [number, number, number, number, number, number, number];
const seconds = values.seconds.split(',').filter(Boolean).map(Number);

if (values.late !== undefined) {
  const numbers = (text: string) => text.split(',').filter(Boolean).map(Number);
  await lateDays({ requests: visits, engineers }, numbers(values.late), numbers(values.seeds));
  process.exit(0);
}

const region = madeUpRegion(seed, visits, engineers, Math.max(urgent, 40));
console.log(`${visits} visits, ${engineers} engineers, ${days} days, seed ${seed}, Node ${process.versions.node}`);

for (const search of calls > 0 ? [false, true] : []) {
  const bench = await startService(region, days, search);
  try {
    await open(bench, region, visits);
    await bench.dispatch.start();
    while (bench.dispatch.state.plan === null) await pause(100);
    await pause(2_000);
    const { plan } = bench.dispatch.state;
    console.log(`\nplanned ${plan?.visits.length}, left out ${plan?.unassigned.length}`);
    await urgentOverHttp(bench, region, visits, calls, search);
  } finally {
    await bench.stop();
  }
}

// The same region with the urgent calls behind it, as numbers.
const still = await startService(region, days);
await open(still, region, visits + urgent);
const { state } = still.dispatch;
const { plain } = toInstance(planningInput(state, new Map(), estimatedTravel, planningOver(days), still.clock.now()));
await still.stop();
if (urgent > 0) repairAgainstScratch(plain, visits, seed, scratch);
if (seconds.length > 0) await wholeRegion({ ...plain, visits: plain.visits.slice(0, visits) }, seconds, seed);

async function open(service: Bench, { requests }: Region, count: number): Promise<void> {
  for (const { deviceId, hospitalId, impact } of requests.slice(0, count)) {
    const body = { deviceId, impact, text: 'asks for service' };
    const { status } = await service.call(hospital(hospitalId), 'POST', '/requests', body);
    if (status !== 201) throw new Error(`the request was answered ${status}`);
  }
}
