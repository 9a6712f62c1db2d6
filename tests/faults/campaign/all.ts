import { killBroker } from './broker.ts';
import type { CampaignOptions, Figures } from './campaign.ts';
import { stepClock } from './clock.ts';
import { fillDisk } from './disk.ts';
import { killInflux } from './influx.ts';
import { killServer } from './kill.ts';
import { cutNetwork } from './network.ts';
import { killStore } from './store.ts';

/** Every fault, with the rounds of a full run. */
export const CAMPAIGNS = {
  kill: { run: killServer, rounds: 200 },
  store: { run: killStore, rounds: 50 },
  influx: { run: killInflux, rounds: 50 },
  broker: { run: killBroker, rounds: 50 },
  disk: { run: fillDisk, rounds: 50 },
  clock: { run: stepClock, rounds: 50 },
  network: { run: cutNetwork, rounds: 50 },
} satisfies Record<string, { run(options: CampaignOptions): Promise<Figures>; rounds: number }>;
export type CampaignName = keyof typeof CAMPAIGNS;

export const isCampaign = (name: string): name is CampaignName => Object.hasOwn(CAMPAIGNS, name);
