import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Instant } from '@uptower/domain';
import type { TlsMaterial } from '../options.ts';

/** What is wrong with the files, in words for whoever configured them. */
export class TlsFileProblem extends Error {}

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string;
}

/** Reads certificate, key and client authority, and says plainly what does not fit together. */
export function readTlsFiles({ certFile, keyFile, caFile }: TlsFiles, now: Instant): TlsMaterial {
  const cert = read(certFile, 'certificate');
  const key = read(keyFile, 'private key');
  const certificate = parseCertificate(cert, certFile);
  const privateKey = (() => {
    try {
      return createPrivateKey(key);
    } catch (error) {
      throw new TlsFileProblem(`${keyFile} holds no private key that can be used: ${(error as Error).message}`);
    }
  })();
  if (!certificate.checkPrivateKey(privateKey))
    throw new TlsFileProblem(`${keyFile} is not the key of the certificate in ${certFile}`);
  if (Date.parse(certificate.validTo) <= now)
    throw new TlsFileProblem(`the certificate in ${certFile} expired on ${certificate.validTo}`);
  if (caFile === undefined) return { cert, key };
  const ca = read(caFile, "authority's certificate");
  if (!parseCertificate(ca, caFile).ca)
    throw new TlsFileProblem(`${caFile} is a certificate, but not of an authority that may sign others`);
  return { cert, key, ca };
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new TlsFileProblem(`${what} ${file}: ${why}`);
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new TlsFileProblem(`${file} holds no certificate in PEM form: ${(error as Error).message}`);
  }
}
