import { fileURLToPath } from 'node:url';
import type { IntakeView } from '@uptower/domain';
import { until } from '../../support/uptower.ts';
import { type CampaignOptions, campaign, type Figures, underLoad } from './campaign.ts';

const HOOK = fileURLToPath(new URL('./kill-store.mjs', import.meta.url));

/**
 * The embedded store lives in a thread, which nothing outside can kill: a hook loaded into the server does on SIGUSR2.
 * A store that takes the whole process with it (a native library may) is a crash like any other: started again.
 */
export const killStore = (options: CampaignOptions): Promise<Figures> =>
  campaign(options, { place: { env: { NODE_OPTIONS: `--import ${HOOK}` } } }, async (stage) => {
    await underLoad(options, 50, 1_000);
    const { child } = stage.server();
    const before = await stage.generator.count();
    child.kill('SIGUSR2');
    const from = Date.now();
    // Intake goes on without the store, or the process is gone with it.
    await until('intake to go on, or the process to be gone', async () => {
      if (child.exitCode !== null || child.signalCode !== null) return true;
      return (await stage.generator.count()) > before + 10 * 20;
    });
    if (child.exitCode !== null || child.signalCode !== null) {
      stage.note('process went with it');
      await stage.restart();
      return (await stage.generator.acknowledgedAfter(from)) - from;
    }
    await until('the store to catch up', async () => {
      const { store } = await stage.server().call<IntakeView>('GET', '/intake');
      return store.error === null && !store.backlog;
    });
    return Date.now() - from;
  });
