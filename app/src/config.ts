import { existsSync, readFileSync } from 'node:fs';
import { DispatchSettings } from '@uptower/dispatch';
import { z } from 'zod';
import { brokerProblems, brokerSettings } from './broker-settings.ts';
import { externalBrokerProblems, externalBrokerSettings } from './external-broker.ts';
import { roadProblems, roadSettings } from './road-settings.ts';
import { storeProblems, storeSettings } from './store-settings.ts';

const port = z.coerce.number('a number').pipe(z.int('a whole number').min(0, '0…65535').max(65_535, '0…65535'));

/** Text that is no JSON is left to the schema to refuse. */
function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Everything that can be set, once: file `uptower.config.json`, environment `UPTOWER_…`, command line (the last wins). */
export const Config = z.strictObject({
  /** Telemetry, records, credentials; one running server a directory. */
  dataDir: z.string().min(1).default('./data'),
  /** The address to listen on; this machine only unless said otherwise. */
  host: z.string().min(1).default('127.0.0.1'),
  /** 1883 is MQTT's registered port. */
  mqttPort: port.default(1883),
  webPort: port.default(8080),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Telemetry batches are a few kB; 256 KiB leaves room for a day's buffer of one device. */
  maxPayloadBytes: z.coerce.number('a number').pipe(z.int().min(1024).max(268_435_455)).default(262_144),
  /** One HTTP request of a device or agent, unpacked; agents send some thousand lines at once. */
  maxHttpBodyBytes: z.coerce.number('a number').pipe(z.int().min(1024).max(268_435_455)).default(4_194_304),
  /** A device's clock may be this much ahead of ours; beyond that a time is wrong, not early. */
  futureToleranceSeconds: z.coerce.number('a number').min(0, '0…86400').max(86_400, '0…86400').default(300),
  ...brokerSettings,
  ...externalBrokerSettings,
  ...storeSettings,
  ...roadSettings,
  /** The name under which Sparkplug nodes find this host: `spBv1.0/STATE/{sparkplugHostId}`. */
  sparkplugHostId: z
    .string()
    .regex(/^[^/+#]{1,100}$/, 'up to 100 characters, without / + #')
    .default('uptower'),
  /** How long Sparkplug messages that were overtaken may take to come before a birth is asked for. */
  sparkplugReorderSeconds: z.coerce.number('a number').min(0, '0…60').max(60, '0…60').default(2),
  /** Telemetry that may wait in the journal for a store or the pipeline; beyond it senders wait. 8 GiB. */
  journalMaxBytes: z.coerce.number('a number').pipe(z.int().min(1_048_576, 'at least 1 MiB')).default(8_589_934_592),
  /** Less free disk than this is a warning; 512 MiB. */
  diskLowBytes: z.coerce.number('a number').pipe(z.int().min(0)).default(536_870_912),
  /** What plans are weighed by, docs/dispatch.md; in the environment as JSON text. */
  dispatch: z.preprocess(fromJson, DispatchSettings.prefault({})),
  /** Calendars may be imported from addresses of this machine and network too, such as a server of your own. */
  calendarPrivateAddresses: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], 'true or false')
    .default(false),
  /** Demo only: simulated seconds in one real second. */
  speed: z.coerce.number('a number').positive('more than 0').max(3600, 'at most 3600').default(60),
  /** Demo only: another seed is another fleet of faults. */
  seed: z.coerce.number('a number').pipe(z.int()).default(1),
});
export type Config = z.infer<typeof Config>;

/** `mqttPort` ↔ `UPTOWER_MQTT_PORT`. */
export const environmentName = (key: string) =>
  `UPTOWER_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** `mqttPort` ↔ `--mqtt-port`. */
const optionName = (key: string) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** An address as it may be shown: `mqtt://user:…@host`. */
const withoutSecret = (text: string | undefined) => text?.replace(/(\/\/?[^\s/:@]*):[^\s/]*@/g, '$1:…@');

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], values);
}

export class ConfigError extends Error {}

export interface ConfigSources {
  readonly file: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Reads every source, reports all problems together by key and source. */
export function loadConfig({ file, environment, options }: ConfigSources): Config {
  const problems: string[] = [];
  const origin = new Map<string, string>();
  const values: Record<string, unknown> = {};
  const take = (key: string, value: unknown, from: string) => {
    if (!(key in Config.shape)) problems.push(`${from}: there is no setting "${key}"`);
    // An empty text would count as the number 0.
    else if (typeof value === 'string' && value.trim() === '')
      problems.push(`${from}: is empty; leave it out or give it a value`);
    else {
      values[key] = value;
      origin.set(key, from);
    }
  };
  if (existsSync(file)) {
    try {
      for (const [key, value] of Object.entries(
        z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8'))),
      ))
        take(key, value, file);
    } catch (error) {
      problems.push(`${file}: not a JSON object (${(error as Error).message.split('\n')[0]})`);
    }
  }
  const known = new Map(Object.keys(Config.shape).map((key) => [environmentName(key), key]));
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !name.startsWith('UPTOWER_')) continue;
    const key = known.get(name);
    if (key) take(key, value, name);
    else problems.push(`${name}: there is no such setting`);
  }
  for (const [key, value] of Object.entries(options)) if (value !== undefined) take(key, value, optionName(key));
  const parsed = Config.safeParse(values);
  if (!parsed.success)
    for (const issue of parsed.error.issues) {
      const key = String(issue.path[0]);
      const field = issue.path.length > 1 ? `${issue.path.join('.')}: ` : '';
      const got = withoutSecret(JSON.stringify(valueAt(values, issue.path)));
      problems.push(`${origin.get(key) ?? key}: ${field}${issue.message} (got ${got})`);
    }
  else
    problems.push(
      ...brokerProblems(parsed.data),
      ...externalBrokerProblems(parsed.data),
      ...storeProblems(parsed.data),
      ...roadProblems(parsed.data),
    );
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems.join('\n'));
  return parsed.data;
}
