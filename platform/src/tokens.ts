import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { jwtVerify, SignJWT } from 'jose';

/** Signs and checks what says who is asking. */
export interface Tokens {
  /** A token that carries `claims` for `seconds`. */
  issue(claims: Record<string, unknown>, seconds: number): Promise<string>;
  /** The claims, or undefined when forged, altered or expired. */
  check(token: string): Promise<Record<string, unknown> | undefined>;
}

/** `nowSeconds`: real time (tokens live in real hours, also when the demo's clock runs faster). */
export function createTokens(key: Uint8Array, nowSeconds: () => number): Tokens {
  return {
    issue: (claims, seconds) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt(nowSeconds())
        .setExpirationTime(nowSeconds() + seconds)
        .sign(key),
    async check(token) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          currentDate: new Date(nowSeconds() * 1000),
        });
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}

/** The signing key of a data directory; made on first use, readable by its owner only. */
export function loadSigningKey(file: string): Uint8Array {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(32), { mode: 0o600 });
  }
  return readFileSync(file);
}
