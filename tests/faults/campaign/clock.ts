import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CampaignOptions, CannotMake, campaign, type Figures, underLoad } from './campaign.ts';

const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
];
const DAY_S = 86_400;
/** Every so many rounds it is also killed, so that it comes back in another time than it left. */
const RESTART_EVERY = 3;

/** The server's wall clock jumps, up to a week either way, while it works; from time to time it also comes back in another time. */
export async function stepClock(options: CampaignOptions): Promise<Figures> {
  const library = LIBRARIES.find((file) => existsSync(file));
  if (!library) throw new CannotMake("the clock cannot be stepped here: Debian's faketime is not installed");
  const file = join(mkdtempSync(join(tmpdir(), 'uptower-clock-')), 'time');
  const set = (seconds: number) => writeFileSync(file, `${seconds >= 0 ? '+' : ''}${Math.round(seconds)}s\n`);
  set(0);
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // Timers run on the monotonic clock, which no step of the wall clock moves.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
  let round = 0;
  return campaign(options, { place: { env } }, async (stage) => {
    round += 1;
    await underLoad(options, 50, 700);
    const size = options.random() < 0.5 ? 120 : 7 * DAY_S;
    set((options.random() * 2 - 1) * size);
    const from = Date.now();
    if (round % RESTART_EVERY === 0) {
      await stage.server().kill();
      stage.note('restarts');
      await stage.restart();
      return (await stage.generator.acknowledgedAfter(from)) - from;
    }
    const before = await stage.generator.count();
    for (;;) {
      if ((await stage.generator.count()) > before + 10 * 20) return Date.now() - from;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
}
