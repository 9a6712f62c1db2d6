import { expect, test } from 'vitest';
import { noEvidence } from './evidence.ts';
import { staleOf } from './stale.ts';

const heard = { ...noEvidence(), heardAt: 10 };
const willed = { ...heard, offlineAt: 20 };
const present = (state: 'up' | 'unknown' | 'planned', cause: string) => ({ state, since: 30, cause });

test.each([
  ['never heard', undefined, false, null, null],
  ['heard', heard, true, present('up', 'first-contact'), null],
  ['its last will, before the ledger says anything', willed, false, present('up', 'x'), [20, 'session-lost']],
  ['the last will of its gateway', { ...willed, offlineByGateway: true }, false, null, [20, 'gateway-lost']],
  ['a will of an earlier session: it is connected', willed, true, present('up', 'first-contact'), null],
  ['an engineer switched it off', willed, false, present('planned', 'planned-visit'), [20, 'session-lost']],
  ['silent', heard, true, present('unknown', 'silent'), [30, 'silent']],
  ['its gateway is gone', heard, false, present('unknown', 'gateway-lost'), [30, 'gateway-lost']],
  ['this server was away', heard, false, present('unknown', 'server-down'), [30, 'server-down']],
  ['heard, but stuck', heard, true, present('unknown', 'sensor-stuck'), null],
  ['heard, but its clock jumped', heard, true, present('unknown', 'clock-jumped'), null],
] as const)('%s', (_name, evidence, connected, said, expected) => {
  const stale = staleOf(evidence && { ...evidence }, connected, said);
  expect(stale && [stale.since, stale.cause]).toEqual(expected);
});
