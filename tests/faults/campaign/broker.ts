import { existsSync } from 'node:fs';
import { startMosquitto } from '../../../gateway/src/testing/brokers.ts';
import { type CampaignOptions, CannotMake, campaign, type Figures, underLoad } from './campaign.ts';
import { observe } from './observer.ts';

/**
 * kill -9 of an external Mosquitto and a start on what it left. Acknowledged is what the gateway acknowledged to the
 * broker: what the broker itself had promised to a publisher and lost with its memory is its own matter, and noted.
 */
export async function killBroker(options: CampaignOptions): Promise<Figures> {
  if (!existsSync('/usr/sbin/mosquitto')) throw new CannotMake("Debian's mosquitto is not installed");
  const mosquitto = await startMosquitto();
  const observer = await observe(mosquitto.port);
  const env = { UPTOWER_EXTERNAL_BROKER: `mqtt://127.0.0.1:${observer.port}` };
  const tidy = async () => {
    observer.close();
    await mosquitto.kill();
    await mosquitto.remove();
  };
  const through = { port: mosquitto.port, acknowledged: () => observer.acknowledged() };
  return campaign(options, { place: { mqttPort: observer.port, env }, through, tidy }, async (stage) => {
    await underLoad(options, 100, 1_500);
    await mosquitto.kill();
    const from = Date.now();
    await mosquitto.start();
    await stage.generator.acknowledgedAfter(from);
    // Not only the publishers are back: the gateway takes new messages again.
    const before = sizeOf(observer.acknowledged());
    while (sizeOf(observer.acknowledged()) < before + 50) await new Promise((resolve) => setTimeout(resolve, 20));
    return Date.now() - from;
  });
}

const sizeOf = (acknowledged: Readonly<Record<string, readonly unknown[]>>) =>
  Object.values(acknowledged).reduce((sum, list) => sum + list.length, 0);
