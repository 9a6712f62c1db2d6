import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryInUse, silentLogger } from '@uptower/platform';
import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import { decodeRecord, encodeRecord, type JournalEntry, type JournalRecord } from './record.ts';

const root = mkdtempSync(join(tmpdir(), 'uptower-journal-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let directory: string;
let count = 0;
beforeEach(() => {
  directory = join(root, String(count++));
});

const open = (options: Partial<JournalOptions> = {}, where = directory) =>
  openJournal(where, { log: silentLogger(), ...options });
const message = (text: string): JournalRecord => ({
  kind: 'message',
  receivedAt: 1_772_409_600_000,
  from: 'dev_a1',
  topic: 'uptower/v1/site_a/dev_a1/telemetry',
  payload: Buffer.from(text),
});
const texts = (entries: readonly JournalEntry[]) =>
  entries.map((entry) => (entry.kind === 'message' ? entry.payload.toString() : `log ${entry.logPosition}`));
const everything = async (journal: Journal) => {
  const all: JournalEntry[] = [];
  for (;;) {
    const some = await journal.read(all.at(-1)?.position ?? 0);
    if (some.length === 0) return all;
    all.push(...some);
  }
};
const files = () =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.journal'))
    .sort();

test('a record comes back as it was', () =>
  fc.assert(
    fc.property(
      fc.nat(2 ** 40),
      fc.string(),
      fc.string(),
      fc.uint8Array(),
      fc.integer({ min: -1e12, max: 1e13 }),
      (position, from, topic, payload, receivedAt) => {
        const record: JournalRecord = {
          kind: 'message',
          receivedAt,
          from: from.slice(0, 40),
          topic,
          payload: Buffer.from(payload),
        };
        const bytes = encodeRecord(position, record);
        const decoded = decodeRecord(bytes, 0);
        expect(decoded).toMatchObject({ ok: true, end: bytes.length });
        if (!decoded.ok || decoded.entry.kind !== 'message') throw new Error('not a message');
        expect(decoded.entry).toMatchObject({ position, receivedAt, topic: Buffer.from(topic).toString() });
        expect(Buffer.compare(decoded.entry.payload, record.payload)).toBe(0);
      },
    ),
  ));

test('garbage is never a record and never throws', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(decodeRecord(Buffer.from(bytes), 0).ok).toBe(false);
    }),
  ));

test('positions count from 1 and go on after reopening', async () => {
  const first = await open();
  expect(await Promise.all(['a', 'b'].map((text) => first.append(message(text))))).toEqual([1, 2]);
  await first.append({ kind: 'log', receivedAt: 5, logPosition: 77 });
  await first.close();
  const second = await open();
  expect(second.head()).toBe(3);
  expect(await second.append(message('d'))).toBe(4);
  expect(texts(await everything(second))).toEqual(['a', 'b', 'log 77', 'd']);
  expect(texts(await second.read(2))).toEqual(['log 77', 'd']);
  await second.close();
});

test('cut anywhere, the file recovers to a prefix and takes new records', async () => {
  const whole = join(root, 'whole');
  const journal = await open({}, whole);
  const all = Array.from({ length: 12 }, (_, i) => `${i}:${'x'.repeat(i * 7)}`);
  for (const text of all) await journal.append(message(text));
  await journal.close();
  const name = readdirSync(whole).find((file) => file.endsWith('.journal')) as string;
  const bytes = readFileSync(join(whole, name));
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), fc.uint8Array({ maxLength: 30 }), async (cut, garbage) => {
      const where = join(root, `cut-${count++}`);
      await (await open({}, where)).close();
      writeFileSync(join(where, name), bytes.subarray(0, cut));
      appendFileSync(join(where, name), garbage);
      const recovered = await open({}, where);
      const kept = texts(await everything(recovered));
      expect(kept).toEqual(all.slice(0, kept.length));
      // Every record that was whole before the cut is there.
      let end = 0;
      let wholeOnes = 0;
      for (
        let decoded = decodeRecord(bytes, end);
        decoded.ok && decoded.end <= cut;
        decoded = decodeRecord(bytes, end)
      ) {
        end = decoded.end;
        wholeOnes += 1;
      }
      expect(kept.length).toBe(wholeOnes);
      expect(await recovered.append(message('new'))).toBe(kept.length + 1);
      expect(texts(await everything(recovered))).toEqual([...kept, 'new']);
      await recovered.close();
    }),
    { numRuns: 60 },
  );
});

