/**
 * Broker and journal alone, to compare with a broker that keeps nothing: an acknowledgement leaves after fdatasync.
 * Arguments: data directory and port.
 */
import { createBroker, type Incoming } from '@uptower/broker';
import { DeviceId, type Principal, SiteId, usernameOf } from '@uptower/domain';
import { silentLogger } from '@uptower/platform';
import { openJournal } from '../../../gateway/src/telemetry/journal/journal.ts';
import { SITE } from './fleet.ts';

const [dataDir, port] = process.argv.slice(2) as [string, string];
const log = silentLogger();
const journal = await openJournal(`${dataDir}/journal`, { log });
const siteId = SiteId.parse(SITE);
/** As the gateway does it, and nothing after it. */
async function keep(messages: readonly Incoming[]): Promise<void> {
  const receivedAt = Date.now();
  await journal.appendAll(
    messages.map(({ principal, topic, payload }) => ({
      kind: 'message' as const,
      receivedAt,
      from: usernameOf(principal),
      topic,
      payload,
    })),
  );
}

await createBroker(
  {
    async authenticate(username): Promise<Principal> {
      return { kind: 'device', siteId, deviceId: DeviceId.parse(username) };
    },
    accept: (message) => keep([message]),
    acceptAll: keep,
    refused(reason, from, topic, detail) {
      throw new Error(`refused ${reason} ${from} ${topic} ${detail}`);
    },
    connected() {},
    disconnected() {},
  },
  { host: '127.0.0.1', port: Number(port), log },
);
