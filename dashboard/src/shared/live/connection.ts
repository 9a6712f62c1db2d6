import {
  type CollectionName,
  type Delta,
  type DeviceId,
  LIVE_VERSION,
  type LiveReadings,
  type LiveRefusal,
  type Snapshot,
} from '@uptower/domain';
import { io, type Socket } from 'socket.io-client';
import { applyDelta, applySnapshot, type Collection, type Collections, EMPTY, forgetSeq } from './collections.ts';
import { appendReadings, type LivePoint } from './readings.ts';

export type LiveStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** `dataFrom`: the clock's time of the last message, what every figure on screen is as of. */
  | { readonly state: 'reconnecting'; readonly dataFrom: number | null }
  | { readonly state: 'refused'; readonly reason: LiveRefusal };

/** Reconnect delays: 0.5 s, doubled to 5 s at most, ±30 % so that a restarted server is not stormed. */
const RECONNECT = { reconnectionDelay: 500, reconnectionDelayMax: 5_000, randomizationFactor: 0.3 };
/** Changes of one render arrive as one `watch`. */
const WATCH_DELAY_MS = 30;

const NAMES: readonly CollectionName[] = [
  'clock',
  'devices',
  'alerts',
  'orders',
  'portal-orders',
  'engineers',
  'plan',
  'intake',
];

/** The one live connection of the page: an external store that React reads through `hooks.ts`. */
export class LiveConnection {
  #socket: Socket | undefined;
  #collections = Object.fromEntries(NAMES.map((name) => [name, EMPTY])) as unknown as Collections;
  #readings = new Map<string, readonly LivePoint[]>();
  #status: LiveStatus = { state: 'connecting' };
  #listeners = new Map<string, Set<() => void>>();
  #wanted = new Map<string, number>();
  #watchTimer: ReturnType<typeof setTimeout> | undefined;
  #said = '';
  #clock: { now: number; speed: number; demo: boolean; at: number } | undefined;
  /** `performance.now()` of the last word from the server. */
  lastMessage = performance.now();

  open(): void {
    if (this.#socket) return;
    const socket = io({
      path: '/live',
      auth: { version: LIVE_VERSION },
      transports: ['websocket', 'polling'],
      ...RECONNECT,
    });
    this.#socket = socket;
    socket.on('connect', () => {
      for (const name of NAMES) this.#forget(name);
      this.#said = '';
      this.#setStatus({ state: 'live' });
      this.#watch();
    });
    socket.on('disconnect', () => this.#lost());
    socket.on('connect_error', (error) => {
      if (error.message === 'not-signed-in' || error.message === 'protocol-version')
        this.#setStatus({ state: 'refused', reason: error.message });
      else this.#lost();
    });
    socket.on('snapshot', (snapshot: Snapshot<never>) => {
      this.#heard();
      this.#put(
        snapshot.collection,
        applySnapshot(this.#collections[snapshot.collection] as Collection<never>, snapshot),
      );
    });
    socket.on('delta', (delta: Delta<never>) => {
      this.#heard();
      const after = applyDelta(this.#collections[delta.collection] as Collection<never>, delta);
      if (after === 'gap') this.#watchAgain();
      else this.#put(delta.collection, after);
    });
    socket.on('readings', (message: LiveReadings) => {
      this.#heard();
      const { deviceId, readings } = message;
      this.#readings.set(deviceId, appendReadings(this.#readings.get(deviceId) ?? [], readings));
      this.#tell(`readings:${deviceId}`);
    });
    socket.on('refused', () => this.#heard());
    socket.io.on('ping', () => this.#heard());
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#said = '';
    this.#clock = undefined;
    for (const name of NAMES) this.#put(name, EMPTY);
    this.#readings.clear();
    this.#setStatus({ state: 'connecting' });
  }

  collection = <Name extends CollectionName>(name: Name): Collections[Name] => this.#collections[name];
  readings = (deviceId: string): readonly LivePoint[] => this.#readings.get(deviceId) ?? NO_POINTS;
  status = (): LiveStatus => this.#status;

  /** Simulated time between two words of the server runs at its speed; it stands still while nobody can tell it. */
  now(): number {
    if (!this.#clock) return Date.now();
    const until = this.#status.state === 'live' ? performance.now() : this.lastMessage;
    return this.#clock.now + Math.max(0, until - this.#clock.at) * this.#clock.speed;
  }

  subscribe(topic: string, listener: () => void): () => void {
    const set = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, set.add(listener));
    return () => set.delete(listener);
  }

  /** Keeps collections and devices watched until the returned function is called. */
  retain(collections: readonly CollectionName[], telemetry: readonly DeviceId[]): () => void {
    const keys = [...collections.map((name) => `c:${name}`), ...telemetry.map((id) => `t:${id}`)];
    for (const key of keys) this.#wanted.set(key, (this.#wanted.get(key) ?? 0) + 1);
    this.#watchSoon();
    return () => {
      for (const key of keys) {
        const left = (this.#wanted.get(key) ?? 1) - 1;
        if (left > 0) this.#wanted.set(key, left);
        else this.#wanted.delete(key);
      }
      this.#watchSoon();
    };
  }

  #watchSoon(): void {
    clearTimeout(this.#watchTimer);
    this.#watchTimer = setTimeout(() => this.#watch(), WATCH_DELAY_MS);
  }

  #watchAgain(): void {
    this.#said = '';
    this.#watchSoon();
  }

  #watch(): void {
    if (!this.#socket?.connected) return;
    const of = (prefix: string) =>
      [...this.#wanted.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(2));
    const collections = of('c:').sort() as CollectionName[];
    const telemetry = of('t:').sort().slice(0, 20);
    const said = JSON.stringify([collections, telemetry]);
    if (said === this.#said) return;
    this.#said = said;
    // A room that was left may count anew when it is joined again.
    for (const name of NAMES) if (!collections.includes(name)) this.#forget(name);
    for (const id of this.#readings.keys()) if (!telemetry.includes(id)) this.#readings.delete(id);
    this.#socket.emit('watch', { collections, telemetry });
  }

  #put(name: CollectionName, after: Collection<never> | Collections[CollectionName]): void {
    if (this.#collections[name] === after) return;
    this.#collections = { ...this.#collections, [name]: after };
    if (name === 'clock') {
      const clock = this.#collections.clock.list[0];
      if (clock && clock.now !== this.#clock?.now) this.#clock = { ...clock, at: performance.now() };
    }
    this.#tell(name);
  }

  #forget(name: CollectionName): void {
    this.#put(name, forgetSeq<unknown>(this.#collections[name]) as Collection<never>);
  }

  #heard(): void {
    this.lastMessage = performance.now();
  }

  #lost(): void {
    if (this.#status.state === 'reconnecting') return;
    const dataFrom = this.#clock ? this.now() : null;
    this.#setStatus(this.#status.state === 'live' ? { state: 'reconnecting', dataFrom } : { state: 'connecting' });
  }

  #setStatus(status: LiveStatus): void {
    this.#status = status;
    this.#tell('status');
  }

  #tell(topic: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }
}

const NO_POINTS: readonly LivePoint[] = [];

export const live = new LiveConnection();
