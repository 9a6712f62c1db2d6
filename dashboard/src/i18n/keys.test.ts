import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Availability,
  CollectionName,
  ERRORS,
  OrderSource,
  Outcome,
  Role,
  Severity,
  STAGES,
  SYSTEM_ALARMS,
  WorkOrderState,
} from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import en from './en.json' with { type: 'json' };
import zh from './zh-CN.json' with { type: 'json' };

type Tree = { [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, `${prefix}${key}.`),
  );

const english = new Map(flat(en as Tree));
const chinese = new Map(flat(zh as Tree));

const sources = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, '..', name), 'utf8'))
  .join('\n');

const plain = (key: string) => english.has(key) || english.has(`${key}_other`);
const prefixKnown = (prefix: string) => [...english.keys()].some((key) => key.startsWith(prefix));

describe('the texts', () => {
  test('both languages have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test('both languages fill in the same values', () => {
    const holes = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((hole) => hole[1]).sort();
    for (const [key, text] of english) expect([key, ...holes(chinese.get(key) ?? '')]).toEqual([key, ...holes(text)]);
  });

  test('every key that the source names exists', () => {
    // t('a.b'), also as a branch of t(x ? 'a.b' : 'c.d')
    const calls = [...sources.matchAll(/\bt\(([^()]*?)(?:[,)]\s*|\{)/gs)].map((call) => call[1] ?? '');
    const keys = calls.flatMap((call) => [...call.matchAll(/'([\w-]+(?:\.[\w-]+)+)'/g)].map((key) => key[1] ?? ''));
    expect(keys.length).toBeGreaterThan(150);
    expect([...new Set(keys)].filter((key) => !plain(key))).toEqual([]);
  });

  test('every computed key has texts under its prefix', () => {
    const prefixes = [...sources.matchAll(/\bt\(\s*`([\w.-]+\.)\$\{/g)].map((call) => call[1] ?? '');
    expect(prefixes.length).toBeGreaterThan(10);
    expect([...new Set(prefixes)].filter((prefix) => !prefixKnown(prefix))).toEqual([]);
  });

  test('every value that the server may say has a text', () => {
    const wanted = [
      ...Object.keys(ERRORS).flatMap((code) => [`problems.${code}.title`, `problems.${code}.advice`]),
      ...Availability.options.map((state) => `availability.${state}`),
      ...WorkOrderState.options.map((state) => `orderState.${state}`),
      ...STAGES.flatMap((stage) => [`stage.${stage}`, `story.portal.${stage}`]),
      ...Role.options.map((role) => `role.${role}`),
      ...Severity.options.map((severity) => `priority.${severity}`),
      ...OrderSource.options.flatMap((source) => [`source.${source}`, `timeline.opened.${source}`]),
      ...Outcome.options.map((outcome) => `timeline.finished.${outcome}`),
    ];
    expect(wanted.filter((key) => !english.has(key))).toEqual([]);
    const told = (key: string) => [...english.keys()].some((known) => known === key || known.startsWith(`${key}_`));
    const alarms = SYSTEM_ALARMS.flatMap((code) => [`intake.alarm.${code}`, `intake.alarmText.${code}`]);
    expect(alarms.filter((key) => !told(key))).toEqual([]);
    expect(CollectionName.options).toHaveLength(8); // connection.ts lists them by name
  });
});
