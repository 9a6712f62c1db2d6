import { type Role, SignInBody, Viewer } from '@uptower/domain';
import { answer, HttpProblem, type IdSource, type Logger, parse, requireViewer, type Tokens } from '@uptower/platform';
import { type CookieOptions, type Request, type RequestHandler, Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Accounts } from './accounts.ts';

const COOKIE = 'uptower_session';
/** A working day: who signs in in the morning is not thrown out before the evening. */
const SESSION_SECONDS = 12 * 3600;
const SERVICE_SECONDS = 30 * 24 * 3600;

const cookieOptions: CookieOptions = { httpOnly: true, sameSite: 'strict', path: '/' };

function cookieValue(header: string | undefined): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=');
    if (name === COOKIE) return value;
  }
  return undefined;
}

/** A token for a program of ours (simulated world, command line), not for a person. */
export function serviceToken(tokens: Tokens, role: Role, name: string): Promise<string> {
  const viewer = {
    accountId: `acc_service-${name}`,
    name: { en: name, zh: name },
    role,
    hospitalId: null,
    engineerId: null,
  };
  return tokens.issue({ service: viewer }, SERVICE_SECONDS);
}

/** Who a token speaks for now: a person's account is looked up each time, so that a removed one ends at once. */
async function viewerOfToken(
  tokens: Tokens,
  accounts: Accounts,
  token: string | undefined,
): Promise<Viewer | undefined> {
  const claims = token ? await tokens.check(token) : undefined;
  if (!claims) return undefined;
  if (claims.service !== undefined) return Viewer.safeParse(claims.service).data;
  if (typeof claims.account !== 'string' || typeof claims.session !== 'string') return undefined;
  return accounts.hasEnded(claims.session) ? undefined : accounts.byId(claims.account);
}

export function viewerOfCookie(tokens: Tokens, accounts: Accounts) {
  return (cookieHeader: string | undefined) => viewerOfToken(tokens, accounts, cookieValue(cookieHeader));
}

/** Puts `request.viewer` and refuses changes that another web page could have made the browser send. */
export function identify(tokens: Tokens, accounts: Accounts): RequestHandler {
  return async (request, _response, next) => {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const viewer = await viewerOfToken(tokens, accounts, bearer ?? cookieValue(request.headers.cookie));
    if (viewer) request.viewer = viewer;
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    // A foreign page cannot set this header without a preflight, which is never granted.
    if (changes && !bearer && request.headers['x-uptower'] === undefined) return next(new HttpProblem('cross-site'));
    next();
  };
}

export interface SessionDeps {
  readonly tokens: Tokens;
  readonly accounts: Accounts;
  readonly ids: IdSource;
  readonly demo: boolean;
  readonly log: Logger;
}

/** `GET|POST|DELETE /session`. */
export function sessionRouter({ tokens, accounts, ids, demo, log }: SessionDeps): Router {
  const router = Router();
  const limit = rateLimit({
    windowMs: 60_000,
    limit: 10,
    skipSuccessfulRequests: true,
    handler: (_request, _response, next) => next(new HttpProblem('too-many-requests')),
  });
  router.get(
    '/session',
    answer((request) => ({ viewer: requireViewer(request), demo })),
  );
  router.post(
    '/session',
    limit,
    answer(async (request: Request, response) => {
      const { username, password } = parse(SignInBody, request.body);
      const viewer = await accounts.signIn(username, password);
      log.info({ username, from: request.ip, ok: viewer !== undefined }, 'session.sign-in');
      if (!viewer) throw new HttpProblem('wrong-password');
      const token = await tokens.issue({ account: viewer.accountId, session: ids.next('ses') }, SESSION_SECONDS);
      response.cookie(COOKIE, token, { ...cookieOptions, maxAge: SESSION_SECONDS * 1000 });
      return { viewer, demo };
    }),
  );
  router.delete(
    '/session',
    answer(async (request, response) => {
      const claims = await tokens.check(cookieValue(request.headers.cookie) ?? '');
      if (typeof claims?.session === 'string' && !accounts.hasEnded(claims.session))
        await accounts.endSession(claims.session);
      response.clearCookie(COOKIE, cookieOptions);
    }),
  );
  return router;
}
