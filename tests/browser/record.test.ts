import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceModel, Retirements } from '@uptower/domain';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrives, axeFindings, enterAs, launchBrowser, newPerson, type Person, seen } from '../support/browser.ts';
import { newDataDir, type Running, startUptower, uptower } from '../support/uptower.ts';

/** Thirty disks whose pending sectors grow and that live on, and two that fail 300 h after theirs did. */
const HEADER = 'serial,model,tstart,tstop,fails,smart_5,smart_187,smart_197,smart_198';
const DISKS = Array.from({ length: 32 }, (_, i) => [
  `D${i},X,1,1000,0,0,0,0,0`,
  `D${i},X,1000,${i < 2 ? 1300 : 2000},${i < 2 ? 1 : 0},0,0,16,0`,
]).flat();

let browser: Browser;
let server: Running;
let manager: Person;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir());
  const file = join(server.dataDir, 'disks.csv');
  writeFileSync(file, `${[HEADER, ...DISKS].join('\n')}\n`);
  const replayed = await uptower(['replay', file, '--map', 'backblaze-drives', '--data-dir', server.dataDir]);
  expect([replayed.code, replayed.stderr]).toEqual([0, expect.stringContaining('publishing')]);
  manager = await newPerson(browser, server.webUrl);
  await enterAs(manager, 'manager');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a manager reads the record, looks into an order, sets costs and retires the rule that costs more than it saves', async () => {
  const { page, trouble } = manager;
  // Home first: leaving before it was reached would be taken back by it.
  await arrives(page, /dispatch/);
  await page.getByRole('link', { name: 'Record' }).click();
  await page.getByText('Observed', { exact: true }).click();
  const figures = page.getByRole('list', { name: 'Figures' });
  await seen(figures.getByText('2 of 32 decided orders were followed by the failure'));
  await seen(figures.getByText('2 of 2 failures'));
  expect(await axeFindings(page)).toEqual([]);

  const list = page.getByRole('region', { name: 'Graded orders and missed failures' });
  await list.getByRole('tab', { name: 'True 2' }).click();
  await seen(list.getByText('it failed · 300 h ahead'));
  await list.getByRole('button', { name: /^WO-/ }).first().click();
  const dialog = page.getByRole('dialog');
  await seen(dialog.getByRole('region', { name: /claimed then/ }).getByRole('img'));
  await seen(dialog.getByText('The device failed as foreseen.'));
  await seen(dialog.getByRole('link', { name: 'Its story' }));
  await dialog.getByRole('button', { name: 'Close' }).click();

  // A visit for nothing that costs next to nothing: the rule may stay.
  const worth = page.getByRole('region', { name: 'What rules save and cost' });
  await seen(worth.getByText('1 rule is proposed for retirement.'));
  const setVisit = async (yuan: string) => {
    await worth.getByRole('button', { name: 'Costs' }).click();
    await page.getByLabel('A visit for nothing (CNY)').fill(yuan);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  };
  await setVisit('10');
  await seen(worth.getByText('No rule is proposed for retirement.'));
  await setVisit('3000');
  await seen(worth.getByText('1 rule is proposed for retirement.'));
  await worth.getByRole('button', { name: 'Retire the rule' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retire the rule' }).click();
  await seen(page.getByText('Pending sectors grew is retired'));
  await seen(worth.getByText('No rule is proposed for retirement.'));
  await seen(page.getByRole('region', { name: 'Figures by group' }).getByText('retired'));
  expect(trouble).toEqual([]);

  const rules = async () => {
    const { models } = await server.call<{ models: DeviceModel[] }>('GET', '/registry');
    return models.find(({ id }) => id === 'mdl_drives')?.rules.map(({ id }) => id) ?? [];
  };
  expect(await rules()).not.toContain('pending-grew');
  // Reversible: an earlier version of the rules comes back, and with it the proposal.
  await server.call('POST', '/predictions/models/mdl_drives/rollback', { version: 1, reason: 'a second chance' });
  expect(await rules()).toContain('pending-grew');
  const { rules: worths } = await server.call<Retirements>('GET', '/predictions/retirements');
  expect(worths).toMatchObject([{ ruleId: 'pending-grew', proposed: true, tally: { foreseen: 2, falseOrders: 30 } }]);
});
