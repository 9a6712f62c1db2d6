import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, expect, vi } from 'vitest';
import { type Broker, createBroker } from '../broker.ts';
import { type BrokerOptions, DEFAULT_LIMITS, type Limits } from '../options.ts';
import type { BrokerPorts, Incoming } from '../ports.ts';
import { principalIn } from './principals.ts';

export const topicOf = (name: string, channel = 'telemetry') => `uptower/v1/site_a/${name}/${channel}`;

/** Ports that note what they were told; who is in `principals.ts` may come in with the password `secret`. */
export function recorder() {
  const accepted: Incoming[] = [];
  const refusals: { reason: string; from: string; topic: string; detail: string }[] = [];
  const sessions: string[] = [];
  const nameOf = (principal: Principal) => (principal.kind === 'device' ? principal.deviceId : principal.siteId);
  const ports: BrokerPorts = {
    authenticate: async (username, password) => (password?.toString() === 'secret' ? principalIn(username) : undefined),
    accept: async (message) => void accepted.push(message),
    async acceptAll(messages) {
      for (const message of messages) await ports.accept(message);
    },
    refused: (reason, from, topic, detail) => void refusals.push({ reason, from, topic, detail }),
    connected: (principal) => void sessions.push(`+${nameOf(principal)}`),
    disconnected: (principal) => void sessions.push(`-${nameOf(principal)}`),
  };
  return { ports, accepted, refusals, sessions };
}

const cleanups: (() => Promise<unknown> | unknown)[] = [];
/** Runs after the test, the last first. */
export const afterwards = (cleanup: () => Promise<unknown> | unknown) => void cleanups.push(cleanup);
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'uptower-broker-'));
  afterwards(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function start(ports: BrokerPorts, options: Partial<BrokerOptions> = {}): Promise<Broker> {
  const broker = await createBroker(ports, { host: '127.0.0.1', port: 0, log: silentLogger(), ...options });
  afterwards(() => broker.close());
  return broker;
}

export const withDevice = (device: Partial<Limits['device']>): Partial<Limits> => ({
  device: { ...DEFAULT_LIMITS.device, ...device },
});

export async function connect(url: string, name: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { username: name, password: 'secret', reconnectPeriod: 0, ...options });
  client.on('error', () => undefined);
  afterwards(() => client.endAsync(true));
  return client;
}

export const device = (broker: Broker, name: string, options: IClientOptions = {}): Promise<MqttClient> =>
  connect(`mqtt://127.0.0.1:${broker.port}`, name, options);

/** Collects what a client hears, also what comes with its connection. */
export function listener(broker: Broker, name: string, options: IClientOptions = {}) {
  const heard: { topic: string; text: string; retain: boolean; dup: boolean }[] = [];
  const client = mqtt.connect(`mqtt://127.0.0.1:${broker.port}`, {
    username: name,
    password: 'secret',
    reconnectPeriod: 0,
    ...options,
  });
  client.on('error', () => undefined);
  client.on('message', (topic, payload, { retain, dup }) =>
    heard.push({ topic, text: payload.toString(), retain, dup }),
  );
  afterwards(() => client.endAsync(true));
  return { client, heard };
}

/** Resolves with what CONNACK says. */
export const connected = (client: MqttClient) =>
  new Promise<{ readonly sessionPresent: boolean }>((resolve) => client.once('connect', resolve));
export const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once('close', () => resolve()));
export const until = (check: () => boolean) =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 20_000, interval: 5 });
