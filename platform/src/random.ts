import { randomBytes } from 'node:crypto';

/** Where ids come from; tests pass a counter. */
export interface IdSource {
  /** A fresh id with this prefix: `wo_k3j9x2…`. */
  next(prefix: string): string;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base 32: no i, l, o, u

/** 80 random bits an id. */
export function randomIds(): IdSource {
  return {
    next: (prefix) => `${prefix}_${Array.from(randomBytes(16), (byte) => ALPHABET[byte & 31]).join('')}`,
  };
}

export function countingIds(): IdSource {
  let n = 0;
  return { next: (prefix) => `${prefix}_${String(++n).padStart(4, '0')}` };
}

/** A random secret of 192 bits, safe in a shell line and a URL. */
export function randomSecret(): string {
  return randomBytes(24).toString('base64url').replace(/^-/, 'A');
}
