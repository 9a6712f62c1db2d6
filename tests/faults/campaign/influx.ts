import { existsSync } from 'node:fs';
import type { IntakeView } from '@uptower/domain';
import { influxServer } from '../../../gateway/src/testing/store-servers.ts';
import { until } from '../../support/uptower.ts';
import { type CampaignOptions, CannotMake, campaign, type Figures, underLoad } from './campaign.ts';
import { countStored } from './check.ts';
import type { Acknowledged } from './generator.ts';

const DATABASE = 'faults';
/** Of so many rounds it is killed a second time while it is given what it missed. */
const KILLED_AGAIN = 1 / 3;

/**
 * The store as a server of its own: kill -9 of Debian's influxd while it is written to, and a start on what it left.
 * Intake must go on without it. Recovery is from its last start until it has what came meanwhile, reading its own log included.
 */
export async function killInflux(options: CampaignOptions): Promise<Figures> {
  if (!existsSync('/usr/bin/influxd')) throw new CannotMake("Debian's influxdb is not installed");
  const influxd = await influxServer();
  await influxd.start();
  const env = { UPTOWER_STORE: 'influxdb1', UPTOWER_STORE_URL: influxd.url, UPTOWER_STORE_DATABASE: DATABASE };
  const check = async (acknowledged: Acknowledged) => {
    // Only what outlives one more kill counts.
    await influxd.kill();
    await influxd.start();
    return countStored((device) => timesOf(influxd.url, device), acknowledged);
  };
  return campaign(options, { place: { env }, check, tidy: () => influxd.remove() }, async (stage) => {
    const view = () => stage.server().call<IntakeView>('GET', '/intake');
    await underLoad(options, 50, 1_500);
    await influxd.kill();
    const before = await stage.generator.count();
    await underLoad(options, 100, 1_500);
    await until('intake to go on without the store', async () => (await stage.generator.count()) > before + 10 * 20);
    const { journalPosition, store } = await view();
    if (store.error !== null) stage.note('outages the gateway met');
    if (options.random() < KILLED_AGAIN) {
      await influxd.start();
      await underLoad(options, 0, 1_500);
      await influxd.kill();
      stage.note('killed again while it caught up');
    }
    const from = Date.now();
    await influxd.start();
    await until('the store to have what was taken without it', async () => {
      const { consumers } = await view();
      return consumers.some(({ name, position }) => name === 'store' && position >= journalPosition);
    });
    return Date.now() - from;
  });
}

/** How often each reading number of a device is there; asked of influxd itself, every point on its own. */
async function timesOf(url: string, device: string): Promise<ReadonlyMap<number, number>> {
  const query = `SELECT "value" FROM "uptower_readings" WHERE "device" = '${device}' AND "metric" = 'n'`;
  const response = await fetch(`${url}/query?${new URLSearchParams({ db: DATABASE, epoch: 'ns', q: query })}`);
  const { results } = (await response.json()) as { results: { error?: string; series?: { values: number[][] }[] }[] };
  if (!response.ok || results[0]?.error) throw new Error(`influxd: ${response.status} ${results[0]?.error}`);
  const times = new Map<number, number>();
  for (const series of results[0]?.series ?? [])
    for (const [, number] of series.values) times.set(number as number, (times.get(number as number) ?? 0) + 1);
  return times;
}
