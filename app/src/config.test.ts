import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, environmentName, loadConfig } from './config.ts';

const nothing = { file: '/nowhere/uptower.config.json', environment: {}, options: {} };
const fileWith = (text: string) => {
  const file = join(mkdtempSync(join(tmpdir(), 'uptower-config-')), 'uptower.config.json');
  writeFileSync(file, text);
  return file;
};
const problemsOf = (sources: Parameters<typeof loadConfig>[0]): string => {
  try {
    loadConfig(sources);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
};

test('defaults, then file, then environment, then options; the last wins', () => {
  const file = fileWith('{"mqttPort": 1, "webPort": 2, "speed": 3}');
  const environment = { UPTOWER_WEB_PORT: '20', UPTOWER_SPEED: '30', PATH: '/bin' };
  expect(loadConfig({ file, environment, options: { speed: '300', seed: undefined } })).toMatchObject({
    dataDir: './data',
    mqttPort: 1,
    webPort: 20,
    speed: 300,
    seed: 1,
  });
});

test('all problems are told at once, each with its source', () => {
  const problems = problemsOf({
    file: fileWith('{"colour": "red"}'),
    environment: { UPTOWER_MQTT_PORT: 'many', UPTOWER_NONSENSE: '1' },
    options: { speed: '-5', webPort: '70000' },
  });
  for (const part of ['colour', 'UPTOWER_MQTT_PORT', 'UPTOWER_NONSENSE', '--speed: more than 0', '--web-port: 0…65535'])
    expect(problems).toContain(part);
});

test('a broken file is said in words', () => {
  expect(problemsOf({ ...nothing, file: fileWith('{') })).toContain('not a JSON object');
});

test('environment names follow the keys', () => {
  expect(environmentName('maxPayloadBytes')).toBe('UPTOWER_MAX_PAYLOAD_BYTES');
});

test('a store that cannot work is said in words, before anything starts', () => {
  expect(problemsOf({ ...nothing, options: { store: 'influxdb1' } })).toContain('needs storeUrl');
  expect(problemsOf({ ...nothing, options: { storeUrl: 'http://x:1' } })).toContain('DuckDB is a file');
  expect(problemsOf({ ...nothing, options: { rawDays: '90', rollupDays: '30' } })).toContain('at least rawDays');
  const missing = { store: 'influxdb2', storeUrl: 'http://x:1', storeTokenFile: '/nowhere/token' };
  expect(problemsOf({ ...nothing, options: missing })).toContain('storeTokenFile: ENOENT');
  expect(problemsOf({ ...nothing, options: { recordsUrl: 'mysql://x' } })).toContain('postgres://user@host/database');
});

test('an external broker: its settings are checked one by one and together', () => {
  const settings = (values: Record<string, string>) => ({
    ...nothing,
    environment: Object.fromEntries(Object.entries(values).map(([key, value]) => [environmentName(key), value])),
  });
  const broker = { externalBroker: 'mqtts://broker.example' };
  expect(
    loadConfig(settings({ ...broker, externalBrokerGroup: 'gateways', externalBrokerFilters: 'a/#, b/+' })),
  ).toMatchObject({ externalBrokerProtocol: 5, externalBrokerShards: 1, externalBrokerFilters: ['a/#', 'b/+'] });
  for (const [values, problem] of [
    [{ externalBroker: 'broker.example:1883' }, 'like mqtt://host:1883'],
    [{ externalBrokerGroup: 'gateways' }, 'externalBrokerGroup needs externalBroker'],
    [{ ...broker, externalBrokerProtocol: '3' }, '4 (MQTT 3.1.1) or 5'],
    [{ ...broker, externalBrokerProtocol: '4', externalBrokerGroup: 'g' }, 'needs externalBrokerProtocol 5'],
    [{ ...broker, externalBrokerKeyFile: 'key.pem' }, 'belong together'],
    [{ externalBroker: 'mqtt://broker.example', externalBrokerCaFile: 'ca.pem' }, 'begins with mqtts:'],
    [{ ...broker, externalBrokerShards: '10' }, 'at least one of 9 filters'],
  ] as const)
    expect(problemsOf(settings(values))).toContain(problem);
});

test('an empty text is no number, and no password of an address is shown', () => {
  const empty = { UPTOWER_FUTURE_TOLERANCE_SECONDS: '', UPTOWER_WEB_PORT: ' ' };
  const told = problemsOf({ ...nothing, environment: empty });
  expect(told).toContain('UPTOWER_FUTURE_TOLERANCE_SECONDS: is empty');
  expect(told).toContain('UPTOWER_WEB_PORT: is empty');
  for (const [name, address] of [
    ['UPTOWER_EXTERNAL_BROKER', 'mqtt://user:s3cret@broker.example'],
    ['UPTOWER_EXTERNAL_BROKER', 'mqtt://user:s3cret@broker example'],
    ['UPTOWER_RECORDS_URL', 'postgres:/user:s3cret@host/database'],
  ] as const) {
    const problems = problemsOf({ ...nothing, environment: { [name]: address } });
    expect(problems).toContain(name);
    expect(problems).not.toContain('s3cret');
  }
});

test('what plans are weighed by comes from the file or as JSON text, and is checked field by field', () => {
  const dispatch = { weights: { drivingHour: 72_000, lateHour: { P1: 360_000 } }, serviceQuantile: 0.8 };
  const told = { weights: { drivingHour: 72_000, overtimeHour: 54_000, lateHour: { P1: 360_000, P2: 144_000 } } };
  expect(loadConfig({ ...nothing, file: fileWith(JSON.stringify({ dispatch })) }).dispatch).toMatchObject(told);
  const environment = { UPTOWER_DISPATCH: JSON.stringify(dispatch) };
  expect(loadConfig({ ...nothing, environment }).dispatch).toMatchObject({ ...told, serviceQuantile: 0.8 });
  const wrong = { weights: { drivingHour: 10, lateHour: { P1: 'much' }, driving: 1 } };
  const problems = problemsOf({ ...nothing, environment: { UPTOWER_DISPATCH: JSON.stringify(wrong) } });
  expect(problems).toContain('UPTOWER_DISPATCH: dispatch.weights.drivingHour: a multiple of 3600');
  expect(problems).toContain('dispatch.weights.lateHour.P1');
  expect(problems).toContain('driving');
  expect(problemsOf({ ...nothing, environment: { UPTOWER_DISPATCH: '{' } })).toContain('UPTOWER_DISPATCH');
});
