import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FetchError, fetchFeed } from './fetch-feed.ts';
import { isPublicAddress, publicLookup } from './public-address.ts';
import { readInThread } from './read-in-thread.ts';

async function aServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const allowed = { allowPrivate: true };

test.each([
  ['127.0.0.1', false],
  ['10.1.2.3', false],
  ['169.254.169.254', false],
  ['172.31.0.1', false],
  ['192.168.1.1', false],
  ['100.64.0.1', false],
  ['0.0.0.0', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['fd00::1', false],
  ['::ffff:127.0.0.1', false],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['localhost', false],
  ['8.8.8.8', true],
  ['142.250.1.1', true],
  ['2a00:1450:4001::1', true],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

test('a name is looked up for what is connected to, so one that means this machine is refused', async () => {
  const found = await new Promise((resolve) => publicLookup('localhost', {}, (error) => resolve(error?.message)));
  expect(found).toMatch(/not on the public Internet/);
  const url = (await aServer((_, response) => void response.end('x'))).replace('127.0.0.1', 'localhost');
  await expect(fetchFeed(url, { allowPrivate: false })).rejects.toThrow('not on the public Internet');
});

test.each([
  'http://127.0.0.1/',
  'http://[::1]/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://[::ffff:10.0.0.1]/',
  'file:///etc/passwd',
])('%s is not asked', async (url) => {
  await expect(fetchFeed(url, { allowPrivate: false })).rejects.toThrow(FetchError);
});

test('reads the text and its tag, and is told when nothing changed', async () => {
  const url = await aServer((request, response) => {
    if (request.headers['if-none-match'] === '"a"') return void response.writeHead(304).end();
    response.writeHead(200, { etag: '"a"' }).end('BEGIN:VCALENDAR');
  });
  expect(await fetchFeed(url, allowed)).toEqual({ changed: true, text: 'BEGIN:VCALENDAR', etag: '"a"' });
  expect(await fetchFeed(url, { ...allowed, etag: '"a"' })).toEqual({ changed: false });
});

test('follows a few redirects, never to another kind of address', async () => {
  const url = await aServer((request, response) => {
    if (request.url === '/good') return void response.writeHead(302, { location: '/end' }).end();
    if (request.url === '/end') return void response.end('here');
    if (request.url === '/file') return void response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    response.writeHead(302, { location: '/round' }).end();
  });
  expect(await fetchFeed(`${url}/good`, allowed)).toMatchObject({ text: 'here' });
  await expect(fetchFeed(`${url}/round`, allowed)).rejects.toThrow('redirects');
  await expect(fetchFeed(`${url}/file`, allowed)).rejects.toThrow('neither http nor https');
});

test('gives up what is too large, too slow, refused or gone; the reason holds nothing of the address', async () => {
  const url = await aServer((request, response) => {
    if (request.url === '/large') return void response.end('x'.repeat(5_000));
    if (request.url === '/slow') return;
    response.writeHead(503).end('no');
  });
  await expect(fetchFeed(`${url}/large`, { ...allowed, maxBytes: 1_000 })).rejects.toThrow('larger than 1000 bytes');
  await expect(fetchFeed(`${url}/slow`, { ...allowed, timeoutMs: 50 })).rejects.toThrow('no answer in time');
  await expect(fetchFeed(`${url}/secret`, allowed)).rejects.toThrow(/^the server answers 503$/);
  await expect(fetchFeed('http://127.0.0.1:9/secret', allowed)).rejects.toThrow(/^no connection \(\w+\)$/);
});

test('a calendar is read on a thread of its own, which tells what is none', async () => {
  const options = { period: { from: 0, to: 1e12 }, timeZone: 'UTC', ignore: /^own$/ };
  const event = (uid: string) => `BEGIN:VEVENT\nUID:${uid}\nDTSTART:19700102T000000Z\nDURATION:PT1H\nEND:VEVENT\n`;
  const copy = await readInThread(`BEGIN:VCALENDAR\n${event('own')}${event('x')}END:VCALENDAR`, options);
  expect(copy.busy).toEqual([{ from: 86_400_000, to: 90_000_000, title: '' }]);
  await expect(readInThread('nothing', options)).rejects.toThrow('not a calendar');
});
