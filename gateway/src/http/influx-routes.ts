import { ERRORS } from '@uptower/domain';
import { HttpProblem, problemOf } from '@uptower/platform';
import { type ErrorRequestHandler, type RequestHandler, type Router, urlencoded } from 'express';
import { pieces, readLines, type Written, writeTopic } from '../formats/line-protocol/decode.ts';
import type { IntakeLimits, IntakePorts, IntakeRequests } from './intake-request.ts';

/** In what words an answer is given: InfluxDB 1.x says `{error}`, 2.x `{code, message}`. */
interface Dialect {
  readonly inQuery: boolean;
  readonly precision: string;
  /** Of asking too often. Agents of 1.x drop what any 4xx refuses, and send again after a 503. */
  readonly tooOften: number;
  body(status: number, text: string): object;
}

const V1: Dialect = { inQuery: true, precision: 'ns', tooOften: 503, body: (_status, error) => ({ error }) };
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  413: 'request too large',
  415: 'invalid',
  429: 'too many requests',
  503: 'unavailable',
};
const V2: Dialect = {
  inQuery: false,
  precision: 'ns',
  tooOften: ERRORS['too-many-requests'].status,
  body: (status, message) => ({ code: CODES[status] ?? 'internal error', message }),
};

/** What clients of InfluxDB ask for before and while they write. Databases, buckets and organisations are not told apart. */
export function influxRoutes(router: Router, ports: IntakePorts, limits: IntakeLimits, requests: IntakeRequests): void {
  for (const [path, dialect] of [
    ['/write', V1],
    ['/api/v2/write', V2],
  ] as const)
    router.post(path, requests.identify(dialect.inQuery), requests.body, write(dialect), inWordsOf(dialect));

  const ping: RequestHandler = (request, response) => {
    response.set('x-influxdb-version', VERSION).set('x-influxdb-build', 'uptower');
    if (request.query.verbose !== undefined && request.query.verbose !== 'false') response.json({ version: VERSION });
    else response.status(204).end();
  };
  router.get('/ping', ping); // and HEAD
  router.get('/health', (_request, response) => {
    response.json({ name: 'uptower', message: 'ready for writes', status: 'pass', checks: [], version: VERSION });
  });
  // Agents create their database first; there is one, and it is there.
  router.post('/query', urlencoded({ extended: false, limit: '10kb' }), (request, response) => {
    const asked = String((request.body as { q?: unknown } | undefined)?.q ?? request.query.q ?? '');
    if (/^\s*create\s+database\b/i.test(asked)) response.json({ results: [{ statement_id: 0 }] });
    else
      response.status(400).json({ error: 'only writes are taken here; readings are at /api/v1/devices/:id/readings' });
  });

  function write(dialect: Dialect): RequestHandler {
    return async (request, response, next) => {
      try {
        const principal = requests.principalOf(request);
        const asked = request.query.precision ?? dialect.precision;
        const topic = typeof asked === 'string' ? writeTopic(asked) : undefined;
        if (!topic)
          throw new HttpProblem(
            'bad-request',
            `invalid precision "${String(asked).slice(0, 20)}" (use ns, us, ms, s, m or h)`,
          );
        const body = request.body as Buffer;
        if (body.length === 0) return void response.status(204).end();
        const payloads = pieces(body, limits.messageBytes);
        const written: Written[] = [];
        for (const payload of payloads) {
          written.push(readLines(requests.heard(principal, topic, payload), ports.fleet()));
          if (payloads.length > 1) await new Promise((resolve) => setImmediate(resolve));
        }
        await requests.store(principal, topic, payloads, response);
        const dropped = written.reduce((sum, each) => sum + each.dropped, 0);
        if (dropped === 0) return void response.status(204).end();
        const some = written.some(({ taken }) => taken > 0);
        response
          .status(400)
          .json(dialect.body(400, `${some ? 'partial write: ' : ''}${whyOf(written)} dropped=${dropped}`));
      } catch (error) {
        next(error);
      }
    };
  }
}

const VERSION = '1.8-uptower';

/** The first refused lines with their reason, in the form InfluxDB gives. */
function whyOf(written: readonly Written[]): string {
  return written
    .flatMap(({ refusals }) => refusals)
    .slice(0, 10)
    .map(({ reason, detail, line }) =>
      reason === 'malformed-lines' ? `unable to parse '${line}': ${detail}` : `${reason}: ${detail}`,
    )
    .join('\n');
}

function inWordsOf(dialect: Dialect): ErrorRequestHandler {
  return (error, _request, response, next) => {
    const { status: ours, title, detail, code, unexpected } = problemOf(error);
    if (unexpected) return next(error);
    const status = code === 'too-many-requests' ? dialect.tooOften : ours;
    response.status(status).json(dialect.body(status, detail ? `${title}: ${detail}` : title));
  };
}
