import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  headOfFiles,
  inspectJournal,
  isJournal,
  type JournalEntry,
  type JournalReport,
  readFiles,
} from '@uptower/gateway';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandFailed } from './api-client.ts';

/** What the commands are given by the one that puts them together. */
export interface CommandContext {
  dataDirOf(option: string | undefined): string;
  say(text: string): void;
}

interface Options {
  readonly dataDir?: string;
  readonly json?: boolean;
}

const SHOWN = 20;
const EXCERPT = 100;
const DATA_DIR = ['--data-dir <dir>', 'data directory, of a running or a stopped server (default ./data)'] as const;

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('a whole number, 1 or more.');
  return value;
};

function journalIn(dataDir: string): string {
  const directory = join(dataDir, 'journal');
  if (!isJournal(directory)) throw new CommandFailed(`there is no journal in ${resolve(dataDir)}`);
  return directory;
}

const iso = (at: number | null) => (at === null ? '–' : new Date(at).toISOString());
const mib = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

function most(title: string, counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  const more = rows.length > SHOWN ? [`  and ${rows.length - SHOWN} more (--json has all)`] : [];
  return ['', title, ...rows.slice(0, SHOWN).map(([name, n]) => `  ${String(n).padStart(9)}  ${name}`), ...more];
}

const damageLines = ({ damage }: JournalReport) =>
  damage.map(
    ({ file, offset, from, to }) =>
      `${file} at byte ${offset}: ${from > to ? 'bytes that are no record' : `records ${from} to ${to} cannot be read`}`,
  );

function inWords(report: JournalReport): string {
  const { segments, first, head, records, bytes, unfinishedBytes, consumers } = report;
  return [
    `${records} records, positions ${first} to ${head}, ${mib(bytes)} in ${segments.length} files of ${report.directory}`,
    ...(unfinishedBytes > 0
      ? [`${unfinishedBytes} bytes behind the last record: being written, or cut off at the next start`]
      : []),
    ...damageLines(report),
    '',
    'file                       records        first         last       size  received',
    ...segments.map(
      (segment) =>
        `${segment.file.slice(-23)}  ${String(segment.records).padStart(9)}  ${String(segment.first).padStart(11)}  ${String(segment.last).padStart(11)}  ${mib(segment.bytes).padStart(9)}  ${iso(segment.from)} … ${iso(segment.to)}`,
    ),
    '',
    'consumer            position     behind',
    ...Object.entries(consumers).map(
      ([name, position]) =>
        `  ${name.padEnd(14)}${String(position).padStart(12)}  ${String(Math.max(0, head - position)).padStart(9)}`,
    ),
    ...most('messages by sender', report.messagesByDevice),
    ...most('messages by topic', report.messagesByTopic),
  ].join('\n');
}

/** A record as a JSON line: text where the payload is UTF-8, base64 where it is not. */
export function exportLine(entry: JournalEntry): string {
  if (entry.kind === 'log') return JSON.stringify(entry);
  const { payload, ...rest } = entry;
  const text = payload.toString('utf8');
  const body = Buffer.from(text, 'utf8').equals(payload)
    ? { payload: text }
    : { payloadBase64: payload.toString('base64') };
  return JSON.stringify({ ...rest, ...body });
}

function tailLine(entry: JournalEntry): string {
  const start = `${entry.position}  ${iso(entry.receivedAt)}  `;
  if (entry.kind === 'log') return `${start}(events up to ${entry.logPosition} are known from here on)`;
  const text = entry.payload.subarray(0, EXCERPT * 4).toString('utf8');
  const excerpt = [...text.replace(/\p{Cc}|\ufffd/gu, '·')].slice(0, EXCERPT).join('');
  return `${start}${entry.from}  ${entry.topic}  ${excerpt}${excerpt.length < text.length ? '…' : ''}`;
}

async function exportTo(file: string | undefined, entries: Iterable<JournalEntry>): Promise<number> {
  const out = file ? createWriteStream(file, { flags: 'wx' }) : process.stdout;
  // A reader that has seen enough (`| head`) is no failure.
  const failed = new Promise<never>((_, reject) =>
    out.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? process.exit(0) : reject(error))),
  );
  const work = async () => {
    let lines = 0;
    for (const entry of entries) {
      lines += 1;
      if (!out.write(`${exportLine(entry)}\n`)) await once(out, 'drain');
    }
    if (file) await new Promise<void>((done) => out.end(() => done()));
    return lines;
  };
  return Promise.race([work(), failed]);
}

/** `uptower journal inspect|verify|tail|export`: reads only, also while the server runs. */
export function addJournalCommands(program: Command, { dataDirOf, say }: CommandContext): Command {
  const journal = program
    .command('journal')
    .description('look into the intake journal (reads only, also while the server runs)');
  journal
    .command('inspect')
    .description('its files, positions, times, consumers, and messages by sender and topic')
    .option(...DATA_DIR)
    .option('--json', 'print JSON')
    .action((options: Options) => {
      const report = inspectJournal(journalIn(dataDirOf(options.dataDir)));
      say(options.json ? JSON.stringify(report, null, 2) : inWords(report));
    });
  journal
    .command('verify')
    .description('check every checksum and that no position is missing; exit 1 names file and offset')
    .option(...DATA_DIR)
    .option('--json', 'print JSON')
    .action((options: Options) => {
      const report = inspectJournal(journalIn(dataDirOf(options.dataDir)));
      const { records, first, head, unfinishedBytes, damage } = report;
      if (options.json)
        say(JSON.stringify({ ok: damage.length === 0, records, first, head, unfinishedBytes, damage }, null, 2));
      if (damage.length > 0) throw new CommandFailed(damageLines(report).join('\n'));
      if (options.json) return;
      const rest =
        unfinishedBytes > 0
          ? `; ${unfinishedBytes} bytes behind them are being written, or cut off at the next start`
          : '';
      say(`${records} records, positions ${first} to ${head}, are whole${rest}`);
    });
  journal
    .command('tail')
    .description('the last records, with the beginning of what they carry')
    .option('-n, --records <n>', 'so many', positive, 10)
    .option(...DATA_DIR)
    .option('--json', 'print JSON lines')
    .action((options: Options & { records: number }) => {
      const directory = journalIn(dataDirOf(options.dataDir));
      const from = Math.max(1, headOfFiles(directory) - options.records + 1);
      for (const entry of readFiles(directory, from)) say(options.json ? exportLine(entry) : tailLine(entry));
    });
  journal
    .command('export')
    .description('records as JSON lines')
    .option('--from <position>', 'the first one (default: the oldest there is)', positive, 1)
    .option('--to <position>', 'the last one (default: the newest)', positive, Number.MAX_SAFE_INTEGER)
    .option('--sender <name>', 'of this sender only: a device, a site')
    .option('--out <file>', 'into a new file (default: standard output)')
    .option(...DATA_DIR)
    .action(async (options: Options & { from: number; to: number; sender?: string; out?: string }) => {
      const { from, to, sender, out } = options;
      const entries = readFiles(journalIn(dataDirOf(options.dataDir)), from, to);
      const wanted = sender ? onlyOf(entries, sender) : entries;
      const lines = await exportTo(out, wanted);
      if (out) say(`${lines} records in ${out}`);
    });
  return journal;
}

function* onlyOf(entries: Iterable<JournalEntry>, sender: string): Generator<JournalEntry> {
  for (const entry of entries) if (entry.kind === 'message' && entry.from === sender) yield entry;
}
