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
import { isMadeByUs, secretMatches } from '@uptower/platform';
import { Failures, type Try } from './failures.ts';
import { networkOf } from './network.ts';
import { createTurns, TooManyWaiting } from './turns.ts';
import { WaitingLine, type WaitingLineOptions } from './waiting-line.ts';

/** Where somebody connects from. */
export interface Origin {
  readonly address: string;
  /** A client certificate whose authority we trust: SHA-256 (lower-case hex), and its common name. */
  readonly certificate?: { readonly fingerprint: string; readonly commonName: string | null };
}

type Secret = Pick<Credential, 'username' | 'secretHash'>;

export interface AuthenticatorOptions extends Pick<WaitingLineOptions, 'monotonicMs'> {
  /** Real time by default. */
  readonly after?: WaitingLineOptions['after'];
  /** A certificate whose common name is the id of a device or site speaks for it, registered or not. */
  readonly trustCommonNames?: boolean;
}

/** No user name is longer (ids, in characters), and no password (bytes). */
const MAX_NAME = 128;
const MAX_PASSWORD = 1024;
/** Hashes computed at the same time: two of libuv's four threads, the others are for the disk. */
const AT_ONCE = 2;
const MOST_WAITING = 20_000;
/** Wrong passwords that are known again, and for how long: what failed for another reason gets its chance. */
const MOST_WRONG = 10_000;
const WRONG_FOR_MS = 60_000;
/**
 * Of no secret anybody has, with the cost of `hashSecret`: what unknown user names are looked at against, so that the time
 * an answer takes does not tell which names with a secret of ours exist. (Those with a chosen password take longer: their
 * hash costs more and their tries wait sooner.)
 */
const HASH_OF_NOBODY =
  '$argon2id$v=19$m=1024,t=1,p=1$BhHFbd+Jd2yqIiD1uqksyQ$Nc1qsd1wAfK/LMYAY1tgyRuA8mNReVX9X+CzQ0klXLk';

/**
 * Who credentials speak for. A password that was right once is recognised again by an HMAC under a key of this process,
 * so that ten thousand reconnects cost no hashing; the stored hash is part of it, so a renewed or revoked one is not. So
 * is one that was wrong: a device with an old password tries it for ever, and that is no guess.
 */
export class Authenticator {
  readonly #key = randomBytes(32);
  /** Digests, as Latin-1 text: as buffers they would take five times as much. */
  readonly #verified = new Map<string, string>();
  /** Until when, oldest first. */
  readonly #wrong = new Map<string, number>();
  readonly #underWay = new Map<string, Promise<boolean>>();
  readonly #line: WaitingLine;
  readonly #inTurn = createTurns(AT_ONCE, MOST_WAITING);

  constructor(
    private readonly registry: Registry,
    private readonly options: AuthenticatorOptions,
  ) {
    const { monotonicMs, after = (ms, run) => void setTimeout(run, ms).unref() } = options;
    this.#line = new WaitingLine(new Failures(), { monotonicMs, after });
  }

  /** Undefined when they are wrong; rejects with `NotLookedAt` when after too many wrong ones its turn did not come. */
  async authenticate(
    username: string | undefined,
    password: Buffer | undefined,
    origin?: Origin,
  ): Promise<Principal | undefined> {
    const byCertificate = origin?.certificate && this.#ofCertificate(origin.certificate);
    if (byCertificate) return !username || username === usernameOf(byCertificate) ? byCertificate : undefined;
    if (username === undefined || password === undefined) return undefined;
    // Nobody's: what is remembered of tries must not grow with what strangers send.
    if (username.length > MAX_NAME || password.length > MAX_PASSWORD) return undefined;
    const credential = this.registry.credentials.get(username);
    if (!credential) {
      this.#verified.delete(username);
      const nobody = { username, secretHash: HASH_OF_NOBODY };
      await this.#verify(nobody, password, this.#digest(nobody, password), origin);
      return undefined;
    }
    const digest = this.#digest(credential, password);
    const known = this.#verified.get(username);
    if (known && timingSafeEqual(Buffer.from(known, 'latin1'), digest)) return credential.principal;
    if (!(await this.#verify(credential, password, digest, origin))) return undefined;
    // It may have been revoked or renewed meanwhile.
    if (this.registry.credentials.get(username) !== credential) return undefined;
    this.#verified.set(username, digest.toString('latin1'));
    return credential.principal;
  }

  #digest({ username, secretHash }: Secret, password: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${username}\n${secretHash}\n`).update(password).digest();
  }

  #verify(credential: Secret, password: Buffer, digest: Buffer, origin: Origin | undefined): Promise<boolean> {
    const key = digest.toString('base64');
    if ((this.#wrong.get(key) ?? 0) > this.options.monotonicMs()) return Promise.resolve(false);
    const same = this.#underWay.get(key);
    if (same) return same;
    const run = this.#look(credential, password, origin && networkOf(origin.address))
      .then((right) => {
        if (!right) this.#noteWrong(key);
        return right;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, run);
    return run;
  }

  #noteWrong(key: string): void {
    this.#wrong.delete(key);
    this.#wrong.set(key, this.options.monotonicMs() + WRONG_FOR_MS);
    if (this.#wrong.size > MOST_WRONG) this.#wrong.delete(this.#wrong.keys().next().value as string);
  }

  async #look({ username, secretHash }: Secret, password: Buffer, address: string | undefined): Promise<boolean> {
    const kind = isMadeByUs(secretHash) ? 'made' : 'chosen';
    const tried: Try | undefined = address === undefined ? undefined : { address, username, kind };
    if (tried) await this.#line.enter(tried);
    const right = await this.#inTurn(address ?? '', () => secretMatches(secretHash, password.toString())).catch(
      (error) => {
        if (error instanceof TooManyWaiting) throw new NotLookedAt('too many sign in at the same time');
        throw error;
      },
    );
    if (right && tried) this.#line.succeeded(tried);
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
