import type { Request } from 'express';

export interface GivenCredentials {
  readonly username: string;
  readonly password: Buffer;
}

/**
 * The device credentials of a request: `Authorization: Basic …`; `Bearer` or `Token` with `name:secret`; for InfluxDB
 * clients also `?u=…&p=…`. Undefined when there are none, or none that can be read.
 */
export function credentialsOf(request: Request, inQuery: boolean): GivenCredentials | undefined {
  const [, scheme = '', rest = ''] = /^(\S+) +(\S+) *$/.exec(request.headers.authorization ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'basic':
      return pair(Buffer.from(rest, 'base64').toString('utf8'));
    case 'bearer':
    case 'token':
      return pair(rest);
  }
  const { u, p } = request.query;
  return inQuery && typeof u === 'string' && typeof p === 'string'
    ? { username: u, password: Buffer.from(p) }
    : undefined;
}

function pair(text: string): GivenCredentials | undefined {
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { username: text.slice(0, colon), password: Buffer.from(text.slice(colon + 1)) };
}
