import { spawnSync } from 'node:child_process';
import { type CampaignOptions, CannotMake, campaign, type Figures, underLoad } from './campaign.ts';

/** The server in a network of its own, reached through one cable that can be pulled. */
function ownNetwork() {
  const tag = process.pid % 10_000;
  const [space, outside, inside] = [`uptower${tag}`, `utw${tag}a`, `utw${tag}b`];
  const subnet = `10.213.${tag % 250}`;
  const ip = (...args: string[]) => {
    const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
    if (status !== 0)
      throw new CannotMake(
        `no network of its own can be made here (root is needed): ${error?.message ?? stderr.trim()}`,
      );
  };
  const tidy = () => {
    spawnSync('ip', ['link', 'del', outside]);
    spawnSync('ip', ['netns', 'del', space]);
  };
  try {
    ip('netns', 'add', space);
    ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', space);
    ip('addr', 'add', `${subnet}.1/24`, 'dev', outside);
    ip('link', 'set', outside, 'up');
    ip('-n', space, 'addr', 'add', `${subnet}.2/24`, 'dev', inside);
    ip('-n', space, 'link', 'set', inside, 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
  } catch (error) {
    tidy();
    throw error;
  }
  return {
    host: `${subnet}.2`,
    prefix: ['ip', 'netns', 'exec', space],
    plug: (state: 'up' | 'down') => ip('link', 'set', outside, state),
    tidy,
  };
}

/** The cable is pulled for a while under load and put back; the server goes on all the time. */
export async function cutNetwork(options: CampaignOptions): Promise<Figures> {
  const { host, prefix, plug, tidy } = ownNetwork();
  const place = { host, prefix, args: ['--host', '0.0.0.0'] };
  return campaign(options, { place, tidy }, async (stage) => {
    await underLoad(options, 50, 800);
    plug('down');
    await new Promise((resolve) => setTimeout(resolve, options.cutSeconds * 1000));
    const before = await stage.generator.count();
    plug('up');
    const from = Date.now();
    for (;;) {
      if ((await stage.generator.count()) > before) return Date.now() - from;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
}
