import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isLocked } from './directory-lock.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** How the command line finds a running server: written at start into the data directory, readable by its owner only. */
export const Runtime = z.strictObject({
  pid: z.int(),
  mqttPort: z.int(),
  /** MQTT over TLS; absent while TLS is off. */
  mqttsPort: z.int().optional(),
  webPort: z.int(),
  /** The address it listens on, as configured. */
  host: z.string().default('127.0.0.1'),
  /** Where messages come from when it is not the broker of this server: `mqtt://host:1883`. */
  externalBroker: z.string().optional(),
  /** Lets the owner of the data directory call the API as an administrator. */
  token: z.string(),
});
export type Runtime = z.infer<typeof Runtime>;

const fileIn = (dataDir: string) => join(dataDir, 'runtime.json');

export function writeRuntime(dataDir: string, runtime: Runtime): void {
  writeJsonFile(fileIn(dataDir), runtime);
}

export function removeRuntime(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** An address as it stands in a URL. */
export const urlHost = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** Its address for programs on this machine, as it stands in a URL. */
const urlHostOf = ({ host }: Pick<Runtime, 'host'>): string => urlHost(EVERY_ADDRESS[host] ?? host);

/** Where its web server answers on this machine, without a slash at the end. */
export const webUrlOf = (runtime: Pick<Runtime, 'host' | 'webPort'>): string =>
  `http://${urlHostOf(runtime)}:${runtime.webPort}`;

/** Where its broker answers on this machine. */
export const mqttUrlOf = (runtime: Pick<Runtime, 'host' | 'mqttPort'>): string =>
  `mqtt://${urlHostOf(runtime)}:${runtime.mqttPort}`;

/** Its address for people on this machine: `localhost` wherever that leads to it, also by the names of a certificate. */
export const shownHostOf = ({ host }: Pick<Runtime, 'host'>): string =>
  host === '127.0.0.1' || host in EVERY_ADDRESS ? 'localhost' : host;

/** The running server of a data directory; undefined when none was left or it is gone. */
export function readRuntime(dataDir: string): Runtime | undefined {
  const runtime = readJsonFile(fileIn(dataDir), Runtime);
  return runtime && isLocked(dataDir) ? runtime : undefined;
}
