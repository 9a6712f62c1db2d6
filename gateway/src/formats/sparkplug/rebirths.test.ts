import { MINUTE, SECOND } from '@uptower/domain';
import { expect, test } from 'vitest';
import type { Outgoing } from '../../incoming.ts';
import { MONDAY } from '../../testing/fixtures.ts';
import { hostState } from './host-state.ts';
import { readPayload } from './payload.ts';
import { Rebirths } from './rebirths.ts';
import { beginSession, newSession } from './session.ts';

function asking(speed = 1) {
  const sent: Outgoing[] = [];
  return { sent, rebirths: new Rebirths((message) => sent.push(message), 2 * SECOND, speed) };
}

test('one request, then patience that doubles up to ten minutes; a birth ends it [tck-id-operational-behavior-data-commands-ncmd-rebirth-verb, -name, -value]', () => {
  const { sent, rebirths } = asking();
  const session = { ...newSession('site_a', 'G', 'edge'), lost: true };
  for (let at = 0; at < 75 * SECOND; at += SECOND) rebirths.consider(session, MONDAY + at);
  expect(sent.length).toBe(4); // at 0, 10, 30 and 70 seconds
  expect(sent[0]).toMatchObject({ topic: 'spBv1.0/G/NCMD/edge', retain: false, qos: 0 });
  expect(readPayload(sent[0]?.payload as Buffer)).toMatchObject({
    ok: true,
    value: { metrics: [{ name: 'Node Control/Rebirth', value: { field: 'boolean', value: true } }] },
  });
  for (let at = 2 * MINUTE; at < 122 * MINUTE; at += SECOND) rebirths.consider(session, MONDAY + at);
  expect(sent.length).toBeLessThan(25);
  beginSession(session, 0, 0);
  rebirths.consider(session, MONDAY + 123 * MINUTE);
  const before = sent.length;
  session.lost = true;
  rebirths.consider(session, MONDAY + 123 * MINUTE);
  expect(sent.length).toBe(before + 1);
});

test('where the clock runs fast, nodes still live in real time', () => {
  const { sent, rebirths } = asking(60);
  const session = { ...newSession('site_a', 'G', 'edge'), lost: true };
  for (let at = 0; at < 75 * SECOND; at += SECOND) rebirths.consider(session, MONDAY + at * 60);
  expect(sent.length).toBe(4);
});

test('the state of a host [tck-id-host-topic-phid-birth-payload, -qos, -retain, -topic]', () => {
  const { topic, payload, ...how } = hostState('uptower', true, MONDAY);
  expect(topic).toBe('spBv1.0/STATE/uptower');
  expect(JSON.parse(payload.toString())).toEqual({ online: true, timestamp: MONDAY });
  expect(how).toEqual({ retain: true, qos: 1 });
});
