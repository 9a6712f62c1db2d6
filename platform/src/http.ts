import { can, ERRORS, type ErrorCode, type Permission, type Problem, type Viewer } from '@uptower/domain';
import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { VersionConflict } from './event-log.ts';
import type { Logger } from './logger.ts';

/** Thrown anywhere in a request; answered as problem details (RFC 9457). */
export class HttpProblem extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    readonly errors?: Problem['errors'],
  ) {
    super(detail ?? ERRORS[code].title);
  }
}

declare global {
  namespace Express {
    interface Request {
      /** Set by the sign-in middleware of the app; absent when nobody is signed in. */
      viewer?: Viewer;
    }
  }
}

/** Who is asking; refuses when nobody is signed in or the role may not. */
export function requireViewer(request: Request, permission?: Permission): Viewer {
  const { viewer } = request;
  if (!viewer) throw new HttpProblem('not-signed-in');
  if (permission && !can(viewer, permission))
    throw new HttpProblem('not-allowed', `${viewer.role} lacks ${permission}`);
  return viewer;
}

/** Parses a body, query or path once at the edge; the problem names every wrong field. */
export function parse<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new HttpProblem(
    'bad-request',
    undefined,
    result.error.issues.map((issue) => ({ path: issue.path.join('.') || '(body)', message: issue.message })),
  );
}

/** Sends what the function returns as JSON; undefined is 204. */
export function answer(handle: (request: Request, response: Response) => unknown): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    try {
      const body = await handle(request, response);
      if (response.headersSent) return;
      if (body === undefined) response.status(204).end();
      else response.json(body);
    } catch (error) {
      next(error);
    }
  };
}

export function problemOf(error: unknown): Problem & { readonly unexpected: boolean } {
  const make = (code: ErrorCode, detail?: string, errors?: Problem['errors']) => ({
    type: `urn:uptower:${code}`,
    title: ERRORS[code].title,
    status: ERRORS[code].status,
    code,
    ...(detail ? { detail } : {}),
    advice: ERRORS[code].advice,
    ...(errors ? { errors } : {}),
    unexpected: code === 'internal',
  });
  if (error instanceof HttpProblem) return make(error.code, error.detail, error.errors);
  if (error instanceof VersionConflict) return make('version-conflict', error.message);
  // express's own errors carry a status; only its body parser's texts are about what the client sent.
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (status === 413) return make('too-large');
  if (status === 404) return make('not-found');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return make('bad-request', typeof type === 'string' ? (error as Error).message : undefined);
  return make('internal');
}

export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const { unexpected, ...problem } = problemOf(error);
    if (unexpected) log.error({ err: error, method: request.method, path: request.path }, 'http.failed');
    if (response.headersSent) return next(error);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}
