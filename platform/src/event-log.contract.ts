import { expect, test } from 'vitest';
import { type EventLog, follow, type StoredEvent, VersionConflict } from './event-log.ts';

export type TestEvent = { readonly type: 'added'; readonly n: number };
const added = (n: number): TestEvent => ({ type: 'added', n });
const meta = { at: 1_000, actor: 'test' };

/** What every event log owes; each adapter runs it. `reopen` gives the same log as another process would find it. */
export function eventLogContract(
  name: string,
  open: () => Promise<{ log: EventLog<TestEvent>; reopen(): Promise<EventLog<TestEvent>> }>,
): void {
  test(`${name}: events come back in order, with positions and versions that have no gaps`, async () => {
    const { log } = await open();
    await log.append(
      [
        { stream: 'a', events: [added(1), added(2)] },
        { stream: 'b', events: [added(3)] },
      ],
      meta,
    );
    await log.append([{ stream: 'a', events: [added(4)] }], meta);
    expect(
      (await log.read(0, 10)).map(({ position, stream, version, event }) => [position, stream, version, event.n]),
    ).toEqual([
      [1, 'a', 1, 1],
      [2, 'a', 2, 2],
      [3, 'b', 1, 3],
      [4, 'a', 3, 4],
    ]);
    expect((await log.readStream('a')).map(({ event }) => event.n)).toEqual([1, 2, 4]);
    expect([log.head(), (await log.read(2, 1))[0]?.position]).toEqual([4, 3]);
  });

  test(`${name}: a decision made on an old version is refused, and nothing of it is written`, async () => {
    const { log } = await open();
    await log.append([{ stream: 'a', expectedVersion: 0, events: [added(1)] }], meta);
    const stale = log.append(
      [
        { stream: 'b', events: [added(2)] },
        { stream: 'a', expectedVersion: 0, events: [added(3)] },
      ],
      meta,
    );
    await expect(stale).rejects.toBeInstanceOf(VersionConflict);
    expect(log.head()).toBe(1);
    await log.append([{ stream: 'a', expectedVersion: 1, events: [added(4)] }], meta);
    expect((await log.readStream('a')).map(({ event }) => event.n)).toEqual([1, 4]);
  });

  test(`${name}: what was appended is there after reopening, with cursor and snapshot, and the chain goes on`, async () => {
    const { log, reopen } = await open();
    await log.append([{ stream: 'a', events: [added(1)] }], { ...meta, cursor: { consumer: 'c', position: 17 } });
    await log.saveSnapshot('s', 'one');
    await log.saveSnapshot('s', 'two');
    const again = await reopen();
    expect([again.head(), await again.cursor('c'), await again.cursor('none'), await again.loadSnapshot('s')]).toEqual([
      1,
      17,
      0,
      'two',
    ]);
    await again.append([{ stream: 'a', events: [added(2)] }], meta);
    expect((await again.read(0, 10)).map(({ event }) => event.n)).toEqual([1, 2]);
  });

  test(`${name}: a follower gets everything once, in order, also what is appended while it catches up`, async () => {
    const { log } = await open();
    for (let n = 1; n <= 20; n++) await log.append([{ stream: 'a', events: [added(n)] }], meta);
    const got: StoredEvent<TestEvent>[] = [];
    const following = follow(log, (stored) => void got.push(stored));
    await log.append([{ stream: 'a', events: [added(21)] }], meta);
    const stop = await following;
    await log.append([{ stream: 'a', events: [added(22)] }], meta);
    stop();
    await log.append([{ stream: 'a', events: [added(23)] }], meta);
    expect(got.map(({ event }) => event.n)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
  });
}
