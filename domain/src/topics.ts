import { DeviceId, SiteId } from './ids.ts';

export const CHANNELS = ['telemetry', 'events', 'state'] as const;
/** What a device may publish. */
export type Channel = (typeof CHANNELS)[number];

const ROOT = 'uptower/v1';

export interface DeviceTopic {
  readonly siteId: SiteId;
  readonly deviceId: DeviceId;
  readonly channel: Channel;
}

/** `uptower/v1/{site}/{device}/{channel}` */
export function buildTopic(topic: DeviceTopic): string {
  return `${ROOT}/${topic.siteId}/${topic.deviceId}/${topic.channel}`;
}

/** Undefined for a topic that is not ours or holds a malformed id. */
export function parseTopic(topic: string): DeviceTopic | undefined {
  const levels = topic.split('/');
  if (levels.length !== 5 || levels[0] !== 'uptower' || levels[1] !== 'v1') return undefined;
  const siteId = SiteId.safeParse(levels[2]);
  const deviceId = DeviceId.safeParse(levels[3]);
  const channel = CHANNELS.find((name) => name === levels[4]);
  if (!siteId.success || !deviceId.success || !channel) return undefined;
  return { siteId: siteId.data, deviceId: deviceId.data, channel };
}

/** Where commands to a device arrive: `uptower/v1/{site}/{device}/cmd/{id}`. */
export function commandFilter(siteId: SiteId, deviceId: DeviceId): string {
  return `${ROOT}/${siteId}/${deviceId}/cmd/+`;
}
