import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@uptower/platform';
import { Snapshots } from '../../../gateway/src/pipeline/snapshot.ts';
import type { Fleet } from './memory.ts';

export interface SnapshotCost {
  readonly megabytes: number;
  readonly seconds: number;
  /** Messages the stream took meanwhile. */
  readonly messages: number;
  /** Longest time between two turns of the stream, and without a snapshot, milliseconds. */
  readonly longestMs: number;
  readonly longestWithoutMs: number;
  /** CPU of the longest of those, milliseconds: what a busy machine does not lengthen. */
  readonly longestCpuMs: number;
  /** By how many megabytes the process grew. */
  readonly grewMb: number;
}

const MESSAGES_A_TURN = 60;
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** Turns of a stream in which every device speaks in turn, as quick as it goes; the longest time between two. */
async function stream(fleet: Fleet, snapshots: Snapshots, goesOn: () => boolean) {
  // Those whose turn to be written comes last speak first.
  const ids = [...fleet.devices.keys()].reverse();
  let [messages, longestMs, longestCpuMs] = [0, 0, 0];
  let [clock, cpu] = [performance.now(), cpuMs()];
  while (goesOn()) {
    for (let i = 0; i < MESSAGES_A_TURN && !(i > 0 && snapshots.isFull); i += 1) {
      fleet.speak(ids[messages % ids.length] as string);
      messages += 1;
    }
    await snapshots.room();
    await pause();
    const [now, used] = [performance.now(), cpuMs()];
    longestMs = Math.max(longestMs, now - clock);
    longestCpuMs = Math.max(longestCpuMs, used - cpu);
    [clock, cpu] = [now, used];
  }
  return { messages, longestMs, longestCpuMs };
}

/** A snapshot into a real event log on this disk, while the stream goes on at full speed. */
export async function measureSnapshot(fleet: Fleet): Promise<SnapshotCost> {
  const folder = mkdtempSync(join(tmpdir(), 'uptower-bench-'));
  const log = openSqliteEventLog(join(folder, 'events.sqlite'));
  try {
    let bytes = 0;
    const store = {
      loadSnapshot: (name: string) => log.loadSnapshot(name),
      saveSnapshot(name: string, body: string) {
        bytes += body.length;
        return log.saveSnapshot(name, body);
      },
    };
    const snapshots = new Snapshots(store, pause);
    let turns = 0;
    const without = await stream(fleet, snapshots, () => ++turns < 200);
    const before = process.memoryUsage().rss;
    let most = before;
    let under = true;
    const begun = performance.now();
    const written = snapshots
      .prepare({ position: 1, logPosition: 0, quarantine: [] }, fleet.devices, [])
      .then((commit) => commit())
      .finally(() => {
        under = false;
      });
    const during = await stream(fleet, snapshots, () => {
      most = Math.max(most, process.memoryUsage.rss());
      return under;
    });
    await written;
    return {
      megabytes: bytes / 1e6,
      seconds: (performance.now() - begun) / 1e3,
      ...during,
      longestWithoutMs: without.longestMs,
      grewMb: (most - before) / 1e6,
    };
  } finally {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
