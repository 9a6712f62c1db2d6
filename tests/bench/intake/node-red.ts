import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, start, until } from '../process.ts';
import { mosquitto } from './mosquitto.ts';
import { scratch, type Target } from './target.ts';

/** Node-RED behind mosquitto: MQTT in, JSON, a threshold, a line in a file. What it does not do is keep before acknowledging. */
export async function nodeRed(connections: number, peers: string): Promise<Target> {
  const broker = await mosquitto(connections);
  const directory = scratch();
  const port = await freePort();
  const out = join(directory, 'out.txt');
  const flow = [
    { id: 'tab', type: 'tab', label: 'intake' },
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(broker.port),
      clientid: '',
      autoConnect: true,
      usetls: false,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
      autoUnsubscribe: true,
    },
    {
      id: 'in',
      type: 'mqtt in',
      z: 'tab',
      topic: 'uptower/v1/+/+/telemetry',
      qos: '1',
      datatype: 'json',
      broker: 'broker',
      nl: false,
      rap: true,
      inputs: 0,
      wires: [['threshold']],
    },
    {
      id: 'threshold',
      type: 'function',
      z: 'tab',
      func: 'msg.payload.alarm = msg.payload.values.helium_pressure > 40; msg.payload = JSON.stringify(msg.payload); return msg;',
      outputs: 1,
      wires: [['out']],
    },
    {
      id: 'out',
      type: 'file',
      z: 'tab',
      filename: out,
      filenameType: 'str',
      appendNewline: true,
      createDir: false,
      overwriteFile: 'false',
      encoding: 'none',
      wires: [[]],
    },
  ];
  writeFileSync(join(directory, 'flows.json'), JSON.stringify(flow));
  writeFileSync(
    join(directory, 'settings.js'),
    `module.exports = { uiPort: ${port}, uiHost: '127.0.0.1', flowFile: 'flows.json', logging: { console: { level: 'info' } } };\n`,
  );
  const red = start(process.execPath, [
    join(peers, 'node_modules/node-red/red.js'),
    '--userDir',
    directory,
    '--settings',
    join(directory, 'settings.js'),
  ]);
  await until('Node-RED to subscribe', () => (/Connected to broker/.test(red.output()) ? true : undefined));
  const lines = () => {
    try {
      return readFileSync(out).reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    } catch {
      return 0;
    }
  };
  return {
    ...broker,
    pids: [...broker.pids, red.pid],
    settled: async (total) =>
      void (await until(`${total} lines of Node-RED`, () => (lines() >= total ? true : undefined), 300)),
    async stop() {
      await red.stop();
      await broker.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
