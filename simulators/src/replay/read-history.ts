import { createReadStream, existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { HOUR, type Instant } from '@uptower/domain';
import { parse } from 'csv-parse';
import type { Manifest } from './manifest.ts';

/** One message to publish. */
export type HistoryItem =
  | {
      readonly kind: 'reading';
      readonly device: number;
      readonly at: Instant;
      readonly values: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'event';
      readonly device: number;
      readonly at: Instant;
      readonly code: string;
      readonly component?: string;
    };

export interface HistoryDevice {
  /** As the file names it. */
  readonly name: string;
  model: string | null;
  observedFrom: Instant;
  observedTo: Instant;
}

export interface History {
  readonly devices: readonly HistoryDevice[];
  /** Oldest first; at the same moment readings come before failures. */
  readonly items: readonly HistoryItem[];
  /** Rows that could not be used, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Names of the components that failed or were replaced. */
  readonly components: ReadonlySet<string>;
}

/** A problem in what the user gave us, said in their words. */
export class HistoryError extends Error {}

type Row = Readonly<Record<string, string>>;

async function* rowsOf(files: readonly string[], needed: readonly string[]): AsyncGenerator<Row> {
  for (const file of files) yield* rowsOfFile(file, needed);
}

async function* rowsOfFile(file: string, needed: readonly string[]): AsyncGenerator<Row> {
  const parser = createReadStream(file).pipe(
    parse({ bom: true, columns: true, relax_column_count: true, skip_empty_lines: true }),
  );
  let first = true;
  for await (const row of parser as AsyncIterable<Row>) {
    if (first) {
      const missing = needed.filter((column) => !(column in row));
      if (missing.length > 0)
        throw new HistoryError(`${file} has no column ${missing.join(', ')}; it has ${Object.keys(row).join(', ')}`);
      first = false;
    }
    yield row;
  }
}

/** UTC, with or without T and Z; undefined when it is not a time. */
function isoInstant(text: string): Instant | undefined {
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}${text.length <= 10 ? 'T00:00:00' : ''}Z`;
  const at = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : at;
}

/** A time as a history writes it; undefined when it is none. */
export function instantOf(manifest: Manifest, text: string): Instant | undefined {
  if (manifest.time === 'iso') return isoInstant(text);
  const hours = numberOf(text);
  return hours === undefined ? undefined : Date.parse(manifest.epoch) + Math.round(hours * HOUR);
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Where the files of a manifest are: those named on the command line by base name, the others beside the manifest. */
export function locateFiles(
  manifest: Manifest,
  manifestFile: string,
  given: readonly string[],
): (name: string) => string[] {
  const main = manifest.readings.length === 1 ? manifest.readings[0]?.file : undefined;
  for (const file of given) if (!existsSync(file)) throw new HistoryError(`there is no file ${file}`);
  const named = new Set(
    [...manifest.readings, ...manifest.devices, ...manifest.events, ...manifest.maintenance, ...manifest.failures].map(
      (source) => basename(source.file),
    ),
  );
  // Files no source is named after are parts of the one readings source, whatever they are called.
  const parts = given.filter((file) => !named.has(basename(file)));
  if (parts.length > 0 && main === undefined)
    throw new HistoryError(
      `the mapping has several sources and none is called ${parts.map((file) => basename(file)).join(', ')}`,
    );
  return (name) => {
    const files = given.filter((file) => basename(file) === basename(name));
    if (name === main) files.push(...parts);
    if (files.length > 0) return files;
    const beside = resolve(dirname(manifestFile), name);
    if (!existsSync(beside))
      throw new HistoryError(`the mapping names ${name}, which is neither given nor beside the mapping`);
    return [beside];
  };
}

/** Reads every file of the manifest into one time-ordered list. Memory: about 150 bytes a row. */
export async function readHistory(
  manifest: Manifest,
  locate: (name: string) => readonly string[],
  onRow?: (rows: number) => void,
): Promise<History> {
  const instant = (text: string): Instant | undefined => instantOf(manifest, text);
  const skipped = new Map<string, number>();
  const skip = (reason: string) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  const byName = new Map<string, number>();
  const devices: HistoryDevice[] = [];
  const deviceOf = (name: string, at: Instant): number => {
    const known = byName.get(name);
    if (known !== undefined) return known;
    devices.push({ name, model: null, observedFrom: at, observedTo: at });
    byName.set(name, devices.length - 1);
    return devices.length - 1;
  };
  const observe = (index: number, from: Instant, to: Instant) => {
    const device = devices[index] as HistoryDevice;
    device.observedFrom = Math.min(device.observedFrom, from);
    device.observedTo = Math.max(device.observedTo, to);
  };
  const items: HistoryItem[] = [];
  const components = new Set<string>();
  let rows = 0;
  const seen = () => {
    rows += 1;
    if (rows % 1000 === 0) onRow?.(rows);
  };

  for (const source of manifest.readings) {
    const metrics = Object.keys(source.values);
    const metricColumn = source.metric ?? 'metric';
    const valueColumn = source.value ?? 'value';
    const columns = source.shape === 'wide' ? metrics : [metricColumn, valueColumn];
    const needed = [source.device, source.time, ...columns, ...(source.until ? [source.until] : [])];
    for await (const row of rowsOf(locate(source.file), needed)) {
      seen();
      const stamped = instant(row[source.time] ?? '');
      const name = row[source.device]?.trim();
      if (stamped === undefined || !name) {
        skip(stamped === undefined ? `${source.file}: no time` : `${source.file}: no device`);
        continue;
      }
      const at = stamped + (source.knownAfterHours ?? 0) * HOUR;
      const values: Record<string, number> = {};
      if (source.shape === 'wide') {
        for (const metric of metrics) {
          const value = numberOf(row[metric]);
          if (value !== undefined) values[metric] = value;
        }
      } else {
        const value = numberOf(row[valueColumn]);
        const metric = row[metricColumn];
        if (metric && value !== undefined && (metrics.length === 0 || metric in source.values)) values[metric] = value;
      }
      const device = deviceOf(name, stamped);
      const until = source.until ? instant(row[source.until] ?? '') : undefined;
      observe(device, stamped, Math.max(stamped, until ?? at));
      if (source.model) (devices[device] as HistoryDevice).model ??= row[source.model] ?? null;
      if (Object.keys(values).length > 0) items.push({ kind: 'reading', device, at, values });
      else skip(`${source.file}: no usable value`);
    }
  }
  for (const source of manifest.devices)
    for await (const row of rowsOf(locate(source.file), [source.device])) {
      const index = byName.get(row[source.device] ?? '');
      if (index !== undefined && source.model) (devices[index] as HistoryDevice).model ??= row[source.model] ?? null;
    }
  const known = (name: string | undefined, file: string) => {
    const index = byName.get(name?.trim() ?? '');
    if (index === undefined) skip(`${file}: a device without readings`);
    return index;
  };
  for (const source of manifest.events)
    for await (const row of rowsOf(locate(source.file), [source.device, source.time, source.code])) {
      seen();
      const at = instant(row[source.time] ?? '');
      const device = known(row[source.device], source.file);
      if (at !== undefined && device !== undefined && row[source.code])
        items.push({ kind: 'event', device, at, code: row[source.code] as string });
    }
  const happenings = [
    ...manifest.maintenance.map((source) => ({ source, code: 'replaced' })),
    ...manifest.failures.map((source) => ({ source, code: 'failure' })),
  ];
  for (const { source, code } of happenings) {
    const column = 'column' in source.component ? source.component.column : undefined;
    for await (const row of rowsOf(locate(source.file), [source.device, source.time, ...(column ? [column] : [])])) {
      if (Object.entries(source.where ?? {}).some(([name, text]) => row[name] !== text)) continue;
      seen();
      const at = instant(row[source.time] ?? '');
      const component = 'constant' in source.component ? source.component.constant : row[column ?? ''];
      const device = known(row[source.device], source.file);
      if (at === undefined || device === undefined || !component) continue;
      components.add(component);
      items.push({ kind: 'event', device, at, code, component });
    }
  }
  const rank = (item: HistoryItem) => (item.kind === 'reading' ? 0 : item.code === 'failure' ? 2 : 1);
  items.sort((a, b) => a.at - b.at || rank(a) - rank(b));
  return { devices, items, skipped, components };
}

/** Devices that were watched longer than anything was noted of them, and until when. */
export function stillThere({ devices, items }: Pick<History, 'devices' | 'items'>) {
  const last = new Map<number, Instant>();
  for (const { device, at } of items) last.set(device, Math.max(at, last.get(device) ?? at));
  return devices.flatMap(({ observedTo: until }, device) =>
    until > (last.get(device) ?? until) ? [{ device, until }] : [],
  );
}
