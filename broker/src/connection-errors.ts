import type { Refusal } from './ports.ts';

/** An error the broker itself handed to aedes to close a connection; already counted where it was made. */
export class Refused extends Error {}

/** Why a connection ended by an error is worth counting: a reason, or null for what the network does every day. */
export function reasonOfError(error: Error): Refusal | null {
  if (error instanceof Refused) return null;
  const { code } = error as NodeJS.ErrnoException;
  // ECONNRESET, EPIPE, ETIMEDOUT …: cables and reboots, not misbehaviour.
  if (typeof code === 'string' && /^(E[A-Z]+|ERR_STREAM_.*)$/.test(code)) return null;
  if (/keep ?alive timeout|connection closed/i.test(error.message)) return null;
  if (/drain timeout/i.test(error.message)) return 'slow-reader';
  if (/protocol version/i.test(error.message)) return 'protocol-version';
  if (/connect did not arrive/i.test(error.message)) return 'no-connect';
  if (/bad user name|not authorized|identifier rejected|server unavailable/i.test(error.message)) return null;
  return 'malformed-packet';
}
