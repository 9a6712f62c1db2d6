import { type Principal, usernameOf } from '@uptower/domain';
import type { Client } from 'aedes';
import type { Usage } from './access/admission.ts';
import type { Qos } from './granted-qos.ts';

/** One client that passed the password check. */
export class Voice {
  #filters: Map<string, Qos> | null = null;
  /** The native topic that was last found to be its own: most clients use one. */
  ownTopic = '';
  /** Messages given to it since its connection last took everything. */
  unread = 0;
  /** PUBLISH packets on the broker's own way, not answered yet (`intake/direct-intake.ts`). */
  slow = 0;
  /** CONNACK was sent: before it nothing else may be. */
  greeted = false;
  /** Its handshake is done. */
  ready = false;

  /** `certificate`: SHA-256 of the client certificate, when one was shown. */
  constructor(
    readonly client: Client,
    readonly principal: Principal,
    readonly usage: Usage,
    readonly certificate: string | null,
  ) {}

  /** Filters it subscribed to, with the QoS it was granted; made when somebody looks, for most devices only speak. */
  get filters(): Map<string, Qos> {
    this.#filters ??= new Map();
    return this.#filters;
  }
}

/** Who is connected, by client and by user name. */
export class Clients {
  readonly #voices = new WeakMap<Client, Voice>();
  readonly #ofUser = new Map<string, Set<Voice>>();

  add(voice: Voice): void {
    this.#voices.set(voice.client, voice);
    const username = usernameOf(voice.principal);
    const others = this.#ofUser.get(username) ?? new Set();
    this.#ofUser.set(username, others.add(voice));
  }

  /** Its connection ended. Who it was stays known as long as the client is: its will is still to come. */
  remove(voice: Voice): void {
    const username = usernameOf(voice.principal);
    const others = this.#ofUser.get(username);
    others?.delete(voice);
    if (others?.size === 0) this.#ofUser.delete(username);
  }

  of(client: Client | null): Voice | undefined {
    return client ? this.#voices.get(client) : undefined;
  }

  ofUser(username: string): Voice[] {
    return [...(this.#ofUser.get(username) ?? [])];
  }

  *all(): Iterable<Voice> {
    for (const voices of this.#ofUser.values()) yield* voices;
  }
}
