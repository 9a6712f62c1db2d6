// A Sparkplug B edge node with one device, on Eclipse Tahu's `sparkplug-payload`. Until Ctrl-C.
//   PASSWORD=… node sparkplug-node.cjs [node] [device]
const mqtt = require('mqtt');
const { encodePayload, decodePayload } = require('sparkplug-payload').get('spBv1.0');

const { PASSWORD, BROKER = 'mqtt://localhost:1883', USERNAME, GROUP = 'Ward' } = process.env;
const [node = 'dev_my-pump', device] = process.argv.slice(2);
const topic = (type, ...rest) => ['spBv1.0', GROUP, type, node, ...rest].join('/');

const bdSeq = { name: 'bdSeq', type: 'UInt64', value: Date.now() % 256 };
let seq = 0;
const next = () => seq++ % 256;
const now = () => Date.now();

const client = mqtt.connect(BROKER, {
  username: USERNAME ?? node,
  password: PASSWORD,
  clean: true,
  reconnectPeriod: 0, // a new connection needs a new bdSeq in its will: run it again
  will: { topic: topic('NDEATH'), payload: encodePayload({ timestamp: now(), metrics: [bdSeq] }), qos: 1 },
});
client.on('error', ({ message }) => {
  console.error(message);
  process.exitCode = 1;
});

function birth() {
  seq = 0;
  const metrics = [
    bdSeq,
    { name: 'Node Control/Rebirth', type: 'Boolean', value: false },
    { name: 'Box Temperature', alias: 1, type: 'Float', value: 31.5, timestamp: now() },
  ];
  client.publish(topic('NBIRTH'), encodePayload({ timestamp: now(), seq: next(), metrics }));
  if (device) {
    const flow = { name: 'Flow/Set Point', alias: 2, type: 'Int32', value: -3, timestamp: now() };
    client.publish(topic('DBIRTH', device), encodePayload({ timestamp: now(), seq: next(), metrics: [flow] }));
  }
  console.log('born');
}

function data() {
  const metrics = [{ alias: 1, type: 'Float', value: 36.6, timestamp: now() }];
  client.publish(topic('NDATA'), encodePayload({ timestamp: now(), seq: next(), metrics }));
}

client.on('connect', () => {
  client.subscribe(topic('NCMD'), () => {
    birth();
    data();
  });
});
client.on('message', (_topic, payload) => {
  const { metrics } = decodePayload(payload);
  if (metrics.some(({ name, value }) => name === 'Node Control/Rebirth' && value)) birth();
});
process.once('SIGINT', () => {
  client.publish(topic('NDEATH'), encodePayload({ timestamp: now(), metrics: [bdSeq] }), { qos: 1 }, () =>
    client.end(),
  );
});
