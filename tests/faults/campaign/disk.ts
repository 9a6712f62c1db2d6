import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IntakeView } from '@uptower/domain';
import { until } from '../../support/uptower.ts';
import { type CampaignOptions, CannotMake, campaign, type Figures, underLoad } from './campaign.ts';

/** Room for what the journal keeps (256 MiB) and the store beside it. */
const SIZE = '700m';
const MIB = 1024 * 1024;
/** The whole disk is smaller than what a warning comes at. */
const NO_WARNING = { UPTOWER_DISK_LOW_BYTES: '0' };

function smallDisk(): { readonly dataDir: string; tidy(): void } {
  const dataDir = mkdtempSync(join(tmpdir(), 'uptower-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', dataDir], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    rmdirSync(dataDir);
    throw new CannotMake(`a small disk cannot be mounted here (root is needed): ${stderr.trim()}`);
  }
  return { dataDir, tidy: () => void spawnSync('umount', ['--lazy', dataDir]) };
}

/** Takes what is free on the disk; the server's own ballast aside. */
function fill(file: string): void {
  const fd = openSync(file, 'a');
  const block = Buffer.alloc(MIB, 1);
  try {
    for (let size = block.length; size >= 1; ) {
      try {
        if (writeSync(fd, block, 0, size) < size) size = Math.floor(size / 2);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        size = size > 4096 ? Math.floor(size / 2) : 0;
      }
    }
  } finally {
    closeSync(fd);
  }
}

/** The disk is filled under load until the journal says so, stays full for a while, and is emptied. */
export async function fillDisk(options: CampaignOptions): Promise<Figures> {
  const { dataDir, tidy } = smallDisk();
  const filler = join(dataDir, 'filler');
  return campaign(options, { place: { dataDir, env: NO_WARNING }, tidy }, async (stage) => {
    await underLoad(options, 50, 800);
    const journal = async () => (await stage.server().call<IntakeView>('GET', '/intake')).journal;
    fill(filler);
    await until('the journal to say that the disk is full', async () => (await journal()).state === 'full');
    if (!(await stage.server().metrics()).includes('uptower_journal_state{state="full"} 1'))
      throw new Error('/metrics does not say that the journal is full');
    const before = await stage.generator.count();
    await underLoad(options, 300, 1_500);
    const meanwhile = (await stage.generator.count()) - before;
    if (meanwhile > 10 * 20) throw new Error(`${meanwhile} messages were acknowledged with a full disk`);
    rmSync(filler);
    const from = Date.now();
    const resumed = await until(
      'acknowledgements to go on',
      async () => (await stage.generator.count()) > before + 200,
    );
    if (resumed && (await journal()).state !== 'ok') stage.note('still not ok');
    return Date.now() - from;
  });
}
