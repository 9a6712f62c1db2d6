import type { SecureContextOptions } from 'node:tls';

/** Where the broker is and how to sign in there. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  /** Present: TLS. `ca` in place of the system's authorities, `cert` and `key` to show who we are. */
  readonly tls?: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;
  readonly username?: string;
  readonly password?: Buffer;
  /** 4 is MQTT 3.1.1. */
  readonly protocol: 4 | 5;
}

export interface ExternalBrokerOptions extends BrokerAddress {
  /** What its messages are journalled under: `broker:{name}`. */
  readonly name: string;
  /** The same after every restart: the broker keeps our place under it. Connections get `-0`, `-1`, … behind it. */
  readonly clientId: string;
  /** Topic filters to take in; QoS 1. */
  readonly filters: readonly string[];
  /** Several connections share the messages: as a group when there is one, else each takes its part of the filters. */
  readonly shards: number;
  /** Name of a shared subscription (MQTT 5): all connections of all servers with this name together get each message once. */
  readonly group?: string;
  /** Messages handed over and not yet durable; beyond that nothing more is read from the broker. */
  readonly maxInFlight: number;
  /** A larger payload is refused with its reason, and acknowledged: it would come back for ever. */
  readonly maxPayloadBytes: number;
}

/**
 * What devices say: the native channels, and of Sparkplug what edge nodes publish. Not commands, and not the state of host
 * applications: these are for others.
 */
export const INTAKE_FILTERS: readonly string[] = [
  ...['telemetry', 'events', 'state'].map((channel) => `uptower/v1/+/+/${channel}`),
  ...['NBIRTH', 'NDATA', 'NDEATH'].map((type) => `spBv1.0/+/${type}/+`),
  ...['DBIRTH', 'DDATA', 'DDEATH'].map((type) => `spBv1.0/+/${type}/+/+`),
];

/** The filters one connection subscribes to. */
export function filtersOfShard(options: Pick<ExternalBrokerOptions, 'filters' | 'shards' | 'group'>, shard: number) {
  const { filters, shards, group } = options;
  if (group) return filters.map((filter) => `$share/${group}/${filter}`);
  return filters.filter((_, index) => index % shards === shard);
}
