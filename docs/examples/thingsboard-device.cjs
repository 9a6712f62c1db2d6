// A ThingsBoard device, as ThingsBoard's own documentation has it for MQTT.js; only host and token are ours.
//   ACCESS_TOKEN=… node thingsboard-device.cjs
const mqtt = require('mqtt');

const { ACCESS_TOKEN, BROKER = 'mqtt://localhost:1883' } = process.env;
const client = mqtt.connect(BROKER, { username: ACCESS_TOKEN, reconnectPeriod: 0 });

client.on('connect', () => {
  client.publish('v1/devices/me/attributes', JSON.stringify({ firmware_version: '1.0.1' }), { qos: 1 });
  client.publish('v1/devices/me/telemetry', JSON.stringify({ temperature: 42, humidity: 73 }), { qos: 1 }, () => {
    console.log('stored');
    client.end();
  });
});
client.on('error', ({ message }) => {
  console.error(message);
  process.exitCode = 1;
});
