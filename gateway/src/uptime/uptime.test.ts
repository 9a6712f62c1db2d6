import { MINUTE, SECOND } from '@uptower/domain';
import { expect, test } from 'vitest';
import { deviceA1, MONDAY, principalOf } from '../testing/fixtures.ts';
import { Contacts } from './contacts.ts';
import { type Evidence, judge, noEvidence, onFailure, onHeard, onRepair, onState } from './evidence.ts';
import { CHANGES_AN_HOUR, Ledger } from './ledger.ts';
import { type Contact, silenceOf } from './silence.ts';

const heard = (at = MONDAY): Evidence => {
  const evidence = noEvidence();
  onHeard(evidence, at, at);
  return evidence;
};
const says = (
  evidence: Evidence,
  status: 'up' | 'partial' | 'down' | 'offline',
  at: number,
  activity?: 'service' | 'idle',
) => onState(evidence, { status, ts: at, ...(activity ? { activity } : {}) }, at);
const start = MONDAY - 60 * MINUTE;
const limits = { startedAt: start, servingSince: start, graceMs: MINUTE, startGraceMs: MINUTE };
const gone = (lostAt: number | null = null): Contact => ({
  session: { open: false, lostAt },
  connected: false,
  sessionless: false,
  patienceMs: 5 * MINUTE,
});
const contact = gone();
const there: Contact = { ...contact, session: { open: true, lostAt: null }, connected: true };

test('nothing is known before first contact; then the device’s own word counts', () => {
  expect(judge(noEvidence(), null, [])).toBeNull();
  const evidence = heard();
  expect(judge(evidence, null, [])).toEqual({ state: 'up', cause: 'first-contact' });
  says(evidence, 'partial', MONDAY + 5);
  expect(judge(evidence, null, [])).toEqual({ state: 'partial', cause: 'device-report' });
  says(evidence, 'up', MONDAY + 1); // older word that arrived later
  expect(judge(evidence, null, [])?.state).toBe('partial');
});

test('a failed component is down until replaced, repaired, or the device says otherwise later', () => {
  const evidence = heard();
  says(evidence, 'up', MONDAY);
  onFailure(evidence, 'tube', MONDAY + 10);
  expect(judge(evidence, null, [])).toEqual({ state: 'down', cause: 'failure' });
  onRepair(evidence, 'tube');
  expect(judge(evidence, null, [])?.state).toBe('up');
  onFailure(evidence, 'tube', MONDAY + 20);
  says(evidence, 'up', MONDAY + 30);
  expect(judge(evidence, null, [])?.state).toBe('up');
});

test('service during a visit for a predicted order is planned; for a reported fault it stays down', () => {
  const evidence = heard();
  says(evidence, 'down', MONDAY, 'service');
  expect(judge(evidence, null, [{ source: 'prediction' }])).toEqual({ state: 'planned', cause: 'planned-visit' });
  expect(judge(evidence, { cause: 'session-lost', since: MONDAY }, [{ source: 'prediction' }])?.state).toBe('planned');
  expect(judge(evidence, null, [{ source: 'portal' }])?.state).toBe('down');
  expect(judge(evidence, null, [])?.state).toBe('down');
  onFailure(evidence, 'tube', MONDAY + 1);
  expect(judge(evidence, null, [{ source: 'prediction' }])?.state).toBe('down');
});

test('a lost session is unknown after a minute, from when it was lost', () => {
  const evidence = heard();
  const lostAt = MONDAY + 10 * SECOND;
  expect(silenceOf(evidence, gone(lostAt), limits, lostAt + 59 * SECOND)).toBeNull();
  expect(silenceOf(evidence, gone(lostAt), limits, lostAt + MINUTE)).toEqual({
    cause: 'session-lost',
    since: lostAt,
  });
});

test('a last will counts like a lost session, unless the device is back', () => {
  const evidence = heard();
  says(evidence, 'offline', MONDAY + 5 * SECOND);
  const later = MONDAY + 2 * MINUTE;
  expect(silenceOf(evidence, contact, limits, later)?.cause).toBe('session-lost');
  expect(silenceOf(evidence, there, limits, later)).toBeNull();
  onHeard(evidence, MONDAY + 6 * SECOND, MONDAY + 6 * SECOND);
  expect(silenceOf(evidence, contact, limits, later)).toBeNull();
});

test('silence beyond its patience is unknown; a device without rhythm is never judged by it', () => {
  const evidence = heard();
  expect(silenceOf(evidence, there, limits, MONDAY + 5 * MINUTE)).toBeNull();
  expect(silenceOf(evidence, there, limits, MONDAY + 5 * MINUTE + 1)).toEqual({ cause: 'silent', since: MONDAY });
  expect(silenceOf(evidence, { ...there, patienceMs: null }, limits, MONDAY + 1e9)).toBeNull();
});

