import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@uptower/platform';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Disk, nodeDisk } from './disk.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import type { JournalRecord } from './record.ts';
import { JournalUnavailable } from './status.ts';

const root = mkdtempSync(join(tmpdir(), 'uptower-journal-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let directory: string;
let count = 0;
beforeEach(() => {
  directory = join(root, String(count++));
});

const open = (options: Partial<JournalOptions> = {}) => openJournal(directory, { log: silentLogger(), ...options });
const message = (text: string): JournalRecord => ({
  kind: 'message',
  receivedAt: 1_772_409_600_000,
  from: 'dev_a1',
  topic: 'uptower/v1/site_a/dev_a1/telemetry',
  payload: Buffer.from(text),
});
const MARK: JournalRecord = { kind: 'log', receivedAt: 1, logPosition: 1 };
async function textsIn(journal: Journal): Promise<string[]> {
  const texts: string[] = [];
  for (let last = 0; ; ) {
    const entries = await journal.read(last);
    for (const entry of entries) texts.push(entry.kind === 'message' ? entry.payload.toString() : 'mark');
    if (entries.length === 0) return texts;
    last = entries.at(-1)?.position as number;
  }
}
const segments = () =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.journal'))
    .sort();
const reached = async (ask: () => boolean) => {
  for (const from = performance.now(); !ask(); await new Promise((resolve) => setTimeout(resolve, 10)))
    if (performance.now() - from > 20_000) throw new Error('waited 20 s');
};

/** A disk that can be told to have `room` more bytes, or to fail. */
function troubledDisk() {
  const trouble = { room: Number.POSITIVE_INFINITY, write: '', sync: '', looked: 0 };
  const failure = (code: string) => Object.assign(new Error(`${code}: made by the test`), { code });
  const disk: Disk = {
    async open(file, flags) {
      const handle = await nodeDisk.open(file, flags);
      const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<unknown>;
      return Object.assign(handle, {
        async write(bytes: Buffer, at: number, length: number, position: number) {
          if (trouble.write) throw failure(trouble.write);
          if (length > trouble.room) {
            // As a real disk does: what fits is written, the next call fails.
            const fits = trouble.room;
            trouble.room = 0;
            if (fits === 0) throw failure('ENOSPC');
            return write(bytes, at, fits, position);
          }
          trouble.room -= length;
          return write(bytes, at, length, position);
        },
        async datasync() {
          if (trouble.sync) throw failure(trouble.sync);
        },
      }) as unknown as FileHandle;
    },
    async free() {
      trouble.looked += 1;
      return trouble.room;
    },
    size: async () => 1_000_000,
  };
  return { disk, trouble };
}

test('a full disk: appends wait, nothing is torn, and it goes on by itself when there is room', async () => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk });
  await journal.append(message('before'));
  trouble.room = 30; // in the middle of the next record
  let done = 0;
  const waiting = ['one', 'two', 'three'].map((text) => journal.append(message(text)).finally(() => (done += 1)));
  await reached(() => journal.status().state === 'full');
  expect(journal.status()).toMatchObject({ head: 1, detail: expect.stringContaining('ENOSPC') });
  expect(done).toBe(0);
  trouble.room = Number.POSITIVE_INFINITY;
  expect(await Promise.all(waiting)).toEqual([2, 3, 4]);
  expect(journal.status()).toMatchObject({ state: 'ok', since: null, waiting: 0 });
  expect(await textsIn(journal)).toEqual(['before', 'one', 'two', 'three']);
  await journal.close();
  const again = await open();
  expect(await textsIn(again)).toEqual(['before', 'one', 'two', 'three']);
  await again.close();
});

test.each(['EDQUOT', 'EIO', 'EFBIG'])('%s of a write is waited for like a full disk', async (code) => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk });
  trouble.write = code;
  const waiting = journal.append(message('one'));
  await reached(() => journal.status().state === (code === 'EIO' ? 'failing' : 'full'));
  trouble.write = '';
  expect(await waiting).toBe(1);
  await journal.close();
});

test('while nothing can be written only so much waits; what comes beyond is refused', async () => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk, maxWaitingBytes: 1000 });
  trouble.write = 'ENOSPC';
  const first = journal.append(message('first'));
  await reached(() => journal.status().state === 'full');
  const kept = Array.from({ length: 3 }, () => journal.append(message('x'.repeat(400))));
  await expect(journal.append(message('too much'))).rejects.toThrow(JournalUnavailable);
  trouble.write = '';
  expect(await Promise.all([first, ...kept])).toEqual([1, 2, 3, 4]);
  await journal.close();
});

test('closing with a full disk refuses what waits instead of hanging', async () => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk });
  await journal.append(message('kept'));
  trouble.write = 'ENOSPC';
  const refused = expect(journal.append(message('one'))).rejects.toThrow(JournalUnavailable);
  await reached(() => journal.status().state === 'full');
  await journal.close();
  await refused;
  const again = await open();
  expect(await textsIn(again)).toEqual(['kept']);
  await again.close();
});

