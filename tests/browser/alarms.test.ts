import { type Alert, isPresenceComponent, type Suppression, suppressionOf } from '@uptower/domain';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comes, enterAs, launchBrowser, newPerson, type Person, seen } from '../support/browser.ts';
import { newDataDir, type Running, startUptower, until } from '../support/uptower.ts';

let browser: Browser;
let server: Running;
let remote: Person;
let alert: Alert;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir(), ['--speed', '60']);
  alert = await until('an alert that calls', async () => {
    const open = await server.call<Alert[]>('GET', '/alerts');
    return open.find((each) => !suppressionOf(each) && !isPresenceComponent(each.component));
  });
  remote = await newPerson(browser, server.webUrl);
  await enterAs(remote, 'remote', `/alerts/${alert.id}?tab=open`);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const suppressionNow = async () => suppressionOf(await server.call<Alert>('GET', `/alerts/${alert.id}`));

test('suppressed by a person: out of the inbox, seen with who and why, ended early, back in the inbox', async () => {
  const { page } = remote;
  await seen(page.getByRole('button', { name: 'Suppress' }));
  await page.keyboard.press('u');
  const dialog = page.getByRole('dialog', { name: 'Suppress alarms' });
  await dialog.getByRole('radio', { name: /^All alarms of this device/ }).check();
  const send = dialog.getByRole('button', { name: 'Suppress' });
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('The room is being rebuilt');
  await dialog.getByRole('textbox', { name: 'Who answers for it' }).fill('Dr Wu');
  await send.click();
  await seen(page.getByText('Suppressed; find it under “Suppressed”'));
  await until('the alert to be suppressed', async () => (await suppressionNow())?.kind === 'out-of-service');

  const inbox = page.getByRole('region', { name: 'Inbox' });
  const row = inbox.locator(`#row-${alert.id}`);
  await comes('the alert to leave the inbox', async () => (await row.count()) === 0);
  await inbox.getByRole('tab', { name: /^Suppressed/ }).click();
  await seen(row);
  const set = inbox.getByRole('region', { name: 'Set by people' });
  await seen(set.getByText(/The room is being rebuilt — Dr Wu · holds \d alerts? now/));
  await seen(page.getByRole('region', { name: 'Facts of the alert' }).getByText('Taken out of service'));

  await set.getByRole('button', { name: 'End now' }).click();
  await seen(page.getByText('No longer suppressed'));
  const [ended] = await server.call<Suppression[]>('GET', '/alarms/suppressions?state=all');
  expect(ended).toMatchObject({ owner: 'Dr Wu', reason: 'The room is being rebuilt', endedBy: ended?.setBy });
  await until('the alert to call again', async () => (await suppressionNow())?.kind !== 'out-of-service');
  expect(remote.trouble).toEqual([]);
});

test('alarm health: figures beside what is recommended, in both languages; the rule behind a worst actor', async () => {
  const { page } = remote;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Alarm health' }).click();
  const figures = page.getByRole('table').filter({ hasText: 'Recommended' });
  await seen(figures.getByRole('row', { name: /^Alarms a day .* ≤ 150/ }));
  const worst = page.getByRole('table').filter({ hasText: 'What can be done' });
  await worst.getByRole('link', { name: 'Open rule' }).first().click();
  await page.waitForURL(/\/rules\/mdl_/);
  await page.goBack();
  await page.getByRole('tab', { name: 'Week' }).click();
  await page.waitForURL(/period=week/);
  await page.getByRole('button', { name: '中文' }).click();
  await seen(page.getByRole('heading', { level: 1, name: '告警健康' }));
  expect(remote.trouble).toEqual([]);
});

test('a manager sets the false-order budget; a remote engineer sees it and cannot', async () => {
  const manager = await newPerson(browser, server.webUrl);
  await enterAs(manager, 'manager', '/alarm-health');
  const budget = manager.page.getByRole('region', { name: 'False-order budget' });
  const save = budget.getByRole('button', { name: 'Set budget' });
  await seen(save);
  expect(await save.isDisabled()).toBe(true);
  await budget.getByRole('textbox', { name: 'False orders a device and month' }).fill('0.2');
  await seen(budget.getByText(/^Would mean: About [\d.]+ false visits a month/));
  await save.click();
  await seen(manager.page.getByText('The budget is in force'));
  await seen(budget.getByText(/^Set by /));
  expect(await server.call('GET', '/predictions/budget')).toMatchObject({ falseOrdersPerDeviceMonth: 0.2 });
  const seenByRemote = remote.page.getByRole('region', { name: '误派预算' });
  await seen(seenByRemote.getByText('由管理者和管理员设定。'));
  expect(manager.trouble).toEqual([]);
});
