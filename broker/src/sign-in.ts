import { DeviceId, NotLookedAt, type Principal, SiteId } from '@uptower/domain';
import type { Logger } from '@uptower/platform';
import type { AuthenticateError, Client } from 'aedes';
import { fromAccessToken } from './access/access-token.ts';
import type { Admission, Usage } from './access/admission.ts';
import { Refused } from './connection-errors.ts';
import type { BrokerPorts, Origin, Refusal } from './ports.ts';

/** MQTT 3.1.1 return codes, section 3.2.2.3. */
const CODE = { identifier: 2, unavailable: 3, credentials: 4 } as const;

/** What of the CONNECT packet is needed to let somebody in. */
export interface Connect {
  readonly clean: boolean;
  readonly clientId: string;
}

export interface SignInParts {
  readonly ports: BrokerPorts;
  readonly admission: Admission;
  readonly log: Logger;
  readonly refused: (reason: Refusal, from: string, detail: string) => void;
}

export type SignIn =
  | { readonly ok: true; readonly principal: Principal; readonly usage: Usage }
  | { readonly ok: false; readonly error: AuthenticateError };

/** Decides whether a client may come in; the error carries the return code it is told. */
export function signIn({ ports, admission, log, refused }: SignInParts) {
  const refuse = (reason: Refusal, code: number, from: string, detail: string): SignIn => {
    refused(reason, from, detail);
    return { ok: false, error: errorOf(code) };
  };
  return async (
    client: Client,
    connect: Connect,
    origin: Origin,
    user: string | undefined,
    secret: Buffer | undefined,
  ): Promise<SignIn> => {
    const { username, password } = fromAccessToken(user, secret);
    const from = username ? shownName(username) : origin.address;
    // Without an id nobody could ever come back to that session [MQTT-3.1.3-8].
    if (!connect.clean && connect.clientId === '')
      return refuse('client-id', CODE.identifier, from, `from ${origin.address}`);
    let principal: Principal | undefined;
    try {
      principal = await ports.authenticate(username, password, origin);
    } catch (error) {
      if (error instanceof NotLookedAt)
        return refuse('too-many-failures', CODE.unavailable, from, `from ${origin.address}: ${error.message}`);
      log.error({ err: error, from }, 'broker.sign-in-failed');
      return { ok: false, error: errorOf(CODE.unavailable) };
    }
    if (!principal) return refuse('bad-credentials', CODE.credentials, from, `from ${origin.address}`);
    if (client.closed) return { ok: false, error: errorOf(CODE.unavailable) };
    const usage = admission.enter(principal);
    if (typeof usage === 'string') return refuse(usage, CODE.unavailable, from, `from ${origin.address}`);
    return { ok: true, principal, usage };
  };
}

function errorOf(returnCode: number): AuthenticateError {
  return Object.assign(new Refused('not let in'), { returnCode }) as AuthenticateError;
}

/** A user name as refusals show it: whole when it is an id; else its beginning, for it may be a secret in the wrong place. */
export function shownName(username: string): string {
  if (DeviceId.safeParse(username).success || SiteId.safeParse(username).success) return username;
  return `${username.slice(0, Math.min(8, username.length >> 1))}…`;
}
