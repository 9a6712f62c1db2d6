import { createHash } from 'node:crypto';
import {
  applyRegistryEvent,
  emptyRegistry,
  NotLookedAt,
  type Registry,
  type RegistryEvent,
  usernameOf,
} from '@uptower/domain';
import { hashPassword, hashSecret, secretMatches } from '@uptower/platform';
import { beforeEach, expect, test, vi } from 'vitest';
import { principalOf } from '../testing/fixtures.ts';
import { Authenticator } from './authenticator.ts';

// Everything as it is, with the calls noted.
vi.mock('@uptower/platform', { spy: true });

const at = 1_790_000_000_000;
const principal = principalOf('dev_a1');
const fingerprint = 'ab'.repeat(32);
let registry: Registry;
let now: number;
let authenticator: Authenticator;
beforeEach(() => {
  registry = emptyRegistry();
  now = 0;
  authenticator = new Authenticator(registry, { monotonicMs: () => now });
});

const apply = (event: RegistryEvent) => applyRegistryEvent(registry, event);
const issue = (secretHash: string, who = principal) =>
  apply({ type: 'credential.issued', username: usernameOf(who), principal: who, secretHash, at });
const enter = (password: string, username = 'dev_a1', address = '10.0.0.1') =>
  authenticator.authenticate(username, Buffer.from(password), { address });

test('generated secrets, chosen passwords, and the SHA-256 of earlier records all let in', async () => {
  const hashes = [
    await hashSecret('right'),
    await hashPassword('right'),
    createHash('sha256').update('right').digest('hex'),
  ];
  for (const secretHash of hashes) {
    issue(secretHash);
    expect(await enter('right')).toEqual(principal);
    expect(await enter('right')).toEqual(principal);
    expect(await enter('wrong')).toBeUndefined();
    expect(await enter('right', 'dev_other')).toBeUndefined();
  }
  expect(await authenticator.authenticate(undefined, undefined)).toBeUndefined();
  expect(await authenticator.authenticate('dev_a1', undefined)).toBeUndefined();
});

test('an unknown user name costs the same look as a known one, and as many tries: neither tells names apart', async () => {
  const known = await hashSecret('right');
  issue(known);
  vi.mocked(secretMatches).mockClear();
  expect(await enter('wrong', 'dev_a1')).toBeUndefined();
  expect(await enter('wrong', 'dev_nobody')).toBeUndefined();
  const costs = vi.mocked(secretMatches).mock.calls.map(([stored]) => stored.split('$').slice(0, 4).join('$'));
  expect(costs).toEqual([known, known].map((hash) => hash.split('$').slice(0, 4).join('$')));
  const turnedAway = async (username: string) => {
    const flood = Array.from({ length: 20 }, (_, i) =>
      enter(`wrong ${i}`, username, '10.0.0.9').catch((error) => error),
    );
    return (await Promise.all(flood)).filter((result) => result instanceof NotLookedAt).length;
  };
  expect(await turnedAway('dev_nobody')).toBe(await turnedAway('dev_a1'));
});

test('renewed or revoked: what was right before is not remembered', async () => {
  issue(await hashSecret('first'));
  expect(await enter('first')).toEqual(principal);
  issue(await hashSecret('second'));
  expect(await enter('first')).toBeUndefined();
  expect(await enter('second')).toEqual(principal);
  apply({ type: 'credential.revoked', username: 'dev_a1', at });
  expect(await enter('second')).toBeUndefined();
});

test('revoked while it was being looked at: not let in', async () => {
  issue(await hashSecret('right'));
  const answer = enter('right');
  apply({ type: 'credential.revoked', username: 'dev_a1', at });
  expect(await answer).toBeUndefined();
});

test('a flood of wrong passwords: the known device still comes in, from there too; others elsewhere as ever', async () => {
  issue(await hashSecret('right'));
  issue(await hashSecret('other'), principalOf('dev_b1'));
  expect(await enter('right')).toEqual(principal);
  const flood = Array.from({ length: 500 }, (_, i) => enter(`wrong ${i}`).catch((error) => error));
  const results = await Promise.all(flood);
  expect(results.filter((result) => result === undefined)).toHaveLength(5);
  expect(results.filter((result) => result instanceof NotLookedAt)).toHaveLength(495);
  expect(await enter('right')).toEqual(principal);
  expect(await enter('other', 'dev_b1')).toBeDefined();
  await expect(enter('wrong again')).rejects.toThrow(/again in 1 s/);
  expect(await enter('wrong again', 'dev_a1', '10.0.0.2')).toBeUndefined();
  now = 1_000;
  expect(await enter('wrong again')).toBeUndefined();
});

test('ten thousand reconnects with the right password at once cost one look each device, and all come in', async () => {
  issue(await hashSecret('right'));
  const answers = await Promise.all(Array.from({ length: 10_000 }, () => enter('right')));
  expect(answers.every((answer) => answer === answers[0] && answer !== undefined)).toBe(true);
});

test('certificates: registered by fingerprint, with the matching name or none, until revoked', async () => {
  const withCertificate = (username?: string) =>
    authenticator.authenticate(username, undefined, {
      address: '10.0.0.1',
      certificate: { fingerprint, commonName: 'dev_a1' },
    });
  expect(await withCertificate()).toBeUndefined();
  apply({ type: 'certificate.registered', fingerprint, principal, at });
  expect(await withCertificate()).toEqual(principal);
  expect(await withCertificate('dev_a1')).toEqual(principal);
  expect(await withCertificate('dev_b1')).toBeUndefined();
  apply({ type: 'certificate.revoked', fingerprint, at });
  expect(await withCertificate()).toBeUndefined();
  apply({ type: 'certificate.registered', fingerprint, principal, at });
  expect(await withCertificate()).toEqual(principal);
  // The user name goes, and its certificates with it.
  apply({ type: 'credential.revoked', username: 'dev_a1', at });
  expect(await withCertificate()).toBeUndefined();
});

test('certificates by name, only where that is trusted, and not what was revoked', async () => {
  const { smallFleet } = await import('../testing/fixtures.ts');
  for (const device of smallFleet().devices) apply({ type: 'device.put', device });
  const trusting = new Authenticator(registry, { monotonicMs: () => now, trustCommonNames: true });
  const ask = (who: Authenticator, commonName: string | null) =>
    who.authenticate(undefined, undefined, { address: '10.0.0.1', certificate: { fingerprint, commonName } });
  expect(await ask(authenticator, 'dev_a1')).toBeUndefined();
  expect(await ask(trusting, 'dev_a1')).toEqual(principal);
  for (const name of ['dev_nobody', 'admin', null]) expect(await ask(trusting, name)).toBeUndefined();
  apply({ type: 'certificate.revoked', fingerprint, at });
  expect(await ask(trusting, 'dev_a1')).toBeUndefined();
});
