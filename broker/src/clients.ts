import { type Principal, usernameOf } from '@uptower/domain';
import type { Client } from 'aedes';
import type { Usage } from './access/admission.ts';

/** One client that passed the password check. */
export interface Voice {
  readonly client: Client;
  readonly principal: Principal;
  readonly usage: Usage;
  /** SHA-256 of the client certificate, when one was shown. */
  readonly certificate: string | null;
  /** Filters it subscribed to. */
  readonly filters: Set<string>;
  /** The native topic that was last found to be its own: most clients use one. */
  ownTopic: string;
  /** Messages given to it since its connection last took everything. */
  unread: number;
  /** PUBLISH packets on the broker's own way, not answered yet (`intake/direct-intake.ts`). */
  slow: number;
  /** CONNACK was sent: before it nothing else may be. */
  greeted: boolean;
  /** Its handshake is done. */
  ready: boolean;
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
