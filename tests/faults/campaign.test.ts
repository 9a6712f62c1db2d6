import { expect, test } from 'vitest';
import { CAMPAIGNS, type CampaignName } from './campaign/all.ts';
import { seededRandom } from './campaign/random.ts';

/** A few rounds of every fault; `npm run fault` makes hundreds. A machine that cannot make one fails here and says why. */
const ROUNDS: Record<CampaignName, number> = { kill: 3, store: 2, influx: 2, broker: 2, disk: 2, clock: 3, network: 2 };
const CUT_SECONDS = 2;

test.each(Object.keys(CAMPAIGNS) as CampaignName[])(
  '%s: under load, round after round, every acknowledged reading is there exactly once',
  async (name) => {
    const figures = await CAMPAIGNS[name].run({
      rounds: ROUNDS[name],
      random: seededRandom(1),
      perSecond: 1_500,
      cutSeconds: CUT_SECONDS,
      progress: () => undefined,
    });
    expect(figures).toMatchObject({ lost: 0, doubled: 0, examples: [] });
    expect(figures.acknowledged).toBeGreaterThan(ROUNDS[name] * 50);
    expect(figures.recoveryMs).toHaveLength(ROUNDS[name]);
  },
);
