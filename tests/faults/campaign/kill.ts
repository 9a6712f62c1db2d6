import { type CampaignOptions, campaign, type Figures, underLoad } from './campaign.ts';

/** kill -9 of the whole server at a random moment, then a start on what it left. */
export const killServer = (options: CampaignOptions): Promise<Figures> =>
  campaign(options, {}, async (stage) => {
    await underLoad(options, 50, 1_500);
    await stage.server().kill();
    const from = Date.now();
    await stage.restart();
    return (await stage.generator.acknowledgedAfter(from)) - from;
  });
