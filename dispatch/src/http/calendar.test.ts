import { DAY, HOUR, MINUTE } from '@uptower/domain';
import { afterEach, describe, expect, test } from 'vitest';
import { FetchError, type Fetched } from '../calendar/fetch-feed.ts';
import { aService, type Service } from '../testing/service.ts';
import { ANA, aViewer, BO, CHEN, MONDAY_9, MR } from '../testing/world.ts';

let service: Service;
afterEach(() => service.stop());

const ana = aViewer('field-engineer', { engineerId: ANA });
const bo = aViewer('field-engineer', { engineerId: BO });
const manager = aViewer('manager');
const dispatcher = aViewer('dispatcher');
const of = (path: string, id: string = ANA) => `/engineers/${id}/${path}`;
const stamp = (instant: number) => `${new Date(instant).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
const ics = (title: string, from: number, to: number) =>
  `BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nDTSTART:${stamp(from)}\nDTEND:${stamp(to)}\nSUMMARY:${title}\nEND:VEVENT\nEND:VCALENDAR\n`;
const hours = (intervals: readonly { from: number; to: number }[]) =>
  intervals.map(({ from, to }) => [(from - MONDAY_9) / HOUR, (to - MONDAY_9) / HOUR]);
const today = `?from=${MONDAY_9}&to=${MONDAY_9 + 10 * HOUR}`;

describe('absences and patterns', () => {
  test('the engineer and the manager see why, the dispatcher that, another engineer nothing', async () => {
    service = await aService();
    const when = { from: MONDAY_9 + HOUR, to: MONDAY_9 + 2 * HOUR };
    const added = await service.call(ana, 'POST', of('absences'), { kind: 'sick', title: 'Dentist', when });
    expect(added).toMatchObject({ status: 201, body: { id: 'abs_0001', title: 'Dentist' } });
    for (const viewer of [ana, manager]) {
      const { body } = await service.call(viewer, 'GET', of(`calendar${today}`));
      expect(body).toMatchObject({ sight: 'all', holes: [{ kind: 'sick', title: 'Dentist' }], absences: [added.body] });
    }
    const seen = await service.call(dispatcher, 'GET', of(`calendar${today}`));
    expect(seen.body).toMatchObject({ sight: 'busy', holes: [{ ...when, kind: 'busy', title: '' }], absences: [] });
    expect((await service.call(bo, 'GET', of('calendar'))).status).toBe(403);
    const free = await service.call(bo, 'GET', of(`free-time${today}`));
    expect(hours(free.body.free)).toEqual([
      [0, 1],
      [2, 9],
    ]);
    expect(JSON.stringify([seen.body, free.body])).not.toMatch(/Dentist|sick/);
    // What the planner and the screens are told is the same.
    const listed = await service.call(dispatcher, 'GET', '/engineers');
    const view = listed.body.find(({ id }: { id: string }) => id === ANA);
    expect(hours(view.free.slice(0, 2))).toEqual(hours(free.body.free));
    expect((await service.call(dispatcher, 'DELETE', of('absences/abs_0001'))).status).toBe(204);
    expect((await service.call(dispatcher, 'DELETE', of('absences/abs_0001'))).status).toBe(404);
  });
  test('only who manages calendars sets patterns, holidays, rotas', async () => {
    service = await aService();
    const pattern = { startsOn: '2025-03-03', weeks: [[{ weekday: 1, fromMinute: 720, toMinute: 780 }]] };
    expect((await service.call(ana, 'PUT', of('patterns'), pattern)).status).toBe(403);
    expect((await service.call(dispatcher, 'PUT', of('patterns'), pattern)).status).toBe(200);
    const free = await service.call(ana, 'GET', of(`free-time${today}`));
    expect(hours(free.body.free)).toEqual([[3, 4]]);
    const wrong = { startsOn: '2025-02-30', weeks: [[{ weekday: 8, fromMinute: 720, toMinute: 700 }]] };
    const refused = await service.call(dispatcher, 'PUT', of('patterns'), wrong);
    expect(refused).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'startsOn' }, { path: 'weeks.0.0.weekday' }, { path: 'weeks.0.0' }] },
    });
    const name = { en: 'Day', zh: '日' };
    await service.call(dispatcher, 'PUT', '/calendars/holidays/CN', { days: [{ date: '2025-03-03', name }] });
    await service.call(dispatcher, 'PUT', of('calendar-settings'), { holidayRegion: 'CN', overtime: null });
    expect((await service.call(ana, 'GET', of(`free-time${today}`))).body.free).toEqual([]);
    await service.call(dispatcher, 'DELETE', of('patterns/2025-03-03'));
    expect((await service.call(ana, 'GET', of('calendar'))).body.patterns).toEqual([]);
  });
  test('a rota says who is on call; its engineers must be known', async () => {
    service = await aService();
    const rota = {
      name: { en: 'South', zh: '南' },
      timeZone: 'Asia/Shanghai',
      startsOn: '2025-03-03',
      handoverMinute: 480,
      daysEach: 1,
      engineers: [ANA, BO],
    };
    const unknown = await service.call(dispatcher, 'PUT', '/calendars/on-call/south', {
      ...rota,
      engineers: ['eng_x'],
    });
    expect(unknown).toMatchObject({ status: 400, body: { errors: [{ message: 'eng_x is not known' }] } });
    expect(
      (await service.call(dispatcher, 'PUT', '/calendars/on-call/south', { ...rota, timeZone: 'Mars' })).status,
    ).toBe(400);
    expect((await service.call(dispatcher, 'PUT', '/calendars/on-call/south', rota)).status).toBe(200);
    const [south] = (await service.call(bo, 'GET', `/calendars/on-call?from=${MONDAY_9}&to=${MONDAY_9 + DAY}`)).body;
    expect(south.turns.map((turn: { engineerId: string }) => turn.engineerId)).toEqual([ANA, BO]);
    const calendar = await service.call(ana, 'GET', of(`calendar?from=${MONDAY_9}&to=${MONDAY_9 + DAY}`));
    expect(hours(calendar.body.onCall)).toEqual([[9, 23]]); // after the shift, until 08:00
  });
  test('an integration keeps the calendar of the engineer it acts for', async () => {
    service = await aService();
    const body = { kind: 'sick', when: { fromDay: '2025-03-03', toDay: '2025-03-03' } };
    const integration = aViewer('integration');
    const act = (who: string) => service.call(integration, 'POST', of('absences'), body, { 'x-uptower-engineer': who });
    expect((await act(CHEN)).status).toBe(403);
    expect((await act(ANA)).status).toBe(201);
    expect((await service.call(ana, 'GET', of(`free-time${today}`))).body.free).toEqual([]);
  });
});

describe('import', () => {
  const url = 'https://calendar.example/secret-token/basic.ics';
  test('a file is read; what is none is refused and changes nothing', async () => {
    service = await aService();
    const text = ics('Dentist', MONDAY_9 + HOUR, MONDAY_9 + 2 * HOUR);
    const set = await service.call(ana, 'PUT', of('calendar-import'), { text: text + 'x'.repeat(200_000) });
    expect(set).toMatchObject({ status: 200, body: { kind: 'file', busyTimes: 1, asideCount: 0 } });
    const refused = await service.call(ana, 'PUT', of('calendar-import'), { text: '<html>' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'calendar-not-read' } });
    expect((await service.call(ana, 'GET', of(`calendar${today}`))).body.holes).toMatchObject([{ title: 'Dentist' }]);
    expect((await service.call(ana, 'POST', of('calendar-import/refresh'))).body.code).toBe('no-import');
    expect((await service.call(ana, 'DELETE', of('calendar-import'))).status).toBe(204);
    expect((await service.call(ana, 'GET', of(`calendar${today}`))).body.holes).toEqual([]);
  });
  test('an address is asked again; the last copy stays while it fails, with its age; also after a restart', async () => {
    let next: Fetched | FetchError = {
      changed: true,
      text: ics('One', MONDAY_9 + HOUR, MONDAY_9 + 2 * HOUR),
      etag: '"1"',
    };
    const asked: (string | undefined)[] = [];
    const fetch = async (_: string, etag: string | undefined) => {
      asked.push(etag);
      if (next instanceof FetchError) throw next;
      return next;
    };
    service = await aService({ fetch });
    const set = await service.call(ana, 'PUT', of('calendar-import'), { url: url.replace('https', 'webcal') });
    expect(set.body).toMatchObject({ address: url, busyTimes: 1, goodAt: MONDAY_9, failure: null });
    const events = async () => (await service.events.readStream(`calendar/${ANA}`)).map(({ event }) => event.type);
    next = { changed: false };
    await service.pass(15 * MINUTE, 5 * MINUTE);
    expect(asked).toEqual([undefined, '"1"']);
    expect(await events()).toEqual(['calendar.import-set', 'calendar.busy-read']);
    next = new FetchError('the server answers 503');
    await service.pass(30 * MINUTE, 5 * MINUTE);
    const failing = { since: MONDAY_9 + 30 * MINUTE, reason: 'the server answers 503' };
    const imported = async () => (await service.call(manager, 'GET', of('calendar'))).body.imported;
    expect(await imported()).toMatchObject({ busyTimes: 1, goodAt: MONDAY_9 + 15 * MINUTE, failure: failing });
    expect(await events()).toHaveLength(3); // told once
    const refused = await service.call(ana, 'POST', of('calendar-import/refresh'));
    expect(refused).toMatchObject({ status: 422, body: { detail: 'the server answers 503' } });
    expect((await service.call(dispatcher, 'GET', of('calendar'))).body.imported).toMatchObject({
      address: 'calendar.example',
      aside: [],
    });

    const again = await aService({ events: service.events, at: service.clock.now(), fetch });
    await service.stop();
    service = again;
    expect(await imported()).toMatchObject({ busyTimes: 1, goodAt: MONDAY_9 + 15 * MINUTE, failure: failing });
    next = { changed: true, text: ics('Two', MONDAY_9 + 3 * HOUR, MONDAY_9 + 4 * HOUR), etag: undefined };
    expect((await service.call(ana, 'POST', of('calendar-import/refresh'))).status).toBe(200);
    expect(await imported()).toMatchObject({ failure: null, goodAt: service.clock.now() });
    const free = (await service.call(bo, 'GET', of(`free-time?from=${service.clock.now()}&to=${MONDAY_9 + 9 * HOUR}`)))
      .body.free;
    expect(hours(free)).toEqual([
      [0.75, 3],
      [4, 9],
    ]);
  });
  test('an address must be one that may be asked', async () => {
    service = await aService();
    for (const url of ['file:///etc/passwd', 'ftp://example.org/a.ics', 'nothing'])
      expect((await service.call(ana, 'PUT', of('calendar-import'), { url })).status).toBe(400);
  });
});

describe('the feed', () => {
  const get = async (path: string, headers = {}) => {
    const response = await fetch(`${service.url}${path}`, { headers });
    return { status: response.status, etag: response.headers.get('etag') ?? '', text: await response.text() };
  };
  test('holds the visits under stable names, tells changes, and no secret; a new address voids the one before', async () => {
    service = await aService();
    await service.gateway.raise('a', MR, 0.9);
    await service.pass(MINUTE);
    const { body } = await service.call(ana, 'POST', of('calendar-feed'), { language: 'zh-CN' });
    expect(body.path).toMatch(/^\/calendar\/[\w-]{32}\.ics$/);
    const first = await get(body.path);
    const text = first.text.replaceAll('\r\n ', '');
    expect(text).toMatch(/UID:vis_a-1@uptower/);
    expect(text).toMatch(/SEQUENCE:0/);
    expect(text).toMatch(/DTSTART;TZID=Asia\/Shanghai:20250303T/);
    expect(text).toMatch(/SUMMARY;LANGUAGE=zh-CN:WO-1001 /);
    expect(text).not.toMatch(/dev_|ctr_|hos_|360000|serial/);
    expect((await get(body.path, { 'if-none-match': first.etag, 'cache-control': 'max-age=0' })).status).toBe(304);
    const log = JSON.stringify(await service.events.read(0, 1_000));
    expect(log).not.toContain(body.path.slice(10, 40));

    const startAt = MONDAY_9 + 4 * HOUR;
    const moved = { workOrderId: 'wo_a', engineerId: ANA, startAt };
    expect((await service.call(dispatcher, 'POST', '/plan/move', moved)).status).toBe(200);
    expect((await get(body.path)).text).toMatch(/UID:vis_a-1@uptower[\s\S]*SEQUENCE:1/);

    const next = await service.call(manager, 'POST', of('calendar-feed'), {});
    expect((await get(body.path)).status).toBe(404);
    expect((await get(next.body.path)).status).toBe(200);
    expect((await service.call(bo, 'DELETE', of('calendar-feed'))).status).toBe(403);
    expect((await service.call(ana, 'DELETE', of('calendar-feed'))).status).toBe(204);
    expect((await get(next.body.path)).status).toBe(404);
    expect((await get('/calendar/undefined.ics')).status).toBe(404);
  });
});
