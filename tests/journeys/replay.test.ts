import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceView, RecordAnswer, Score, Scorecard, WorkOrder } from '@uptower/domain';
import { expect, test } from 'vitest';
import { newDataDir, root, startUptower, until, uptower } from '../support/uptower.ts';

/**
 * Four disks in the form of the public files, watched 2,000 h each (8,000 h = 10.95 device-months).
 * ACHE: pending sectors +16 at 1,500 h, fails at 1,800 → foreseen, lead 300 h.
 * RUSH: uncorrectable +1 at 1,790, fails at 1,800 → late.
 * MUTE: fails at 1,800 without a sign → missed.   FINE: reallocated +200 at 500 h and lives → false.
 */
const HEADER = 'serial,model,tstart,tstop,fails,smart_5,smart_187,smart_197,smart_198';
const DISKS = [
  'ACHE,X,10,1500,0,0,0,0,0',
  'ACHE,X,1500,1800,1,0,0,16,0',
  'RUSH,X,10,1790,0,0,0,0,0',
  'RUSH,X,1790,1800,1,0,1,0,0',
  'MUTE,X,10,1800,1,0,0,0,0',
  'FINE,X,10,500,0,0,0,0,0',
  'FINE,X,500,2010,0,200,0,0,0',
];

const EXPECTED = {
  devices: 4,
  orders: 3,
  trueOrders: 2,
  falseOrders: 1,
  failures: 3,
  foreseen: 1,
  late: 1,
  missed: 1,
  leadMedian: 300,
};

test('drives of the public form: what is foreseen, late, missed and false is what the file says', async () => {
  const dir = newDataDir();
  writeFileSync(join(dir, 'disks.csv'), `${[HEADER, ...DISKS].join('\n')}\n`);
  const { code, stdout, stderr } = await uptower(
    ['replay', 'disks.csv', '--map', 'backblaze-drives', '--data-dir', 'data', '--json', '--out', 'orders.csv'],
    { cwd: dir },
  );
  expect(stderr).toContain('publishing');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).score).toMatchObject(EXPECTED);
  const orders = readFileSync(join(dir, 'orders.csv'), 'utf8').trim().split('\n');
  expect(orders.map((line) => line.split(',').slice(1, 4).join(' ')).sort()).toEqual([
    'ACHE drive 1500',
    'FINE drive 500',
    'RUSH drive 1790',
    'device component opened_at',
  ]);
});

test('into a running server: the devices are observed, their orders graded, nobody is sent; interrupted, it goes on', async () => {
  // Not where everything is looked for first.
  const server = await startUptower('serve', newDataDir(), ['--host', '127.0.0.2']);
  const many = Array.from({ length: 400 }, (_, disk) =>
    Array.from({ length: 25 }, (_, i) => `D${disk},X,${i * 50 + 1},${i * 50 + 51},0,0,0,${i < 20 ? 0 : 16},0`),
  ).flat();
  writeFileSync(join(server.dataDir, 'many.csv'), `${[HEADER, ...many].join('\n')}\n`);
  const args = [
    'replay',
    join(server.dataDir, 'many.csv'),
    '--map',
    'backblaze-drives',
    '--data-dir',
    server.dataDir,
    '--json',
  ];
  // 50 h of the file a second: 10,000 messages would take 25 s; stopped long before that.
  const slow = spawn(process.execPath, [join(root, 'app/dist/main.js'), ...args, '--speed', '180000']);
  const intake = () => server.call<{ messages: number }>('GET', '/intake');
  await until('some messages', async () => (await intake()).messages > 1_500);
  slow.kill('SIGINT');
  await new Promise((resolve) => slow.once('close', resolve));
  expect((await intake()).messages).toBeLessThan(10_000);
  const rest = await uptower(args);
  expect([rest.code, rest.stderr]).toEqual([0, expect.stringContaining('going on after message')]);
  expect(JSON.parse(rest.stdout)).toMatchObject({
    readings: 10_000,
    orders: 400,
    score: { devices: 400, falseOrders: 400 },
  });
  const devices = await server.call<DeviceView[]>('GET', '/devices');
  expect(devices.every((device) => device.service === 'observe')).toBe(true);
  const orders = await server.call<WorkOrder[]>('GET', '/work-orders?state=all');
  expect(orders.some((order) => 'visit' in order && order.visit)).toBe(false);
  expect(await server.stop()).toBe(0);
});

test("the server's own record of a replayed history is what the replay printed", async () => {
  const server = await startUptower('serve', newDataDir());
  writeFileSync(join(server.dataDir, 'disks.csv'), `${[HEADER, ...DISKS].join('\n')}\n`);
  const file = join(server.dataDir, 'disks.csv');
  const replayed = await uptower(['replay', file, '--map', 'backblaze-drives', '--data-dir', server.dataDir, '--json']);
  expect(replayed.code).toBe(0);
  const { score } = JSON.parse(replayed.stdout) as { score: Score };
  const { total, groups } = await server.call<Scorecard>('GET', '/predictions/scorecard?service=observe&by=model');
  expect({
    ...score,
    trueOrders: total.orders.true + total.orders.late,
    falseOrders: total.orders.false,
    deviceMonths: total.deviceMonths,
    falsePerDeviceMonth: total.falsePerDeviceMonth?.value,
    precision: total.precision?.value,
    recall: total.recall?.value,
    leadMedian: total.leadMedian?.value,
    ...total.failures,
  }).toMatchObject(score);
  expect(total.failures).toMatchObject({ foreseen: 1, late: 1, missed: 1 });
  expect(groups).toMatchObject([{ key: 'mdl_drives', figures: total }]);
  const { rows } = await server.call<RecordAnswer>('GET', '/predictions/record');
  expect(rows.map(({ grade, deviceId }) => `${deviceId} ${grade}`).sort()).toEqual([
    'dev_drives-ache true',
    'dev_drives-fine false',
    'dev_drives-mute missed',
    'dev_drives-rush late',
  ]);
  expect(await server.stop()).toBe(0);
});

test('a mapping or a file that cannot be read is said in words, with the column or the key', async () => {
  const dir = newDataDir();
  writeFileSync(join(dir, 'disks.csv'), 'a,b\n1,2\n');
  writeFileSync(join(dir, 'bad.json'), '{"name":"x","time":"days","readings":[]}');
  const wrong = async (...args: string[]) => {
    const { code, stderr } = await uptower(['replay', ...args, '--data-dir', 'data'], { cwd: dir });
    expect(code).toBe(1);
    return stderr;
  };
  expect(await wrong('disks.csv', '--map', 'backblaze-drives')).toMatch(/no column serial/);
  expect(await wrong('nowhere.csv', '--map', 'backblaze-drives')).toMatch(/there is no file nowhere.csv/);
  expect(await wrong('disks.csv', '--map', 'nothing')).toMatch(/there is no mapping nothing/);
  expect(await wrong('disks.csv', '--map', 'bad.json')).toMatch(/time: .*\n.*readings/);
});
