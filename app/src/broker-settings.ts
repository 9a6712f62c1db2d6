import { DEFAULT_LIMITS, type Limits } from '@uptower/broker';
import { HOUR, SECOND } from '@uptower/domain';
import { z } from 'zod';

const port = z.coerce.number('a number').pipe(z.int('a whole number').min(0, '0…65535').max(65_535, '0…65535'));
const atLeastOne = z.coerce.number('a number').pipe(z.int('a whole number').min(1, '1 or more'));
const more = z.coerce.number('a number').positive('more than 0');

/** Settings of the embedded broker beside `mqttPort`; docs/connect.md says what each is for. */
export const brokerSettings = {
  /** MQTT over TLS; needs a certificate. 8883 is its registered port. */
  mqttsPort: port.default(8883),
  /** MQTT over WebSocket on a port of its own; the web server's `/mqtt` speaks it too. Left out: no such port. */
  wsPort: port.optional(),
  wssPort: port.optional(),
  /** PEM. Left out: what `uptower tls init` made, or no TLS. */
  tlsCertFile: z.string().min(1).optional(),
  tlsKeyFile: z.string().min(1).optional(),
  /** The authority that signs client certificates. */
  tlsCaFile: z.string().min(1).optional(),
  /** A client certificate whose common name is a device's id speaks for that device, without being registered. */
  tlsTrustNames: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], 'true or false')
    .default(false),
  /** Connections in all, and of one device. */
  maxConnections: atLeastOne.default(DEFAULT_LIMITS.connections),
  deviceConnections: atLeastOne.default(DEFAULT_LIMITS.device.connections),
  deviceConnectsPerSecond: more.default(DEFAULT_LIMITS.device.connects.perSecond),
  /** Faster senders are slowed, nothing is lost; ten seconds' worth may come at once. */
  deviceMessagesPerSecond: more.default(DEFAULT_LIMITS.device.messages.perSecond),
  deviceBytesPerSecond: more.default(DEFAULT_LIMITS.device.bytes.perSecond),
  siteMessagesPerSecond: more.default(DEFAULT_LIMITS.site.messages.perSecond),
  siteBytesPerSecond: more.default(DEFAULT_LIMITS.site.bytes.perSecond),
  subscriptionsPerClient: atLeastOne.default(DEFAULT_LIMITS.subscriptionsPerClient),
  /** From the connection to its CONNECT packet. */
  connectTimeoutSeconds: more.default(DEFAULT_LIMITS.connectTimeoutMs / SECOND),
  /** Kept for a client that is away; and how long it may be away. */
  queuedMessages: atLeastOne.default(DEFAULT_LIMITS.queuedMessages),
  sessionExpiryHours: more.default(DEFAULT_LIMITS.sessionExpiryMs / HOUR),
};

const Settings = z.object(brokerSettings);
export type BrokerSettings = z.infer<typeof Settings>;

/** What is wrong with settings that are each right. */
export function brokerProblems(settings: BrokerSettings): string[] {
  const problems: string[] = [];
  if (!settings.tlsCertFile !== !settings.tlsKeyFile) problems.push('tlsCertFile and tlsKeyFile belong together');
  return problems;
}

const BURST_SECONDS = 10;

export function limitsOf(settings: BrokerSettings): Limits {
  const rate = (perSecond: number, least: number) => ({ perSecond, burst: Math.max(perSecond * BURST_SECONDS, least) });
  const { device, site } = DEFAULT_LIMITS;
  return {
    ...DEFAULT_LIMITS,
    connections: settings.maxConnections,
    connectTimeoutMs: settings.connectTimeoutSeconds * SECOND,
    subscriptionsPerClient: settings.subscriptionsPerClient,
    queuedMessages: settings.queuedMessages,
    sessionExpiryMs: settings.sessionExpiryHours * HOUR,
    device: {
      ...device,
      connections: settings.deviceConnections,
      connects: rate(settings.deviceConnectsPerSecond, device.connects.burst),
      messages: rate(settings.deviceMessagesPerSecond, 1),
      bytes: rate(settings.deviceBytesPerSecond, 1),
    },
    site: {
      ...site,
      connections: settings.maxConnections,
      messages: rate(settings.siteMessagesPerSecond, 1),
      bytes: rate(settings.siteBytesPerSecond, 1),
    },
  };
}
