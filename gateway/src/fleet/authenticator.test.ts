import { createHash } from 'node:crypto';
import {
  applyRegistryEvent,
  emptyRegistry,
  NotLookedAt,
  type Registry,
  type RegistryEvent,
  usernameOf,
} from '@uptower/domain';
import { hashPassword, hashSecret, manualClock, secretMatches } from '@uptower/platform';
import { beforeEach, expect, test, vi } from 'vitest';
import { principalOf } from '../testing/fixtures.ts';
import { Authenticator } from './authenticator.ts';

// Everything as it is, with the calls noted.
vi.mock('@uptower/platform', { spy: true });

const at = 1_790_000_000_000;
const principal = principalOf('dev_a1');
const fingerprint = 'ab'.repeat(32);
let registry: Registry;
let clock: ReturnType<typeof manualClock>;
let authenticator: Authenticator;
beforeEach(() => {
  registry = emptyRegistry();
  clock = manualClock(0);
  authenticator = new Authenticator(registry, time());
});

const time = () => ({
  monotonicMs: clock.now,
  after: (ms: number, run: () => void) => void clock.at(clock.now() + ms, run),
});
/** Lets time pass in small steps, with room for hashes to be computed in between, until this is settled. */
async function passing<T>(answer: Promise<T>): Promise<T> {
  let settled = false;
  const noted = answer.finally(() => {
    settled = true;
  });
  noted.catch(() => undefined);
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1);
  }
  return noted;
}
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
    const flood = Array.from({ length: 200 }, (_, i) =>
      enter(`wrong ${i}`, username, '10.0.0.9').catch((error) => error),
    );
    return (await passing(Promise.all(flood))).filter((result) => result instanceof NotLookedAt).length;
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

test('a device that was let in before is known again during a flood, at once; others are as ever', async () => {
  issue(await hashPassword('right'));
  issue(await hashSecret('other'), principalOf('dev_b1'));
  expect(await enter('right')).toEqual(principal);
  vi.mocked(secretMatches).mockClear();
  const flood = Array.from({ length: 500 }, (_, i) => enter(`wrong ${i}`).catch((error) => error));
  expect(await enter('right')).toEqual(principal);
  expect(await enter('other', 'dev_b1')).toBeDefined();
  expect(await enter('wrong again', 'dev_a1', '10.0.0.2')).toBeUndefined();
  const results = await passing(Promise.all(flood));
  expect(results.filter((result) => result instanceof NotLookedAt).length).toBeGreaterThan(490);
  // Guesses at a password somebody chose: five at once, one every five seconds.
  const guesses = vi.mocked(secretMatches).mock.calls.filter(([, secret]) => /^wrong \d/.test(secret));
  expect(guesses.length).toBeLessThanOrEqual(6);
});

for (const [kind, hash] of [
  ['a secret we made', hashSecret],
  ['a password somebody chose', hashPassword],
] as const)
  test(`a device that was never let in comes in after a flood from its own address under its own name: ${kind}`, async () => {
    issue(await hash('right'));
    const flood = Array.from({ length: 500 }, (_, i) => enter(`wrong ${i}`).catch((error) => error));
    expect(await passing(enter('right'))).toEqual(principal);
    await passing(Promise.all(flood));
  });

test('with a secret we made it comes in while the flood goes on', async () => {
  issue(await hashSecret('right'));
  let tries = 0;
  let stop = false;
  const flood = (): void => {
    if (stop) return;
    void enter(`wrong ${tries}`).catch(() => undefined);
    tries += 1;
    clock.at(clock.now() + 20, flood);
  };
  flood();
  for (let i = 0; i < 300; i += 1) await passing(Promise.resolve());
  expect(await passing(enter('right'))).toEqual(principal);
  stop = true;
});

test('the same wrong password again is no guess: a device with an old one holds nobody up and costs nothing', async () => {
  issue(await hashPassword('right'));
  vi.mocked(secretMatches).mockClear();
  for (let i = 0; i < 1_000; i += 1) expect(await enter('old')).toBeUndefined();
  expect(vi.mocked(secretMatches).mock.calls.filter(([, secret]) => secret === 'old')).toHaveLength(1);
  expect(await enter('right')).toEqual(principal);
  issue(await hashPassword('old'));
  expect(await enter('old')).toEqual(principal);
});

test('what was wrong is looked at again a minute later', async () => {
  issue(await hashSecret('right'));
  vi.mocked(secretMatches).mockResolvedValueOnce(false); // the machine had no memory for it
  expect(await enter('right')).toBeUndefined();
  clock.advance(60_000);
  expect(await enter('right')).toEqual(principal);
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
  const trusting = new Authenticator(registry, { ...time(), trustCommonNames: true });
  const ask = (who: Authenticator, commonName: string | null) =>
    who.authenticate(undefined, undefined, { address: '10.0.0.1', certificate: { fingerprint, commonName } });
  expect(await ask(authenticator, 'dev_a1')).toBeUndefined();
  expect(await ask(trusting, 'dev_a1')).toEqual(principal);
  for (const name of ['dev_nobody', 'admin', null]) expect(await ask(trusting, name)).toBeUndefined();
  apply({ type: 'certificate.revoked', fingerprint, at });
  expect(await ask(trusting, 'dev_a1')).toBeUndefined();
});

test('a name or password no one can have is wrong at once, and nothing of it is remembered', async () => {
  issue(await hashPassword('right'));
  vi.mocked(secretMatches).mockClear();
  for (let i = 0; i < 1_000; i += 1) expect(await enter('wrong', `${i}${'x'.repeat(60_000)}`)).toBeUndefined();
  expect(await enter('x'.repeat(2_000))).toBeUndefined();
  expect(secretMatches).not.toHaveBeenCalled();
  expect(await enter('right')).toEqual(principal); // the address has all its tries
});
