import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type Credential,
  DeviceId,
  NotLookedAt,
  type Principal,
  type Registry,
  SiteId,
  usernameOf,
} from '@uptower/domain';
import { secretMatches } from '@uptower/platform';
import { Failures } from './failures.ts';
import { createTurns, TooManyWaiting } from './turns.ts';

/** Where somebody connects from. */
export interface Origin {
  readonly address: string;
  /** A client certificate whose authority we trust: SHA-256 (lower-case hex), and its common name. */
  readonly certificate?: { readonly fingerprint: string; readonly commonName: string | null };
}

type Secret = Pick<Credential, 'username' | 'secretHash'>;

export interface AuthenticatorOptions {
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  /** A certificate whose common name is the id of a device or site speaks for it, registered or not. */
  readonly trustCommonNames?: boolean;
}

/** Hashes computed at the same time: two of libuv's four threads, the others are for the disk. */
const AT_ONCE = 2;
const MOST_WAITING = 20_000;
/**
 * Of no secret anybody has, with the cost of `hashSecret`: what unknown user names are looked at against, so that the time
 * an answer takes does not tell which names exist.
 */
const HASH_OF_NOBODY =
  '$argon2id$v=19$m=1024,t=1,p=1$BhHFbd+Jd2yqIiD1uqksyQ$Nc1qsd1wAfK/LMYAY1tgyRuA8mNReVX9X+CzQ0klXLk';

/**
 * Who credentials speak for. A password that was right once is recognised again by an HMAC under a key of this process,
 * so that ten thousand reconnects cost no hashing; the stored hash is part of it, so a renewed or revoked one is not.
 */
export class Authenticator {
  readonly #key = randomBytes(32);
  readonly #verified = new Map<string, Buffer>();
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #failures = new Failures();
  readonly #inTurn = createTurns(AT_ONCE, MOST_WAITING);

  constructor(
    private readonly registry: Registry,
    private readonly options: AuthenticatorOptions,
  ) {}

  /** Undefined when they are wrong; rejects with `NotLookedAt` after too many failures from there. */
  async authenticate(
    username: string | undefined,
    password: Buffer | undefined,
    origin?: Origin,
  ): Promise<Principal | undefined> {
    const byCertificate = origin?.certificate && this.#ofCertificate(origin.certificate);
    if (byCertificate) return !username || username === usernameOf(byCertificate) ? byCertificate : undefined;
    if (username === undefined || password === undefined) return undefined;
    const credential = this.registry.credentials.get(username);
    if (!credential) {
      this.#verified.delete(username);
      const nobody = { username, secretHash: HASH_OF_NOBODY };
      await this.#verify(nobody, password, this.#digest(nobody, password), origin);
      return undefined;
    }
    const digest = this.#digest(credential, password);
    const known = this.#verified.get(username);
    if (known && timingSafeEqual(known, digest)) return credential.principal;
    if (!(await this.#verify(credential, password, digest, origin))) return undefined;
    // It may have been revoked or renewed meanwhile.
    if (this.registry.credentials.get(username) !== credential) return undefined;
    this.#verified.set(username, digest);
    return credential.principal;
  }

  #digest({ username, secretHash }: Secret, password: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${username}\n${secretHash}\n`).update(password).digest();
  }

  #verify(credential: Secret, password: Buffer, digest: Buffer, origin: Origin | undefined): Promise<boolean> {
    const key = digest.toString('base64');
    const same = this.#underWay.get(key);
    if (same) return same;
    const run = this.#look(credential, password, origin?.address).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, run);
    return run;
  }

  async #look({ username, secretHash }: Secret, password: Buffer, address: string | undefined): Promise<boolean> {
    const now = this.options.monotonicMs;
    if (address !== undefined) {
      const wait = this.#failures.wait(address, username, now());
      if (wait > 0) throw new NotLookedAt(`too many wrong passwords; again in ${Math.ceil(wait / 1000)} s`);
      this.#failures.tried(address, username, now());
    }
    const right = await this.#inTurn(address ?? '', () => secretMatches(secretHash, password.toString())).catch(
      (error) => {
        if (error instanceof TooManyWaiting) throw new NotLookedAt('too many sign in at the same time');
        throw error;
      },
    );
    if (right && address !== undefined) this.#failures.succeeded(address, username, now());
    return right;
  }

  #ofCertificate({ fingerprint, commonName }: NonNullable<Origin['certificate']>): Principal | undefined {
    const { certificates, revoked, devices, sites } = this.registry;
    if (revoked.has(fingerprint)) return undefined;
    const registered = certificates.get(fingerprint);
    if (registered) return registered.principal;
    if (!this.options.trustCommonNames || commonName === null || revoked.has(commonName)) return undefined;
    const deviceId = DeviceId.safeParse(commonName).data;
    const device = deviceId && devices.get(deviceId);
    if (device) return { kind: 'device', siteId: device.siteId, deviceId: device.id };
    const siteId = SiteId.safeParse(commonName).data;
    return siteId && sites.has(siteId) ? { kind: 'site', siteId } : undefined;
  }
}
