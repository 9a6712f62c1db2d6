/** A broker to be killed. Arguments: session directory. Prints its port; every accepted message as a line. */
import { silentLogger } from '@uptower/platform';
import { createBroker } from '../broker.ts';
import { principalIn } from './principals.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const broker = await createBroker(
  {
    authenticate: async (username) => principalIn(username),
    accept: async ({ topic }) => say(`accepted ${topic}`),
    acceptAll: async (messages) => {
      for (const { topic } of messages) say(`accepted ${topic}`);
    },
    refused: (reason, from, topic) => say(`refused ${reason} ${from} ${topic}`),
    connected: () => undefined,
    disconnected: () => undefined,
  },
  {
    host: '127.0.0.1',
    port: 0,
    log: silentLogger(),
    sessionDir: process.argv[2] as string,
    returnGraceMs: 1_000_000,
  },
);
say(`port ${broker.port}`);
