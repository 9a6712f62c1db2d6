import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandFailed } from './api-client.ts';

/** A row of a series as the Numenta Anomaly Benchmark writes it. */
export interface NabRow {
  /** As in the file, `2014-04-01 00:05:00`; results repeat it letter by letter. */
  readonly timestamp: string;
  /** The same in milliseconds since 1970. The benchmark names no time zone; it is taken as UTC. */
  readonly ts: number;
  readonly text: string;
  readonly value: number;
}

const HEADER = 'timestamp,value';
const TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/;

/** The folder with the series: `dir/data` of a whole benchmark, else `dir` itself. */
export async function seriesFolder(dir: string): Promise<string> {
  const inside = join(dir, 'data');
  const isDirectory = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (await isDirectory(inside)) return inside;
  if (await isDirectory(dir)) return dir;
  throw new CommandFailed(`${dir} is not a folder`);
}

/** All series below a folder as paths relative to it, with `/`, sorted. */
export async function listSeries(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.csv'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function parseRow(line: string, where: () => string): NabRow {
  const comma = line.indexOf(',');
  const timestamp = comma < 0 ? line : line.slice(0, comma);
  const text = comma < 0 ? '' : line.slice(comma + 1);
  const ts = TIMESTAMP.test(timestamp) ? Date.parse(`${timestamp.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(ts))
    throw new CommandFailed(`${where()}: a time like 2014-04-01 00:05:00 was expected, not "${timestamp}"`);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value))
    throw new CommandFailed(`${where()}: a number was expected after the time, not "${text}"`);
  return { timestamp, ts, text, value };
}

/** Reads a series row by row; never holds more than a piece of the file. */
export async function* readSeries(file: string): AsyncGenerator<NabRow> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  const where = () => `${file}:${number}`;
  for await (const line of lines) {
    number++;
    if (number === 1) {
      if (line.replace(/^\uFEFF/, '').trim() !== HEADER)
        throw new CommandFailed(`${where()}: the header "${HEADER}" was expected, not "${line}"`);
    } else if (line !== '') yield parseRow(line, where);
  }
  if (number === 0) throw new CommandFailed(`${file}: empty; the header "${HEADER}" was expected`);
}
