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
