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

/** Every device publishes to a few topics for ever; so many are remembered, and all forgotten when there are more. */
const MAX_REMEMBERED = 50_000;
const remembered = new Map<string, DeviceTopic>();

/** Undefined for a topic that is not ours or holds a malformed id. */
export function parseTopic(topic: string): DeviceTopic | undefined {
  const known = remembered.get(topic);
  if (known) return known;
  const parsed = parseLevels(topic);
  if (!parsed) return undefined;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(topic, parsed);
  return parsed;
}

function parseLevels(topic: string): DeviceTopic | undefined {
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

/** What a Sparkplug B node publishes. */
export const SPARKPLUG_MESSAGES = ['NBIRTH', 'NDEATH', 'NDATA', 'DBIRTH', 'DDEATH', 'DDATA'] as const;
export type SparkplugMessage = (typeof SPARKPLUG_MESSAGES)[number];

const SPARKPLUG = 'spBv1.0';
/** Longer names are refused: they would be kept for as long as the node is known. */
const MAX_SPARKPLUG_NAME = 100;

export interface SparkplugTopic {
  readonly group: string;
  readonly message: SparkplugMessage;
  readonly node: string;
  /** Null for the node's own messages. */
  readonly device: string | null;
}

/** `spBv1.0/{group}/{message}/{node}[/{device}]`; undefined for anything else, commands and STATE included. */
export function parseSparkplugTopic(topic: string): SparkplugTopic | undefined {
  if (!topic.startsWith(SPARKPLUG)) return undefined;
  const [root, group, type, node, device, ...rest] = topic.split('/');
  const message = SPARKPLUG_MESSAGES.find((name) => name === type);
  if (root !== SPARKPLUG || !message || rest.length > 0) return undefined;
  if (!isSparkplugName(group) || !isSparkplugName(node)) return undefined;
  if (message.startsWith('D') !== (device !== undefined)) return undefined;
  if (device !== undefined && !isSparkplugName(device)) return undefined;
  return { group, message, node, device: device ?? null };
}

const isSparkplugName = (name: string | undefined): name is string =>
  name !== undefined && name !== '' && name.length <= MAX_SPARKPLUG_NAME && !/[+#]/.test(name);

/** Where a Sparkplug node listens for commands. */
export const sparkplugCommandTopic = (group: string, node: string): string => `${SPARKPLUG}/${group}/NCMD/${node}`;

/** Where a Sparkplug host says whether it is there (retained). */
export const sparkplugStateTopic = (hostId: string): string => `${SPARKPLUG}/STATE/${hostId}`;

export interface ThingsBoardTopic {
  /** `me`: the connected device itself; `gateway`: it speaks for others, by name. */
  readonly api: 'me' | 'gateway';
  /** `other`: requests, procedure calls, claims; taken and not answered. */
  readonly what: 'telemetry' | 'attributes' | 'connect' | 'disconnect' | 'other';
}

/** `v1/devices/me/…` and `v1/gateway/…` of ThingsBoard's device and gateway interfaces. */
export function parseThingsBoardTopic(topic: string): ThingsBoardTopic | undefined {
  switch (topic) {
    case 'v1/devices/me/telemetry':
      return { api: 'me', what: 'telemetry' };
    case 'v1/devices/me/attributes':
      return { api: 'me', what: 'attributes' };
    case 'v1/gateway/telemetry':
      return { api: 'gateway', what: 'telemetry' };
    case 'v1/gateway/attributes':
      return { api: 'gateway', what: 'attributes' };
    case 'v1/gateway/connect':
      return { api: 'gateway', what: 'connect' };
    case 'v1/gateway/disconnect':
      return { api: 'gateway', what: 'disconnect' };
  }
  if (/^v1\/devices\/me\/(attributes\/request\/\d+|rpc\/(request|response)\/\d+|claim)$/.test(topic))
    return { api: 'me', what: 'other' };
  if (/^v1\/gateway\/(attributes\/request|rpc|claim)$/.test(topic)) return { api: 'gateway', what: 'other' };
  return undefined;
}

/**
 * What a ThingsBoard device subscribes to. `me` is the same text for everybody, so a broker that lets devices publish
 * there must not pass it on to subscribers: one device would read another's.
 */
export function isThingsBoardListening(filter: string): boolean {
  return (
    /^v1\/devices\/me\/(attributes(\/response\/[^/]+)?|rpc\/(request|response)\/[^/]+)$/.test(filter) ||
    /^v1\/gateway\/(attributes(\/response)?|rpc)$/.test(filter)
  );
}
