import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import type { IntakeView } from '@uptower/domain';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enterAs, launchBrowser, newPerson, type Person, seen } from '../support/browser.ts';
import { type Connected, connectDevice, mqttClient } from '../support/publisher.ts';
import { newDataDir, type Running, startUptower } from '../support/uptower.ts';

let browser: Browser;
let server: Running;
let remote: Person;
let device: Connected;
const dataDir = newDataDir();
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', dataDir, ['--speed', '60']);
  device = await connectDevice(server, 'bedside-1');
  remote = await newPerson(browser, server.webUrl);
  await enterAs(remote, 'remote', new URL(device.page).pathname);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a new device: what the printed line publishes is on its page without a reload', async () => {
  const { page } = remote;
  const latest = page.getByRole('region', { name: 'Latest values' });
  await seen(latest.getByText('Nothing measured yet'));
  const sent = performance.now();
  await promisify(execFile)('bash', ['-c', device.line]);
  const published = performance.now();
  await seen(latest.getByText(/^36\.5/));
  const shown = performance.now();
  console.log(
    `mosquitto_pub took ${(published - sent).toFixed(0)} ms; on the page ${(shown - published).toFixed(0)} ms later`,
  );

  const client = await mqttClient(server, device);
  const again = performance.now();
  await client.publishAsync(device.topic, JSON.stringify({ values: { temperature: 38.25 } }), { qos: 1 });
  await seen(latest.getByText(/^38\.25/));
  console.log(`a second reading was on the page ${(performance.now() - again).toFixed(0)} ms after it was published`);
  await client.endAsync();
});

test('what its model does not have is on its page: named, counted, and its curve drawn', async () => {
  const { page } = remote;
  const beside = page.getByRole('region', { name: 'Beside its model' });
  await seen(beside.getByText('temperature', { exact: true }));
  await seen(beside.getByText(/^last 38\.25 · 2 × · since /));
  await seen(page.getByRole('region', { name: 'History' }).getByRole('img', { name: /^temperature: now 38\.25/ }));
  await seen(page.getByRole('region', { name: 'Connection' }).getByText('not known yet'));
  // Its publisher left: said without a reload, for all its values and for each, once the half minute is over that a server
  // gives everybody after its start.
  const latest = page.getByRole('region', { name: 'Latest values' });
  await seen(latest.getByText(/^Not heard since .+ \(connection lost\): these values may no longer hold\.$/), 90_000);
  await seen(latest.getByText(/ ago · stale$/));
  expect(remote.trouble).toEqual([]);
});

test('the status page: every step of a message’s way, who is heard, what the models do not have', async () => {
  const { page } = remote;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Intake' }).click();
  const way = page.getByRole('list', { name: 'The way of a message' });
  for (const stage of ['Senders', 'Intake journal', 'Pipeline', 'Event log', 'Telemetry store', 'This process'])
    await seen(way.getByRole('listitem').filter({ has: page.getByRole('heading', { name: stage, exact: true }) }));
  const view = await server.call<IntakeView>('GET', '/intake');
  const heard = page.getByRole('region', { name: 'Who is heard' });
  await seen(heard.getByText(new RegExp(`^\\d+ of ${view.presence.devices}$`)));
  // Its session ended with the publisher; five minutes of the region later that is a fact.
  await seen(
    heard
      .getByText('Connection lost', { exact: true })
      .locator('..')
      .getByText(/^[1-9]/),
  );
  await seen(page.getByText('Unknown metrics').locator('..').getByText('2', { exact: true }));
  expect(await page.getByRole('list', { name: 'What is wrong with this server' }).count()).toBe(0);
  expect(remote.trouble).toEqual([]);
});

test('malformed JSON is on the intake page with its reason', async () => {
  const { page } = remote;
  await seen(page.getByText('Nothing was refused'));
  const client = await mqttClient(server, device);
  await client.publishAsync(device.topic, '{"values":{"t":1', { qos: 1 });
  await client.endAsync();
  const row = page.getByRole('row').filter({ hasText: device.deviceId });
  await seen(row);
  await seen(row.getByText('Malformed JSON'));
  await seen(row.getByText('{"values":{"t":1'));
  expect(remote.trouble).toEqual([]);
});

test('what is wrong with the server itself is an alarm with its reason, and ends the good news', async () => {
  const nowhere = createServer().listen(0, '127.0.0.1');
  await once(nowhere, 'listening');
  const { port } = nowhere.address() as AddressInfo;
  nowhere.close();
  // A store that nobody answers for: what comes is kept in the journal.
  const dir = newDataDir();
  const failing = await startUptower('demo', dir, ['--speed', '60'], {
    UPTOWER_STORE: 'influxdb1',
    UPTOWER_STORE_URL: `http://127.0.0.1:${port}`,
  });
  const watcher = await newPerson(browser, failing.webUrl);
  try {
    await enterAs(watcher, 'remote', '/intake');
    const alarms = watcher.page.getByRole('list', { name: 'What is wrong with this server' });
    await seen(alarms.getByText('Store does not answer'));
    await seen(watcher.page.getByText('Something needs a look. What was acknowledged is on disk.'));
    const { alarms: said } = await failing.call<IntakeView>('GET', '/intake');
    expect(said.map(({ code }) => code)).toContain('store-failing');
    await seen(alarms.getByText(`InfluxDB at http://127.0.0.1:${port}: `));
    await seen(alarms.getByText('What comes is kept in the journal until it answers.'));
    await watcher.page.getByRole('button', { name: '中文' }).click();
    await seen(
      watcher.page.getByRole('list', { name: '本服务器的问题' }).getByText('恢复之前，收到的数据保存在接收日志中。'),
    );
  } finally {
    await watcher.context.close();
    await failing.stop();
  }
});

test('the connection lost: said at once with the age of the data; back again without a reload', async () => {
  const { page } = remote;
  const status = page.getByRole('banner').getByRole('status');
  await seen(status.getByText('LIVE'));
  await page.evaluate('window.notReloaded = true');
  const { mqttPort, webPort } = server.runtime;
  await server.kill();
  await seen(status.getByText(/^Reconnecting · data from \d\d:\d\d/));
  await seen(status.getByText(/^\d+ s$/));

  server = await startUptower('demo', dataDir, [
    ...['--speed', '60', '--mqtt-port', `${mqttPort}`, '--web-port', `${webPort}`],
  ]);
  await seen(status.getByText('LIVE'));
  const client = await mqttClient(server, device);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Devices' }).click();
  await seen(page.getByRole('heading', { name: /Devices/ }));
  await page.goBack();
  await client.publishAsync(device.topic, 'nonsense', { qos: 1 });
  await seen(page.getByRole('row').filter({ hasText: 'nonsense' }));
  await client.endAsync();
  expect(await page.evaluate('window.notReloaded')).toBe(true);
});