test('a flipped bit in the tail cuts there', async () => {
  const journal = await open();
  for (const text of ['a', 'b', 'c']) await journal.append(message(text));
  await journal.close();
  const file = join(directory, files()[0] as string);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  writeFileSync(file, bytes);
  const again = await open();
  expect(texts(await everything(again))).toEqual(['a', 'b']);
  await again.close();
});

test('who keeps up reads from memory what the disk has: the same entries, whatever their kind and size', async () => {
  const records: JournalRecord[] = [
    message('first'),
    { kind: 'log', receivedAt: 5, logPosition: 7 },
    { ...(message('cut') as JournalRecord & { kind: 'message' }), from: 'ü'.repeat(200) }, // longer than the disk keeps
    message('x'.repeat(9 * 1024 * 1024)), // more than is kept in memory
    message('last'),
  ];
  const journal = await open();
  const stop = new AbortController();
  const seen: JournalEntry[] = [];
  const following = (async () => {
    for await (const entries of journal.follow(0, stop.signal)) {
      seen.push(...entries);
      if (seen.length === records.length + 2) stop.abort();
    }
  })();
  for (const record of records) await journal.append(record);
  await journal.appendAll([message('a'), message('b')]);
  await following;
  // As text: buffers of megabytes are compared byte by byte.
  const plain = (entry: JournalEntry) => (entry.kind === 'message' ? { ...entry, payload: `${entry.payload}` } : entry);
  expect(seen.map(plain)).toEqual((await everything(journal)).map(plain));
  expect(seen.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  await journal.close();
});

test('follow yields what is there, then wakes for what comes, across segments', async () => {
  const journal = await open({ segmentBytes: 300 });
  await journal.append(message('one'));
  const stop = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    for await (const entries of journal.follow(0, stop.signal)) {
      seen.push(...texts(entries));
      if (seen.length === 20) stop.abort();
    }
  })();
  for (let i = 1; i < 20; i += 1) await journal.append(message(`${i}${'-'.repeat(40)}`));
  await done;
  expect(seen).toEqual(['one', ...Array.from({ length: 19 }, (_, i) => `${i + 1}${'-'.repeat(40)}`)]);
  expect(files().length).toBeGreaterThan(3);
  await journal.close();
});

test('segments are deleted only when passed and beyond the keep limit', async () => {
  const journal = await open({ segmentBytes: 200, keepBytes: 500 });
  for (let i = 0; i < 20; i += 1) await journal.append(message('x'.repeat(60)));
  const before = files().length;
  await journal.trim(0);
  expect(files()).toHaveLength(before);
  await journal.trim(20);
  expect(files().length).toBeLessThan(before);
  const first = journal.first();
  expect(first).toBeGreaterThan(1);
  expect((await everything(journal)).map((entry) => entry.position)).toEqual(
    Array.from({ length: 21 - first }, (_, i) => first + i),
  );
  await journal.close();
  const again = await open();
  expect(again.head()).toBe(20);
  await again.close();
});

test('an older segment that was cut off loses what was there, not the stream', async () => {
  const journal = await open({ segmentBytes: 200 });
  for (let i = 1; i <= 9; i += 1) await journal.append(message(`${i}${'x'.repeat(60)}`));
  await journal.close();
  const oldest = join(directory, files()[0] as string);
  truncateSync(oldest, readFileSync(oldest).length - 5);
  const again = await open({ segmentBytes: 200 });
  const positions = (await everything(again)).map((entry) => entry.position);
  expect(positions.at(-1)).toBe(9);
  expect(positions.length).toBeLessThan(9);
  await again.close();
});

test('one process at a time', async () => {
  const journal = await open();
  await expect(open()).rejects.toThrow(DirectoryInUse);
  await journal.close();
  await (await open()).close();
});

test('many records of one turn share few syncs and keep their order', async () => {
  const journal = await open();
  const positions = await Promise.all(Array.from({ length: 500 }, (_, i) => journal.append(message(String(i)))));
  expect(positions).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  expect(texts(await everything(journal))).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
  await journal.close();
  await expect(journal.append(message('late'))).rejects.toThrow('closed');
});
