import type { CalendarView, RotaProposalView } from '@uptower/domain';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { axeFindings, comes, enterAs, launchBrowser, newPerson, PHONE, seen } from '../support/browser.ts';
import { newDataDir, type Running, startUptower, until } from '../support/uptower.ts';

let browser: Browser;
let server: Running;
beforeAll(async () => {
  browser = await launchBrowser();
  server = await startUptower('demo', newDataDir());
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const LI_WEI = '/engineers/eng_li-wei';
const absences = async () => (await server.call<CalendarView>('GET', `${LI_WEI}/calendar`)).absences;

test('an engineer enters leave, sees what is wrong at its field, changes, removes and puts back; a feed is made void', async () => {
  const { page, trouble } = await newPerson(browser, server.webUrl, { viewport: PHONE });
  await enterAs({ page } as never, 'field', '/calendars');
  const own = page.getByRole('region', { name: 'Li Wei', exact: true });
  const leave = own.getByRole('region', { name: 'Leave and training' });
  await leave.getByRole('button', { name: 'Add' }).click();
  const dialog = page.getByRole('dialog', { name: 'Enter an absence' });
  const first = await dialog.getByLabel('First day').inputValue();
  const dayAfter = (days: number) =>
    new Date(Date.parse(`${first}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel('First day').fill(dayAfter(7));
  await dialog.getByLabel('Last day').fill(dayAfter(6));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await seen(dialog.getByText('It ends before it begins'));
  await dialog.getByLabel('Last day').fill(dayAfter(10));
  await dialog.getByLabel('Reason').fill('Wedding');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await seen(leave.getByText('Wedding'));
  expect(await absences()).toMatchObject([
    { kind: 'leave', title: 'Wedding', when: { fromDay: dayAfter(7), toDay: dayAfter(10) } },
  ]);
  expect(await axeFindings(page)).toEqual([]);

  await leave.getByRole('button', { name: 'Remove' }).click();
  await comes('the leave to go', async () => (await absences()).length === 0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await comes('the leave to be back', async () => (await absences())[0]?.title === 'Wedding');

  const feed = own.getByRole('region', { name: 'Subscribe to the visits' });
  await feed.getByRole('button', { name: 'Make an address' }).click();
  const address = await feed.getByLabel('Address').inputValue();
  expect((await fetch(address)).status).toBe(200);
  await feed.getByRole('button', { name: 'Make it void' }).click();
  await seen(page.getByText('The address is void'));
  expect((await fetch(address)).status).toBe(404);
  expect(trouble).toEqual([]);
});

test('a dispatcher sees that, not why; a rota is proposed and accepted; the map says where to live', async () => {
  const person = await newPerson(browser, server.webUrl);
  const { page } = person;
  await enterAs(person, 'dispatch', '/calendars');
  const row = page.getByRole('row', { name: /Li Wei/ });
  // Of four days a week on, one is a working day: next week, or the one after when today is a weekend.
  for (let weeks = 0; weeks < 2; weeks++) {
    await page.getByRole('button', { name: 'Week after' }).click();
    await seen(row.getByRole('img', { name: /^Shift/ }));
    if (await row.getByRole('img', { name: /^Busy/ }).count()) break;
  }
  await seen(row.getByRole('img', { name: /^Busy/ }));
  expect(await page.getByText('Wedding').count()).toBe(0);
  await page
    .getByRole('row', { name: /Li Wei/ })
    .getByRole('button')
    .click();
  await seen(page.getByText('What others entered is shown as busy.', { exact: false }));

  await page.getByRole('tab', { name: 'Roster' }).click();
  await page.getByLabel('Weeks').fill('1');
  await page.getByLabel('Search for').fill('1');
  await page.getByRole('button', { name: 'Propose' }).click();
  await page.getByRole('button', { name: 'Accept' }).click();
  await seen(page.getByText('accepted: it is in the calendars'));
  const [proposal] = await server.call<RotaProposalView[]>('GET', '/roster/proposals');
  const changed = proposal?.result?.changes[0]?.engineerId;
  const { patterns } = await server.call<CalendarView>('GET', `/engineers/${changed}/calendar`);
  await until('the pattern', async () => patterns.some(({ startsOn }) => startsOn === proposal?.asked.from));

  await page.getByRole('tab', { name: 'Coverage' }).click();
  const next = page.getByRole('region', { name: 'Where should the next engineer live?' });
  await next.getByRole('button').first().click();
  await seen(next.getByRole('button', { pressed: true }));
  await seen(page.getByRole('img', { name: /^Map of sites/ }));
  expect(await axeFindings(page)).toEqual([]);
  expect(person.trouble).toEqual([]);
});
