import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ExternalBroker,
  type ExternalBrokerOptions,
  type Gateway,
  INTAKE_FILTERS,
  startExternalBroker,
} from '@uptower/gateway';
import { type Logger, type Metrics, randomIds, readJsonFile, writeJsonFile } from '@uptower/platform';
import { z } from 'zod';

const whole = z.coerce.number('a number').pipe(z.int('a whole number'));
const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value),
  z.array(z.string().min(1)).min(1),
);

/** Settings of a broker that takes the place of the embedded one; docs/mqtt.md says which fit which broker. */
export const externalBrokerSettings = {
  /** `mqtt://host:1883` or `mqtts://host:8883`; present: no broker is started here. */
  externalBroker: z
    .url({ protocol: /^mqtts?$/, error: 'like mqtt://host:1883 or mqtts://host:8883' })
    // It is printed and kept where a secret does not belong.
    .refine(
      (url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '',
      'without a user name in it: externalBrokerUsername and externalBrokerPasswordFile are for that',
    )
    .optional(),
  externalBrokerUsername: z.string().min(1).optional(),
  externalBrokerPasswordFile: z.string().min(1).optional(),
  /** The authority that signed the broker's certificate, when it is not one the system knows. PEM, as the next two. */
  externalBrokerCaFile: z.string().min(1).optional(),
  externalBrokerCertFile: z.string().min(1).optional(),
  externalBrokerKeyFile: z.string().min(1).optional(),
  /** 5, or 4 for MQTT 3.1.1. */
  externalBrokerProtocol: z
    .union([z.literal('4'), z.literal('5'), z.literal(4), z.literal(5)], '4 (MQTT 3.1.1) or 5')
    .transform((value): 4 | 5 => (Number(value) === 4 ? 4 : 5))
    .default(5),
  /** Servers with the same group share the messages (`$share/{group}/…`). */
  externalBrokerGroup: z
    .string()
    .regex(/^[^/+#]+$/, 'without / + #')
    .optional(),
  externalBrokerShards: whole.pipe(z.int().min(1, '1…64').max(64, '1…64')).default(1),
  /** Topic filters in place of the usual ones, separated by commas. */
  externalBrokerFilters: list.optional(),
  externalBrokerClientId: z.string().min(1).max(60, 'at most 60 characters').optional(),
  /** Messages taken and not yet durable, at most. */
  externalBrokerInFlight: whole.pipe(z.int().min(10, '10…65535').max(65_535, '10…65535')).default(8192),
};

const Settings = z.object(externalBrokerSettings);
export type ExternalBrokerSettings = z.infer<typeof Settings>;

/** What is wrong with settings that are each right; by their names. */
export function externalBrokerProblems(settings: ExternalBrokerSettings): string[] {
  const problems: string[] = [];
  if (!settings.externalBroker)
    return Object.keys(externalBrokerSettings)
      .filter((key) => settings[key as keyof ExternalBrokerSettings] !== DEFAULTS[key as keyof typeof DEFAULTS])
      .map((key) => `${key} needs externalBroker`);
  if (!settings.externalBrokerCertFile !== !settings.externalBrokerKeyFile)
    problems.push('externalBrokerCertFile and externalBrokerKeyFile belong together');
  const certificates = settings.externalBrokerCaFile ?? settings.externalBrokerCertFile;
  if (certificates && new URL(settings.externalBroker).protocol === 'mqtt:')
    problems.push('certificates need an externalBroker that begins with mqtts:');
  // A 3.1.1 broker may take `$share/…` for an ordinary topic: granted, and silent for ever.
  if (settings.externalBrokerGroup && settings.externalBrokerProtocol !== 5)
    problems.push('externalBrokerGroup needs externalBrokerProtocol 5');
  const { externalBrokerShards: shards, externalBrokerFilters: filters = INTAKE_FILTERS } = settings;
  if (!settings.externalBrokerGroup && shards > filters.length)
    problems.push(
      `externalBrokerShards ${shards}: without a group, each takes at least one of ${filters.length} filters`,
    );
  return problems;
}

const DEFAULTS = Settings.parse({});

/** Reads the files named in the settings; throws what the system says when one cannot be read. */
export function externalBrokerOptions(
  settings: ExternalBrokerSettings & { readonly externalBroker: string },
  { dataDir, maxPayloadBytes }: { readonly dataDir: string; readonly maxPayloadBytes: number },
): ExternalBrokerOptions {
  const { protocol, hostname, port } = new URL(settings.externalBroker);
  const secure = protocol === 'mqtts:';
  const host = hostname.replace(/^\[|\]$/g, ''); // an IPv6 address
  const file = (name: string | undefined) => (name === undefined ? undefined : readFileSync(name));
  const password = file(settings.externalBrokerPasswordFile)?.toString().trimEnd();
  return {
    name: host,
    host,
    port: Number(port) || (secure ? 8883 : 1883),
    tls: secure
      ? {
          ca: file(settings.externalBrokerCaFile),
          cert: file(settings.externalBrokerCertFile),
          key: file(settings.externalBrokerKeyFile),
        }
      : undefined,
    username: settings.externalBrokerUsername,
    password: password === undefined ? undefined : Buffer.from(password),
    protocol: settings.externalBrokerProtocol,
    clientId: settings.externalBrokerClientId ?? ownClientId(dataDir),
    filters: settings.externalBrokerFilters ?? INTAKE_FILTERS,
    shards: settings.externalBrokerShards,
    group: settings.externalBrokerGroup,
    maxInFlight: settings.externalBrokerInFlight,
    maxPayloadBytes,
  };
}

/** Made once and kept beside the journal: what the broker holds for us belongs to what we have already. */
function ownClientId(dataDir: string): string {
  const file = join(dataDir, 'broker-client-id.json');
  const kept = readJsonFile(file, z.string().min(1));
  if (kept) return kept;
  const made = randomIds().next('uptower');
  writeJsonFile(file, made);
  return made;
}

/** What the server does with a broker, whichever it is. */
export interface JoinedBroker {
  readonly port: number;
  publish: ExternalBroker['publish'];
  close(): Promise<void>;
}

export function joinExternalBroker(
  gateway: Gateway,
  settings: Parameters<typeof externalBrokerOptions>[0],
  place: Parameters<typeof externalBrokerOptions>[1],
  parts: { readonly log: Logger; readonly metrics: Metrics; now(): number; readonly hostId?: string },
): JoinedBroker {
  const options = externalBrokerOptions(settings, place);
  const broker = startExternalBroker(options, gateway, parts);
  return {
    port: options.port,
    publish: broker.publish,
    close: () => broker.close(),
  };
}
