import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';

/** Debian's Chromium where there is one, else the one that Playwright installed. */
const DEBIAN = '/usr/bin/chromium';

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(existsSync(DEBIAN) ? { executablePath: DEBIAN } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-dev-shm-usage',
      '--enable-unsafe-swiftshader',
    ],
  });
}

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** As the sign-in page names the demo's people, in English and in Chinese. */
export const PEOPLE = {
  remote: { en: 'Remote engineer', zh: '远程工程师' },
  dispatch: { en: 'Dispatcher', zh: '调度员' },
  field: { en: 'Field engineer', zh: '现场工程师' },
  hospital: { en: 'Hospital', zh: '医院' },
  manager: { en: 'Manager', zh: '管理者' },
} as const;
export type Who = keyof typeof PEOPLE;

export interface PersonOptions {
  readonly locale?: 'en-GB' | 'zh-CN';
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly theme?: 'dark' | 'light';
}

/** Somebody in front of a browser of their own. */
export interface Person {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors in the console, errors nobody caught, and requests that failed or were refused. */
  readonly trouble: readonly string[];
}

export async function newPerson(browser: Browser, webUrl: string, options: PersonOptions = {}): Promise<Person> {
  const context = await browser.newContext({
    baseURL: webUrl,
    viewport: options.viewport ?? DESKTOP,
    locale: options.locale ?? 'en-GB',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  const { theme } = options;
  if (theme)
    await context.addInitScript(
      `localStorage.getItem('uptower.theme') ?? localStorage.setItem('uptower.theme', '${theme}')`,
    );
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const trouble: string[] = [];
  page.on('console', (message) => {
    const { url } = message.location();
    // Who is signed in is asked before anybody is.
    if (message.type() === 'error' && !(url.endsWith('/session') && message.text().includes('401')))
      trouble.push(`console: ${message.text()} (${url})`);
  });
  page.on('pageerror', (error) => trouble.push(`page: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    // A query whose page was left is taken back.
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') trouble.push(`request: ${request.method()} ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    const request = response.request();
    if (response.status() >= 400 && !(response.status() === 401 && response.url().endsWith('/session')))
      trouble.push(`answer: ${response.status()} ${request.method()} ${response.url()} ${request.postData() ?? ''}`);
  });
  return { context, page, trouble };
}

/** Signs a demo person in with the button that carries their role. */
export async function enterAs({ page }: Person, who: Who, to?: string): Promise<void> {
  await page.goto(to ?? '/');
  const { en, zh } = PEOPLE[who];
  await page
    .getByRole('region', { name: /^(Demo|演示)$/ })
    .getByRole('button', { name: new RegExp(`^(${en}|${zh})`) })
    .click();
  await seen(page.getByRole('navigation'));
}

/** Waits until it can be seen, and hands it back. */
export async function seen(locator: Locator, timeout = 30_000): Promise<Locator> {
  await locator.first().waitFor({ state: 'visible', timeout });
  return locator;
}

/** Waits until the page has what is asked for; says what was missing. */
export async function comes<T>(what: string, ask: () => Promise<T | undefined | false | null>, ms = 30_000) {
  const from = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() - from > ms) throw new Error(`waited ${ms / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What is used of a canvas; this side has no DOM types. */
interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
}

/** Share of the pixels of a canvas that something was drawn on. */
export function inked(canvas: Locator): Promise<number> {
  return canvas.first().evaluate((element) => {
    const { width, height } = element as unknown as Canvas;
    const { data } = (element as unknown as Canvas).getContext('2d').getImageData(0, 0, width, height);
    let drawn = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) drawn++;
    return drawn / Math.max(1, width * height);
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings of axe under WCAG 2.2 AA, one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // The content policy allows no foreign script; the debugger's door stays open.
  await page.evaluate(`window.axe ?? (() => { ${axeSource} })()`);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const results = (await page.evaluate(
    `axe.run(document, { runOnly: { type: 'tag', values: ${JSON.stringify(tags)} }, resultTypes: ['violations'] })`,
  )) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => {
      const where = nodes.slice(0, 4).map((node) => node.html.slice(0, 200));
      return `${impact} ${id} ×${nodes.length}: ${where.join(' | ')}`;
    });
}

/** Waits until the address bar says so; pages change it without loading. */
export const arrives = (page: Page, path: RegExp) => page.waitForURL(path, { timeout: 60_000 });

/** All at once; whoever fails, everybody else is heard to the end, so that one run tells all that is wrong. */
export async function together(people: Record<string, Promise<unknown>>): Promise<void> {
  const results = await Promise.allSettled(Object.values(people));
  const failed = results.flatMap((result, i) =>
    result.status === 'rejected' ? [`${Object.keys(people)[i]}: ${(result.reason as Error).stack}`] : [],
  );
  if (failed.length > 0) throw new Error(failed.join('\n\n'));
}