test('an outage of this server begins silence anew, a short restart does not', () => {
  const evidence = heard();
  const startedAt = MONDAY + 4 * MINUTE;
  const restarted = { ...limits, startedAt };
  expect(silenceOf(evidence, there, restarted, MONDAY + 5 * MINUTE)).toBeNull();
  expect(silenceOf(evidence, there, restarted, MONDAY + 5 * MINUTE + 1)?.cause).toBe('silent');
  const away = { ...restarted, servingSince: startedAt };
  expect(silenceOf(evidence, there, away, MONDAY + 9 * MINUTE)).toBeNull();
  expect(silenceOf(evidence, there, away, MONDAY + 9 * MINUTE + 1)).toEqual({ cause: 'silent', since: MONDAY });
});

test('after this server held senders back, silence and lost sessions have their time anew', () => {
  const evidence = heard();
  const held = { ...limits, servingSince: MONDAY + 20 * MINUTE };
  expect(silenceOf(evidence, there, held, MONDAY + 25 * MINUTE)).toBeNull();
  expect(silenceOf(evidence, there, held, MONDAY + 25 * MINUTE + 1)?.cause).toBe('silent');
  const brief = { ...there, patienceMs: SECOND };
  expect(silenceOf(evidence, brief, held, MONDAY + 21 * MINUTE)).toBeNull();
  const lostAt = MONDAY + 10 * MINUTE;
  expect(silenceOf(evidence, gone(lostAt), held, MONDAY + 21 * MINUTE - 1)).toBeNull();
  expect(silenceOf(evidence, gone(lostAt), held, MONDAY + 21 * MINUTE)).toEqual({
    cause: 'session-lost',
    since: lostAt,
  });
});

test('where no session can be seen, having none says nothing; the last will still counts', () => {
  const evidence = heard();
  const [hidden, http] = [
    { ...contact, session: null },
    { ...contact, sessionless: true },
  ];
  const restarted = { ...limits, startedAt: MONDAY + SECOND };
  for (const one of [hidden, http]) expect(silenceOf(evidence, one, restarted, MONDAY + 4 * MINUTE)).toBeNull();
  says(evidence, 'offline', MONDAY + 5 * SECOND);
  for (const one of [hidden, http])
    expect(silenceOf(evidence, one, restarted, MONDAY + 4 * MINUTE)?.cause).toBe('session-lost');
});

test('a restart of the server floods nothing: everybody has the grace to come back', () => {
  const evidence = heard(MONDAY);
  const restarted = { ...limits, startedAt: MONDAY + 60 * MINUTE, startGraceMs: 5 * MINUTE };
  expect(silenceOf(evidence, contact, restarted, MONDAY + 64 * MINUTE)).toBeNull();
  expect(silenceOf(evidence, contact, restarted, MONDAY + 65 * MINUTE)).toEqual({
    cause: 'session-lost',
    since: MONDAY,
  });
});

test('contacts: the sessions of one credential together; when the last of them ended', () => {
  const contacts = new Contacts();
  const [device, site] = [principalOf('dev_a1'), { kind: 'site' as const, siteId: principalOf('dev_a1').siteId }];
  expect(contacts.session('site_a')).toEqual({ open: false, lostAt: null });
  contacts.connected(site);
  expect(contacts.session('site_a')).toEqual({ open: true, lostAt: null });
  contacts.disconnected(site, 500);
  expect(contacts.session('site_a')).toEqual({ open: false, lostAt: 500 });
  contacts.connected(device);
  contacts.connected(device);
  contacts.disconnected(device, 600);
  expect(contacts.session('dev_a1')).toEqual({ open: true, lostAt: null });
  expect(contacts.count()).toBe(1);
});