test('the ballast goes when the disk is full, and is back before the journal goes on', async () => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk, ballast: true });
  expect(readdirSync(directory)).toContain('ballast');
  trouble.room = 0;
  const waiting = journal.append(message('one'));
  await reached(() => !readdirSync(directory).includes('ballast'));
  trouble.room = 100_000; // the record would fit, the ballast would not
  const before = trouble.looked;
  await reached(() => trouble.looked >= before + 2);
  expect(journal.head()).toBe(0);
  trouble.room = Number.POSITIVE_INFINITY;
  await waiting;
  expect(readdirSync(directory)).toContain('ballast');
  await journal.close();
});

test('a failed sync ends it: everything is refused until the next start, which has what was promised', async () => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk });
  await journal.append(message('promised'));
  trouble.sync = 'EIO';
  await expect(journal.append(message('lost?'))).rejects.toThrow(JournalUnavailable);
  trouble.sync = '';
  await expect(journal.append(message('later'))).rejects.toThrow(JournalUnavailable);
  expect(journal.status()).toMatchObject({ state: 'broken', detail: expect.stringContaining('EIO') });
  await journal.close();
  const again = await open();
  expect((await textsIn(again))[0]).toBe('promised');
  await again.close();
});

test('a consumer too far behind holds up messages, not the marks it needs itself, until it has caught up', async () => {
  const journal = await open({ maxBytes: 2000 });
  const consumer = journal.consumer('slow');
  let taken = 0;
  const sent: Promise<unknown>[] = [];
  const isHeld = () => journal.status().state === 'limit';
  for (let i = 1; i <= 20; i += 1) {
    sent.push(journal.append(message('x'.repeat(200))).then(() => (taken += 1)));
    // One after the other as long as they are taken, or they would be one batch.
    if (!isHeld()) await reached(() => taken === i || isHeld());
  }
  await reached(() => journal.status().state === 'limit');
  expect(await journal.append(MARK)).toBe(taken + 1);
  expect(taken).toBeLessThan(20);
  while (taken < 20) {
    consumer.advance(journal.head());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await Promise.all(sent);
  expect(journal.status().state).toBe('ok');
  await journal.close();
});

test('a warning comes before the disk is full, and goes', async () => {
  const { disk, trouble } = troubledDisk();
  const journal = await open({ disk, lowBytes: 10_000, now: () => 77 });
  expect(journal.status().state).toBe('ok');
  trouble.room = 9_000;
  await journal.check();
  expect(journal.status()).toMatchObject({ state: 'low', since: 77, freeBytes: 9_000 });
  await journal.append(message('still taken'));
  trouble.room = 20_000;
  await journal.check();
  expect(journal.status()).toMatchObject({ state: 'ok', since: null });
  await journal.close();
});

test('places of consumers outlive a restart, and nothing is deleted before the slowest has passed it', async () => {
  const options = { segmentBytes: 200, keepBytes: 0 };
  const journal = await open(options);
  const [pipeline, store] = [journal.consumer('pipeline'), journal.consumer('store')];
  for (let i = 0; i < 10; i += 1) await journal.append(message('x'.repeat(150)));
  pipeline.advance(10);
  store.advance(4);
  await journal.trim(10);
  expect(journal.first()).toBe(5);
  await journal.close();
  const again = await open(options);
  expect(again.status().consumers).toEqual({ pipeline: 10, store: 4 });
  await again.trim(10); // the store has not come back yet
  expect(again.first()).toBe(5);
  again.forget('store');
  await again.trim(10);
  expect(again.first()).toBe(10);
  await again.close();
});

async function damagedAt(where: (bytes: Buffer) => number, segment: number) {
  const journal = await open({ segmentBytes: 500 });
  for (let i = 1; i <= 12; i += 1) await journal.append(message(`${i}${'x'.repeat(60)}`));
  await journal.close();
  const file = join(directory, segments().at(segment) as string);
  const bytes = readFileSync(file);
  const at = where(bytes);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(file, bytes);
  const again = await open({ segmentBytes: 500, now: () => 5 });
  const numbers = (await textsIn(again)).map((text) => Number.parseInt(text, 10));
  const { damaged, damages } = again.status();
  expect(damaged).toBe(12 - numbers.length);
  expect(again.head()).toBe(12);
  expect(await again.append(message('13'))).toBe(13);
  await again.close();
  return { damages, missing: [...Array(12).keys()].map((i) => i + 1).filter((n) => !numbers.includes(n)), file };
}

test.each([
  ['its payload', (bytes: Buffer) => 8 + bytes.readUInt32LE(0) + 100],
  ['its checksum', (bytes: Buffer) => 8 + bytes.readUInt32LE(0) + 5],
  ['its length', (bytes: Buffer) => 8 + bytes.readUInt32LE(0)],
  ['the high byte of its length', (bytes: Buffer) => 8 + bytes.readUInt32LE(0) + 3],
  ['its position', (bytes: Buffer) => 8 + bytes.readUInt32LE(0) + 8],
])('a flipped bit in %s loses that record alone, and names it', async (_, where) => {
  expect(await damagedAt(where, 0)).toMatchObject({ missing: [2], damages: [{ from: 2, to: 2 }] });
  directory = join(root, String(count++));
  // In the newest file it is found at the start, and is no torn tail.
  const newest = await damagedAt(where, -1);
  expect(newest.missing).toHaveLength(1);
  expect(newest.damages).toEqual([
    { at: 5, file: newest.file, offset: expect.any(Number), from: newest.missing[0], to: newest.missing[0] },
  ]);
});
