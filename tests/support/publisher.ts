import { connectAsync, type MqttClient } from 'mqtt';
import type { Running } from './uptower.ts';
import { uptower } from './uptower.ts';

export interface Connected {
  readonly deviceId: string;
  readonly siteId: string;
  readonly topic: string;
  readonly username: string;
  readonly password: string;
  readonly page: string;
  readonly line: string;
  readonly httpLine: string;
}

/** `uptower connect NAME --json` */
export async function connectDevice(server: Running, name: string, args: readonly string[] = []): Promise<Connected> {
  const { code, stdout, stderr } = await uptower(['connect', name, '--json', '--data-dir', server.dataDir, ...args]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Connected;
}

export function mqttClient(
  server: Running,
  device: Connected,
  options: Record<string, unknown> = {},
): Promise<MqttClient> {
  return connectAsync(`mqtt://127.0.0.1:${server.mqttPort}`, {
    clientId: device.deviceId,
    username: device.username,
    password: device.password,
    reconnectPeriod: 0,
    ...options,
  });
}
