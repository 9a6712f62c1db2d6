import { resolve } from 'node:path';
import type { Problem } from '@uptower/domain';
import { type Runtime, readRuntime, webUrlOf } from '@uptower/platform';

/** What went wrong in words for the person at the terminal; exit code 1. */
export class CommandFailed extends Error {}

export interface ApiClient {
  get<T>(path: string): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
}

/** Talks to a running server with the rights of whoever may read its data directory. */
export function apiClient(runtime: Pick<Runtime, 'host' | 'webPort' | 'token'>): ApiClient {
  const url = webUrlOf(runtime);
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${runtime.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: Error & { cause?: Error }) => {
      throw new CommandFailed(`the server at ${url} cannot be reached: ${error.cause?.message ?? error.message}`);
    });
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    const fields = (problem?.errors ?? []).slice(0, 5).map((error) => `\n  ${error.path}: ${error.message}`);
    throw new CommandFailed(`${method} ${path}: ${problem?.title ?? response.statusText}${fields.join('')}`);
  };
  return {
    get: (path) => call('GET', path),
    put: (path, body) => call('PUT', path, body),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
  };
}

export function requireRunning(dataDir: string): Runtime {
  const runtime = readRuntime(dataDir);
  if (runtime) return runtime;
  throw new CommandFailed(
    `no Uptower is running on ${resolve(dataDir)}; start one with "npm start" (or name it with --data-dir)`,
  );
}
