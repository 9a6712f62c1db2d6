import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreSettings } from '@uptower/gateway';
import { type EventLog, type Logger, openPostgresEventLog, openSqliteEventLog } from '@uptower/platform';
import { z } from 'zod';

const url = z.string().regex(/^https?:\/\/[^\s]+$/, 'an address like http://localhost:8086');
const days = z.coerce.number('a number').pipe(z.int('a whole number').min(1, '1 or more').max(36_500, 'at most 36500'));

/** Where telemetry and records are kept; docs/stores.md says what each is for. */
export const storeSettings = {
  store: z.enum(['duckdb', 'influxdb1', 'influxdb2']).default('duckdb'),
  storeUrl: url.optional(),
  /** InfluxDB 1. */
  storeDatabase: z.string().min(1).default('uptower'),
  storeUser: z.string().min(1).optional(),
  storePasswordFile: z.string().min(1).optional(),
  /** The InfluxDB 2 API. */
  storeOrg: z.string().min(1).default('uptower'),
  storeBucket: z.string().min(1).default('uptower'),
  storeTokenFile: z.string().min(1).optional(),
  /** Single values; then hourly minimum, maximum and mean. */
  rawDays: days.default(90),
  rollupDays: days.default(1825),
  /** Records in PostgreSQL instead of SQLite. */
  recordsUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\/[^\s]+$/, 'an address like postgres://user@host/database')
    .optional(),
};

type Settings = z.infer<z.ZodObject<typeof storeSettings>>;

/** What cannot work together, in words. */
export function storeProblems(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.store !== 'duckdb' && !settings.storeUrl)
    problems.push(`store: ${settings.store} needs storeUrl, the address of its server`);
  if (settings.store === 'duckdb' && settings.storeUrl)
    problems.push('storeUrl: is for store influxdb1 or influxdb2; DuckDB is a file in the data directory');
  if (settings.rollupDays < settings.rawDays)
    problems.push('rollupDays: must be at least rawDays, or the hours would go before the values they were made of');
  for (const key of ['storePasswordFile', 'storeTokenFile'] as const) {
    const file = settings[key];
    if (file === undefined) continue;
    try {
      secretIn(file);
    } catch (error) {
      problems.push(`${key}: ${(error as Error).message}`);
    }
  }
  return problems;
}

const secretIn = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8').trim());

export function storeOf(settings: Settings): StoreSettings {
  const { store, storeUrl = '', storeDatabase, storeUser, storeOrg, storeBucket } = settings;
  if (store === 'influxdb1')
    return {
      kind: store,
      url: storeUrl,
      database: storeDatabase,
      username: storeUser,
      password: secretIn(settings.storePasswordFile),
    };
  if (store === 'influxdb2')
    return {
      kind: store,
      url: storeUrl,
      org: storeOrg,
      bucket: storeBucket,
      token: secretIn(settings.storeTokenFile),
    };
  return { kind: store };
}

export const recordsFile = (dataDir: string) => join(dataDir, 'records.db');

/** The event log where the configuration says. */
export async function openRecords<E extends { readonly type: string }>(
  { dataDir, recordsUrl }: { readonly dataDir: string; readonly recordsUrl?: string | undefined },
  log: Logger,
): Promise<EventLog<E>> {
  return recordsUrl ? openPostgresEventLog<E>(recordsUrl, log) : openSqliteEventLog<E>(recordsFile(dataDir));
}
