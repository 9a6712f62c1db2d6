import type { ErrorCode, Problem } from '@uptower/domain';

/** `offline`: no answer at all. Everything else is the server's own code. */
export type ProblemCode = ErrorCode | 'offline';

/** A refusal of the server, or its silence, as a value a page can show. */
export class ApiProblem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly status: number,
    readonly detail?: string,
    readonly errors?: Problem['errors'],
  ) {
    super(detail ?? code);
  }
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      signal,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(method === 'GET' ? {} : { 'x-uptower': '1' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem('offline', 0);
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  const json = parseJson(text);
  if (response.ok && json !== undefined) return json as T;
  const problem = json as Problem | undefined;
  throw new ApiProblem(
    problem?.code ?? (response.status === 404 ? 'not-found' : 'internal'),
    response.status,
    problem?.detail,
    problem?.errors,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, undefined, signal),
  post: <T>(path: string, body: unknown = {}) => call<T>('POST', path, body),
  put: <T>(path: string, body: unknown) => call<T>('PUT', path, body),
  delete: <T>(path: string) => call<T>('DELETE', path),
};

/** `a=1&b=2` without what is undefined. */
export function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  return new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
}
