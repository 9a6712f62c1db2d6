import type { Server as HttpServer } from 'node:http';
import { type CollectionName, LIVE_VERSION, type LiveReadings, type Viewer, WatchRequest } from '@uptower/domain';
import { Server, type Socket } from 'socket.io';
import type { Logger } from './logger.ts';

/**
 * Changes of one window travel together: measured 6 × less CPU than one message a change. A change after a quiet window
 * travels at once: an alert waits for nothing but others like it.
 */
const WINDOW_MS = 100;
/** A connection outlives its session by at most this much. */
const RECHECK_MS = 10_000;

/** Rows that screens watch. An audience is a set of people who see the same rows: all staff, or one hospital. */
export interface LiveCollection<T extends { readonly id: string }> {
  readonly name: CollectionName;
  /** The audience of this viewer, or null when the collection is not for them. */
  audienceOf(viewer: Viewer): string | null;
  /** Every row an audience sees now. */
  items(audience: string): readonly T[];
  /** Whether an audience sees this row. */
  sees(audience: string, item: T): boolean;
}

export interface LivePublisher<T extends { readonly id: string }> {
  upsert(item: T): void;
  remove(id: string): void;
}

export interface LiveHub {
  /** Makes a collection watchable. Services call it while they start. */
  register<T extends { readonly id: string }>(collection: LiveCollection<T>): LivePublisher<T>;
  /** Whether somebody may watch this device's readings; set by the service that knows devices. */
  allowTelemetry(allowed: (viewer: Viewer, deviceId: string) => boolean): void;
  readings(deviceId: LiveReadings['deviceId'], reading: LiveReadings['readings'][number]): void;
  attach(server: HttpServer, viewerOf: (cookieHeader: string | undefined) => Promise<Viewer | undefined>): void;
  close(): Promise<void>;
}

interface Registered {
  collection: LiveCollection<{ readonly id: string }>;
  upserts: Map<string, { readonly id: string }>;
  removes: Set<string>;
  /** Last number said to each audience. */
  seq: Map<string, number>;
}

const roomOf = (collection: string, audience: string) => `${collection}@${audience}`;
const telemetryRoom = (deviceId: string) => `telemetry:${deviceId}`;

export function createLiveHub(log: Logger): LiveHub {
  const registered = new Map<CollectionName, Registered>();
  const readings = new Map<LiveReadings['deviceId'], LiveReadings['readings'][number][]>();
  let io: Server | undefined;
  let timer: NodeJS.Timeout | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let rechecking: NodeJS.Timeout | undefined;
  let telemetryAllowed = (_viewer: Viewer, _deviceId: string) => false;

  const occupied = (room: string) => (io?.sockets.adapter.rooms.get(room)?.size ?? 0) > 0;

  /** Moves on once the window that began with the last message is over. */
  const soon = () => {
    if (!io || timer) return;
    timer = setTimeout(flush, Math.max(0, sentAt + WINDOW_MS - performance.now()));
  };

  const flush = () => {
    timer = undefined;
    sentAt = performance.now();
    for (const [name, entry] of registered) {
      if (entry.upserts.size === 0 && entry.removes.size === 0) continue;
      for (const [audience, seq] of entry.seq) {
        const room = roomOf(name, audience);
        if (!occupied(room)) {
          entry.seq.delete(audience);
          continue;
        }
        const upserts = [...entry.upserts.values()].filter((item) => entry.collection.sees(audience, item));
        const removes = [...entry.removes];
        if (upserts.length === 0 && removes.length === 0) continue;
        entry.seq.set(audience, seq + 1);
        io?.to(room).emit('delta', { collection: name, seq: seq + 1, upserts, removes });
      }
      entry.upserts.clear();
      entry.removes.clear();
    }
    for (const [deviceId, list] of readings)
      io?.to(telemetryRoom(deviceId)).emit('readings', { deviceId, readings: list } satisfies LiveReadings);
    readings.clear();
  };

  const watch = (socket: Socket, viewer: Viewer, request: WatchRequest) => {
    for (const room of socket.rooms) if (room !== socket.id) void socket.leave(room);
    for (const name of request.collections) {
      const entry = registered.get(name);
      const audience = entry?.collection.audienceOf(viewer) ?? null;
      if (!entry || audience === null) {
        socket.emit('refused', { reason: 'not-allowed', collection: name });
        continue;
      }
      const seq = entry.seq.get(audience) ?? 0;
      entry.seq.set(audience, seq);
      void socket.join(roomOf(name, audience));
      socket.emit('snapshot', { collection: name, seq, items: entry.collection.items(audience) });
    }
    for (const deviceId of request.telemetry) {
      if (telemetryAllowed(viewer, deviceId)) void socket.join(telemetryRoom(deviceId));
      else socket.emit('refused', { reason: 'not-allowed', deviceId });
    }
  };

  return {
    register<T extends { readonly id: string }>(collection: LiveCollection<T>): LivePublisher<T> {
      const entry: Registered = {
        collection: collection as unknown as Registered['collection'],
        upserts: new Map(),
        removes: new Set(),
        seq: new Map(),
      };
      registered.set(collection.name, entry);
      return {
        upsert(item) {
          if (entry.seq.size === 0) return; // nobody watches
          entry.removes.delete(item.id);
          entry.upserts.set(item.id, item);
          soon();
        },
        remove(id) {
          entry.upserts.delete(id);
          entry.removes.add(id);
          soon();
        },
      };
    },
    allowTelemetry(allowed) {
      telemetryAllowed = allowed;
    },
    readings(deviceId, reading) {
      if (!occupied(telemetryRoom(deviceId))) return;
      const list = readings.get(deviceId);
      if (list) list.push(reading);
      else readings.set(deviceId, [reading]);
      soon();
    },
    attach(server, viewerOf) {
      io = new Server(server, {
        path: '/live',
        serveClient: false,
        perMessageDeflate: false,
        maxHttpBufferSize: 100_000,
      });
      io.use(async (socket, next) => {
        if (socket.handshake.auth.version !== LIVE_VERSION) return next(new Error('protocol-version'));
        const viewer = await viewerOf(socket.handshake.headers.cookie);
        if (!viewer) return next(new Error('not-signed-in'));
        socket.data.viewer = viewer;
        next();
      });
      io.on('connection', (socket) => {
        socket.on('watch', (input: unknown) => {
          const request = WatchRequest.safeParse(input);
          if (request.success) watch(socket, socket.data.viewer as Viewer, request.data);
          else socket.emit('refused', { reason: 'malformed' });
        });
      });
      const recheck = async () => {
        for (const socket of io?.sockets.sockets.values() ?? [])
          if (!(await viewerOf(socket.handshake.headers.cookie))) socket.disconnect(true);
      };
      rechecking = setInterval(() => void recheck(), RECHECK_MS);
      log.debug('live.attached');
    },
    async close() {
      clearTimeout(timer);
      clearInterval(rechecking);
      await io?.close();
    },
  };
}
