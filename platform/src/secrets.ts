import { createHash, timingSafeEqual } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id with the library's defaults (19 MiB, 2 passes; what OWASP asks for): for passwords people choose. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** Against a PHC string, with the parameters it names. */
export const verifyPassword = (stored: string, password: string): Promise<boolean> => verify(stored, password);

/**
 * argon2id for secrets we made ourselves. 192 random bits cannot be guessed, stretched or not: 1 MiB and one pass cost a
 * third of a millisecond, so that ten thousand devices can reconnect at once.
 */
export const hashSecret = (secret: string): Promise<string> =>
  hash(secret, { memoryCost: 1024, timeCost: 1, parallelism: 1 });

/** SHA-256 in hex: how generated secrets were kept before; the records of those days still hold them. */
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** Whether this is the hash of a secret we made ourselves: nobody guesses that. */
export const isMadeByUs = (stored: string): boolean => SHA256_HEX.test(stored) || stored.includes('$m=1024,t=1,p=1$');

/** Whether `secret` belongs to `stored`: a PHC string, or a SHA-256 of earlier records. False for anything else. */
export async function secretMatches(stored: string, secret: string): Promise<boolean> {
  if (SHA256_HEX.test(stored))
    return timingSafeEqual(Buffer.from(stored, 'hex'), createHash('sha256').update(secret).digest());
  return verify(stored, secret).catch(() => false);
}
