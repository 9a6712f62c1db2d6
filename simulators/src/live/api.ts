import { type EngineerId, type IssuedCredential, Place } from '@uptower/domain';
import type { World } from '../world/build-world.ts';

/** What the server answered instead of what was asked for. */
export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    what: string,
  ) {
    super(`${what}: ${status} ${code}`);
  }
}

const LONGEST_CALL_MS = 20_000;

/** The product's HTTP interface as the simulators use it: one bearer token of the role `integration`. */
export class Api {
  /** Calls that are waited for: there may be one for each engineer, and `signal` is listened to once for all. */
  private readonly calls = new Set<AbortController>();

  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
    private readonly signal: AbortSignal,
  ) {
    const endAll = () => {
      for (const call of this.calls) call.abort();
    };
    signal.addEventListener('abort', endAll, { once: true });
  }

  async putRegistry(world: World): Promise<void> {
    await this.#call('PUT', '/registry', world);
  }

  /** By user name: devices, and sites for their gateways. */
  async issueCredentials(usernames: readonly string[]): Promise<IssuedCredential[]> {
    const isSite = (username: string) => username.startsWith('site_');
    const asked = { devices: usernames.filter((one) => !isSite(one)), sites: usernames.filter(isSite) };
    return (await this.#call('POST', '/credentials', asked)) as IssuedCredential[];
  }

  async reportPosition(engineerId: EngineerId, place: Place, at: number): Promise<void> {
    await this.#call('POST', '/engineers/position', { place: Place.parse(place), at }, engineerId);
  }

  /** An engineer's own calls name the engineer: the integration speaks for the whole crew. */
  async asEngineer(engineerId: EngineerId, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    return this.#call(method, path, body, engineerId);
  }

  async #call(method: string, path: string, body?: unknown, engineerId?: EngineerId): Promise<unknown> {
    // By hand: what `AbortSignal.any` makes may be collected while it is waited for, and then nothing ends the call.
    const ending = new AbortController();
    if (this.signal.aborted) ending.abort();
    this.calls.add(ending);
    const late = setTimeout(() => ending.abort(), LONGEST_CALL_MS);
    try {
      return await this.#answered(method, path, body, engineerId, ending.signal);
    } finally {
      clearTimeout(late);
      this.calls.delete(ending);
    }
  }

  async #answered(
    method: string,
    path: string,
    body: unknown,
    engineerId: EngineerId | undefined,
    signal: AbortSignal,
  ): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        'x-uptower': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(engineerId ? { 'x-uptower-engineer': engineerId } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    let code = 'unreadable';
    try {
      code = String((JSON.parse(text) as { code?: unknown }).code ?? code);
    } catch {
      // Not problem details (a proxy, a crash page): the status says enough.
    }
    throw new ApiRefusal(response.status, code, `${method} ${path}`);
  }
}
