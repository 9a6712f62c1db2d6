import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { WorkOrder } from '@uptower/domain';
import {
  comes,
  enterAs,
  inked,
  launchBrowser,
  newPerson,
  type Person,
  type PersonOptions,
  PHONE,
  seen,
} from './browser.ts';
import { newDataDir, startUptower, until } from './uptower.ts';

/** `npx tsx tests/support/screens.ts OUTDIR`: the pictures of `docs/screens`, from a fresh demo (build first). */
const out = resolve(process.argv[2] ?? 'docs/screens');
mkdirSync(out, { recursive: true });

const MOST_BYTES = 350_000;

async function shoot({ page }: Person, name: string): Promise<void> {
  const file = join(out, `${name}.png`);
  // The pointer rests where it lights nothing up, notes have gone.
  await page.mouse.move(0, 0);
  await comes('no notes on the page', async () => (await page.getByRole('alert').count()) === 0);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}`);
  console.log(`${file}  ${(size / 1000).toFixed(0)} kB`);
}

const browser = await launchBrowser();
const server = await startUptower('demo', newDataDir(), ['--speed', '60']);
try {
  const open = (options: PersonOptions = {}) => newPerson(browser, server.webUrl, options);
  const [remote, dispatcher, field, hospital] = await Promise.all([
    open(),
    open(),
    open({ viewport: PHONE, locale: 'zh-CN', theme: 'light' }),
    open({ locale: 'zh-CN' }),
  ]);
  await Promise.all([
    enterAs(remote, 'remote'),
    enterAs(dispatcher, 'dispatch'),
    enterAs(field, 'field'),
    enterAs(hospital, 'hospital'),
  ]);
  /** The first story of the demo, at the hospital whose account there is. */
  const story = async (ready: (order: WorkOrder) => boolean) => {
    const orders = await server.call<WorkOrder[]>('GET', '/work-orders?state=all');
    return orders.find((order) => order.hospitalId === 'hos_huaxi' && order.source === 'prediction' && ready(order));
  };

  const opened = await until('the order', () => story(() => true));
  await Promise.all([remote.page.goto(`/story?order=${opened.id}`), dispatcher.page.goto(`/dispatch/${opened.id}`)]);
  await until('an engineer on the way', () => story(({ state }) => state === 'travelling'));
  await Promise.all([
    seen(remote.page.getByText(/ to go$/)).then(() => shoot(remote, 'story')),
    // The map is drawn in software: let it have its engineers and its dots.
    seen(dispatcher.page.getByText('Left for the site'))
      .then(() => comes('the dots', async () => (await inked(dispatcher.page.locator('.up-map > canvas'))) > 0.001))
      .then(() => shoot(dispatcher, 'dispatch')),
  ]);

  await remote.page.goto(`/alerts/${opened.alertId}`);
  await until('the work to have begun', () => story((now) => now.state === 'on-site' && now.stepsDone.length >= 2));
  await comes('the curves', async () => (await inked(remote.page.locator('canvas'))) > 0.002);
  await seen(field.page.getByRole('checkbox', { checked: true }).nth(1));
  await comes('the uptime', async () => (await hospital.page.getByText('暂无数据').count()) === 0);
  await Promise.all([shoot(remote, 'alerts'), shoot(field, 'field-zh'), shoot(hospital, 'portal-zh')]);
  await remote.page.goto('/intake');
  // A rate is shown once two moments are known.
  const rate = remote.page.getByText('readings a second').locator('..');
  await comes('the rate', async () => /^\d/.test((await rate.textContent()) ?? ''));
  await shoot(remote, 'intake');
} finally {
  await browser.close();
  await server.stop();
}
