import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { X509Certificate } from '@peculiar/x509';
import { DAY } from '@uptower/domain';

/** A certificate and its private key, both PEM. */
export interface Signed {
  readonly cert: string;
  readonly key: string;
}

/** P-256: known to every TLS library that small devices carry, and quick on them. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const AUTHORITY_MS = 3650 * DAY;
/** Clients refuse server certificates of more than 825 days. */
const LEAF_MS = 820 * DAY;
/** Clocks that are slow must not find it not valid yet. */
const EARLIER_MS = DAY;
/** RFC 5280, section 4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Loaded when it is needed: it wants the metadata functions of `Reflect` to be there first. */
async function load() {
  provideReflectMetadata();
  return import('@peculiar/x509');
}

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}
/** Positive, and not guessable (RFC 5280, section 4.1.2.2). */
const newSerial = () => `00${randomBytes(16).toString('hex')}`;
const validity = (now: number, forMs: number) => ({
  notBefore: new Date(now - EARLIER_MS),
  notAfter: new Date(now + forMs),
});

/** An authority of one's own, for ten years. */
export async function makeAuthority(name: string, now: number): Promise<Signed> {
  const x509 = await load();
  const keys = await newKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [name] }],
    ...validity(now, AUTHORITY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(cert), key: await pemOfKey(keys.privateKey) };
}

/** For a server known under these names and addresses. */
export const makeServerCertificate = (authority: Signed, names: readonly string[], now: number): Promise<Signed> =>
  makeLeaf(authority, names[0] ?? 'localhost', names, SERVER_AUTH, now);

/** For a device or site; its common name is its id. */
export const makeClientCertificate = (authority: Signed, id: string, now: number): Promise<Signed> =>
  makeLeaf(authority, id, [], CLIENT_AUTH, now);

async function makeLeaf(
  authority: Signed,
  commonName: string,
  names: readonly string[],
  usage: string,
  now: number,
): Promise<Signed> {
  const x509 = await load();
  const issuer = new x509.X509Certificate(authority.cert);
  const der = createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const keys = await newKeys();
  const alternatives = names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [commonName] }],
    issuer: issuer.subject,
    ...validity(now, LEAF_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(cert), key: await pemOfKey(keys.privateKey) };
}

const pemOf = (cert: X509Certificate) => `${cert.toString('pem').trim()}\n`;

/** The three functions of the metadata proposal that @peculiar/x509's container asks of `Reflect`. */
function provideReflectMetadata(): void {
  if ('getMetadata' in Reflect) return;
  const kept = new WeakMap<object, Map<unknown, unknown>>();
  Object.assign(Reflect, {
    defineMetadata(key: unknown, value: unknown, target: object) {
      kept.set(target, (kept.get(target) ?? new Map()).set(key, value));
    },
    getOwnMetadata: (key: unknown, target: object) => kept.get(target)?.get(key),
    getMetadata(key: unknown, target: object): unknown {
      for (let at: object | null = target; at; at = Object.getPrototypeOf(at))
        if (kept.get(at)?.has(key)) return kept.get(at)?.get(key);
      return undefined;
    },
  });
}
