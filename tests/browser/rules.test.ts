import type { PredictionModelView, Rule } from '@uptower/domain';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrives, axeFindings, enterAs, launchBrowser, newPerson, type Person, seen } from '../support/browser.ts';
import { newDataDir, type Running, startUptower } from '../support/uptower.ts';

let browser: Browser;
let server: Running;
let manager: Person;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir(), ['--speed', '240']);
  manager = await newPerson(browser, server.webUrl);
  await enterAs(manager, 'manager');
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a limit is changed in a draft, refused at its field, back-tested, put in shadow, activated, and rolled back', async () => {
  const { page } = manager;
  await arrives(page, /\/dispatch/);
  await page.getByRole('link', { name: 'Rules' }).click();
  await seen(page.getByRole('region', { name: 'Rules in force, version 1' }).getByText(/Helium pressure above 35 kPa/));
  await page.getByRole('button', { name: 'New draft' }).click();

  const draft = page.getByRole('region', { name: 'Draft', exact: true });
  await draft.getByText('Helium pressure high').click();
  const rule = draft.getByRole('group').filter({ hasText: 'Helium pressure above' });
  await rule.getByLabel('Probability, 0–1').fill('1.5');
  await rule.getByLabel('Limit, kPa').fill('30');
  const save = draft.getByRole('button', { name: 'Save' });
  await save.click();
  await seen(draft.getByText(/Too big|expected number to be/i));
  // Nothing of what was written is lost.
  expect(await rule.getByLabel('Limit, kPa').inputValue()).toBe('30');
  const refusal = manager.trouble.length;
  await rule.getByLabel('Probability, 0–1').fill('0.95');
  await save.click();
  await seen(page.getByText('Draft saved'));
  await seen(draft.getByText('Helium pressure high · Limit: 35 kPa → 30 kPa'));

  const backtest = page.getByRole('region', { name: 'Back-test' });
  await backtest.getByRole('button', { name: 'Run back-test' }).click();
  await seen(backtest.getByRole('row', { name: /^Orders/ }));
  await seen(backtest.getByRole('img', { name: /^Orders over time/ }));
  expect(await axeFindings(page)).toEqual([]);
  await draft.getByRole('button', { name: 'Run in shadow' }).click();
  await seen(page.getByRole('region', { name: 'Shadow' }));

  await draft.getByRole('button', { name: 'Activate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Activate as version 2' });
  await dialog.getByLabel('Why').fill('Earlier on helium');
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await seen(page.getByRole('region', { name: 'Rules in force, version 2' }).getByText(/Helium pressure above 30 kPa/));
  const versions = page.getByRole('region', { name: 'Versions' });
  await seen(versions.getByText('Helium pressure high · Limit: 35 kPa → 30 kPa'));
  await seen(versions.getByText(/^Back-test .* failures foreseen/));

  await versions.getByRole('button', { name: 'Roll back to version 1' }).click();
  const undo = page.getByRole('dialog', { name: 'Roll back to version 1' });
  await undo.getByLabel('Why').fill('Too early after all');
  await undo.getByRole('button', { name: 'Roll back' }).click();
  await seen(page.getByRole('region', { name: 'Rules in force, version 3' }).getByText(/Helium pressure above 35 kPa/));
  expect(manager.trouble.slice(refusal)).toEqual([]);
});

test('learned models: which rules use them, and removed when none does', async () => {
  const { page } = manager;
  const booster = { base: 0, trees: [] };
  const content = JSON.stringify({
    ...{ form: 3, leadHours: 24, horizonHours: 72, spending: {} },
    inputs: { counters: [], gauges: ['helium_pressure'], codes: [], usual: {} },
    components: {
      'cold head': {
        members: [{ whether: [booster, booster], smallShare: 1, when: booster }],
        calibration: { slope: 1, offset: 0 },
      },
    },
  });
  const given = await server.call<{ id: string }>('POST', '/predictions/learned', { name: 'Two hospitals', content });
  const { model } = await server.call<PredictionModelView>('GET', '/predictions/models/mdl_mr-3t');
  const [rule] = model.rules;
  const { component, failureMode, metric } = rule as Rule;
  const draft = await server.call<{ id: string }>('POST', '/predictions/models/mdl_mr-3t/drafts', {
    title: 'As learned',
    rules: [
      {
        ...{ kind: 'learned', id: 'as-learned', name: { en: 'As learned', zh: '学习得出' }, component, failureMode },
        ...{ metric, severity: 'P2', learned: given.id, of: 'cold head', minProbability: 0.5 },
      },
    ],
  });
  await page.goto('/rules/mdl_mr-3t');
  const learned = page.getByRole('region', { name: 'Learned models' });
  await seen(learned.getByRole('link', { name: /draft “As learned”$/ }));
  expect(await learned.getByRole('button').count()).toBe(0);
  expect(await axeFindings(page)).toEqual([]);
  await server.call('DELETE', `/predictions/drafts/${draft.id}`);
  await page.reload();
  await learned.getByRole('button', { name: 'Remove Two hospitals' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await seen(page.getByText('Two hospitals was removed'));
  await learned.waitFor({ state: 'detached' });
});

test('an engineer may draft and not activate; on a phone, in Chinese', async () => {
  const remote = await newPerson(browser, server.webUrl, { locale: 'zh-CN', viewport: { width: 390, height: 844 } });
  await enterAs(remote, 'remote', '/rules');
  await remote.page.goto('/rules/mdl_mr-3t');
  await seen(remote.page.getByRole('region', { name: '现行规则（第 3 版）' }));
  await remote.page.getByRole('button', { name: '新建草稿' }).click();
  await seen(remote.page.getByRole('button', { name: '运行回测' }));
  expect(await remote.page.getByRole('button', { name: '启用' }).count()).toBe(0);
  expect(await remote.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(remote.trouble).toEqual([]);
});
