import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
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

test('malformed JSON is on the intake page with its reason', async () => {
  const { page } = remote;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Intake' }).click();
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
