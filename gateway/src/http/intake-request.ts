import { type Principal, SECOND, usernameOf } from '@uptower/domain';
import { HttpProblem } from '@uptower/platform';
import { type Request, type RequestHandler, type Response, raw } from 'express';
import type { Fleet } from '../formats/fleet.ts';
import type { Heard } from '../formats/formats.ts';
import type { Incoming } from '../incoming.ts';
import { credentialsOf } from './credentials-of.ts';
import { createRates, type Rate } from './rate.ts';

/** What messages over HTTP need; the same doors as the broker's. */
export interface IntakePorts {
  /** Who these credentials speak for; undefined when they are wrong. Rejects when there were too many failures lately. */
  authenticate(
    username: string,
    password: Buffer,
    origin: { readonly address: string },
  ): Promise<Principal | undefined>;
  /** Resolves when the message is durable. */
  accept(message: Incoming): Promise<void>;
  refused(reason: string, from: string, topic: string, detail: string, payload?: Buffer): void;
  /** The world as the pipeline sees it now: what would be made of a message. */
  fleet(): Fleet;
  now(): number;
}

export interface IntakeLimits {
  /** One message of the journal; the same as over MQTT. */
  readonly messageBytes: number;
  /** One request, unpacked. */
  readonly bodyBytes: number;
  /** How long an answer may wait for the disk; agents give up after five seconds. */
  readonly storeMs: number;
  readonly rates: Readonly<Record<Principal['kind'], { readonly requests: Rate; readonly bytes: Rate }>>;
}

const MIB = 1024 * 1024;
export const DEFAULT_INTAKE_LIMITS: IntakeLimits = {
  messageBytes: 256 * 1024,
  bodyBytes: 4 * MIB,
  storeMs: 4 * SECOND,
  rates: {
    device: { requests: { perSecond: 100, burst: 2_000 }, bytes: { perSecond: 4 * MIB, burst: 32 * MIB } },
    // A site's agent speaks for thousands of devices.
    site: { requests: { perSecond: 2_000, burst: 20_000 }, bytes: { perSecond: 64 * MIB, burst: 256 * MIB } },
  },
};

/** So long should wait whoever could not be stored. */
const RETRY_SECONDS = 5;

/** What both kinds of routes do with a request before and after they look into it. */
export function intakeRequests(ports: IntakePorts, limits: IntakeLimits) {
  const rates = createRates(() => performance.now());
  const principals = new WeakMap<Request, Principal>();

  const again = (response: Response, seconds: number) =>
    response.set('retry-after', String(Math.max(1, Math.ceil(seconds))));

  /** Who is asking, and whether not too often; before the body is read. */
  const identify =
    (inQuery: boolean): RequestHandler =>
    async (request, response, next) => {
      const given = credentialsOf(request, inQuery);
      const address = request.socket.remoteAddress ?? 'unknown';
      const refused = (reason: string, detail: string) =>
        ports.refused(reason, given?.username.slice(0, 128) ?? address, request.path.slice(0, 200), detail);
      let principal: Principal | undefined;
      try {
        principal = given && (await ports.authenticate(given.username, given.password, { address }));
      } catch (error) {
        refused('too-many-failures', `from ${address}`);
        again(response, RETRY_SECONDS);
        return next(new HttpProblem('too-many-requests', (error as Error).message));
      }
      if (!principal) {
        refused('bad-credentials', given ? `from ${address}` : `none given, from ${address}`);
        response.set('www-authenticate', 'Basic realm="uptower", charset="UTF-8"');
        return next(new HttpProblem('device-credentials'));
      }
      principals.set(request, principal);
      const wait = rates.take(usernameOf(principal), limits.rates[principal.kind].requests, 1);
      if (wait > 0) return tooFast(principal, request, response, next, wait);
      next();
    };

  const tooFast = (
    principal: Principal,
    request: Request,
    response: Response,
    next: (error: unknown) => void,
    ms: number,
  ) => {
    ports.refused('too-fast', usernameOf(principal), request.path, 'more than this credential may send');
    again(response, ms / 1000);
    next(
      new HttpProblem('too-many-requests', `more than this credential may send; go on in ${Math.ceil(ms / 1000)} s`),
    );
  };

  const parser = raw({ type: () => true, limit: limits.bodyBytes });
  /** Puts the whole body, unpacked, as a Buffer; counted against the rate by its size. */
  const body: RequestHandler = (request, response, next) =>
    parser(request, response, (error?: unknown) => {
      const principal = principalOf(request);
      if (error) {
        const problem = problemOfBody(error);
        ports.refused(
          problem.code === 'too-large' ? 'too-large' : 'unreadable-body',
          usernameOf(principal),
          request.path,
          problem.message,
        );
        // What was not read stays unread: the connection ends with the answer.
        response.set('connection', 'close');
        return next(problem);
      }
      // Without a body there is no Buffer.
      if (!Buffer.isBuffer(request.body)) request.body = Buffer.alloc(0);
      const wait = rates.take(
        `${usernameOf(principal)} bytes`,
        limits.rates[principal.kind].bytes,
        request.body.length,
      );
      if (wait > 0) return tooFast(principal, request, response, next, wait);
      next();
    });

  function principalOf(request: Request): Principal {
    const principal = principals.get(request);
    if (!principal) throw new HttpProblem('device-credentials');
    return principal;
  }

  return {
    identify,
    body,
    principalOf,
    heard: (principal: Principal, topic: string, payload: Buffer): Heard => ({
      receivedAt: ports.now(),
      from: usernameOf(principal),
      topic,
      payload,
    }),
    /** Resolves when all of it is on disk; otherwise the sender keeps it and sends it again. */
    async store(principal: Principal, topic: string, payloads: readonly Buffer[], response: Response): Promise<void> {
      const stored = Promise.all(
        payloads.map((payload) => ports.accept({ principal, topic, payload, retain: false, qos: 1 })),
      ).then(() => true);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), limits.storeMs);
      });
      const done = await Promise.race([stored, late]).catch(() => false);
      clearTimeout(timer);
      if (done) return;
      stored.catch(() => undefined); // answered already
      ports.refused('storage', usernameOf(principal), topic, 'could not be stored in time');
      again(response, RETRY_SECONDS);
      throw new HttpProblem('not-stored');
    },
  };
}
export type IntakeRequests = ReturnType<typeof intakeRequests>;

/** What the body parser stumbled over, in our words. */
function problemOfBody(error: unknown): HttpProblem {
  const { type, status, message } = error as { type?: string; status?: number; message?: string };
  if (type === 'entity.too.large') return new HttpProblem('too-large');
  if (status === 415) return new HttpProblem('unsupported-media', message);
  return new HttpProblem('bad-request', `the body could not be read: ${message ?? 'unknown'}`);
}