test('the ledger: intervals touch, the same state adds nothing, a replay adds nothing', () => {
  const ledger = new Ledger();
  const put = (state: 'up' | 'down', at: number, position: number) => {
    const occasion = { at, knownUntil: at, position, replayed: true };
    const next = ledger.next(deviceA1, { state, cause: 'device-report' }, occasion);
    if (next) expect(ledger.apply(next.event, next.version)).toBe(true);
    if (next) expect(ledger.apply(next.event, next.version)).toBe(false);
    return next !== null;
  };
  expect([put('up', 100, 1), put('up', 150, 2), put('down', 200, 3), put('up', 150, 4)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
  // The last one was measured before the entry it follows: the ledger never runs backwards.
  expect(ledger.intervals(deviceA1).map(({ from, to, state }) => [from, to, state])).toEqual([
    [100, 200, 'up'],
    [200, null, 'up'],
  ]);
  expect([put('up', 100, 1), put('down', 200, 3)]).toEqual([false, false]);
  expect(ledger.present(deviceA1)).toEqual({ state: 'up', since: 200, cause: 'device-report' });
});

/** A ledger told of states; what its intervals are after. */
function told(...changes: [state: 'up' | 'down' | 'partial', at: number, knownUntil: number][]) {
  const ledger = new Ledger();
  changes.forEach(([state, at, knownUntil], i) => {
    const occasion = { at, knownUntil, position: i + 1, replayed: true };
    const next = ledger.next(deviceA1, { state, cause: 'device-report' }, occasion);
    if (next) ledger.apply(next.event, next.version);
  });
  return ledger.intervals(deviceA1).map(({ from, to, state }) => [state, from, to]);
}

test('the ledger: a change older than the open interval does not take its place', () => {
  expect(told(['up', 1000, 1000], ['down', 400, 5000])).toEqual([
    ['up', 1000, 5000],
    ['down', 5000, null],
  ]);
  expect(told(['up', 1000, 1000], ['down', 400, 1000])).toEqual([['down', 1000, null]]);
});

test('the ledger: a flapping device writes so much an hour, and its state after that is not lost', () => {
  const ledger = new Ledger();
  let written = 0;
  const say = (state: 'up' | 'down', at: number, now = at) => {
    const next = ledger.next(
      deviceA1,
      { state, cause: 'device-report' },
      { at, knownUntil: at, now, position: 1, replayed: false },
    );
    if (next) ledger.apply(next.event, next.version);
    written += next ? 1 : 0;
  };
  for (let i = 0; i < 3000; i += 1) say(i % 2 ? 'down' : 'up', MONDAY + i * SECOND);
  for (let i = 0; i < 100; i += 1) say(i % 2 ? 'down' : 'up', MONDAY); // the same moment again and again
  expect(written).toBe(CHANGES_AN_HOUR);
  say('up', MONDAY + 61 * MINUTE);
  expect(ledger.present(deviceA1)).toMatchObject({ state: 'up', since: MONDAY + 61 * MINUTE });
});

test('the ledger: an amendment says nothing of before its first entry, and what was told of it stays', () => {
  const tell = () => {
    const ledger = new Ledger();
    (['up', 'down', 'partial', 'up'] as const).forEach((state, i) => {
      const at = 1000 * (i + 1);
      const next = ledger.next(
        deviceA1,
        { state, cause: 'device-report' },
        { at, knownUntil: at, position: i + 1, replayed: true },
      );
      if (next) ledger.apply(next.event, next.version);
    });
    return ledger;
  };
  const late = { count: 1, from: 2600, to: 2600, arrivedAt: 9000 };
  const amend = (entries: Parameters<Ledger['amendment']>[1]) => {
    const ledger = tell();
    const next = ledger.amendment(deviceA1, entries, { at: 9000, late, journalPosition: 9 });
    if (next) ledger.apply(next.event, next.version);
    expect(ledger.amendment(deviceA1, entries, { at: 9000, late, journalPosition: 10 })).toBeNull();
    return [next?.event.from ?? null, ...ledger.intervals(deviceA1).map(({ from, to, state }) => [state, from, to])];
  };
  const cause = 'device-report';
  const [partial, up] = [{ from: 3000, state: 'partial', cause } as const, { from: 4000, state: 'up', cause } as const];
  // Of a log written earlier: it claims to be from the beginning on.
  const own = tell();
  const old = { type: 'availability.amended', deviceId: deviceA1, at: 9000, from: 1000 } as const;
  own.apply({ ...old, entries: [up], before: [], late, journalPosition: 9 }, 5);
  expect(own.intervals(deviceA1)).toEqual(tell().intervals(deviceA1));
  // As told: what the interval at 2500 began with does not matter, it was before.
  expect(amend([{ from: 2500, state: 'down', cause: 'failure' }, partial, up])[0]).toBeNull();
  expect(amend([{ from: 2500, state: 'down', cause }, up])).toEqual([
    3000,
    ...[
      ['up', 1000, 2000],
      ['down', 2000, 4000],
      ['up', 4000, null],
    ],
  ]);
  expect(amend([{ from: 2500, state: 'unknown', cause: 'silent' }, partial, up])).toEqual([
    2500,
    ...[
      ['up', 1000, 2000],
      ['down', 2000, 2500],
      ['unknown', 2500, 3000],
      ['partial', 3000, 4000],
      ['up', 4000, null],
    ],
  ]);
});
