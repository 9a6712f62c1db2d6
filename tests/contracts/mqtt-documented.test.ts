import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}/broker/src/conformance`;
const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
const tested = (file: string) =>
  [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/\[(MQTT-[\d.-]+)\]/g)].map((found) => found[1]);
const rows = [
  ...readFileSync(`${root}/docs/mqtt.md`, 'utf8').matchAll(
    /^\| \[(MQTT-[\d.-]+)\]\s*\|[^|]*\|\s*([a-z ]+?)\s*\|([^|]*)\|/gm,
  ),
].map(([, id, result, where]) => ({ id, result, where: where as string }));

test('every normative statement of MQTT 3.1.1 has one row with a result', () => {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows.length).toBe(141);
  expect([...new Set(rows.map(({ result }) => result))].sort()).toEqual(['not applicable', 'pass']);
});

test('what the page calls a pass, a test shows, in the file the page names', () => {
  const unshown = rows.filter(
    ({ id, result, where }) =>
      result === 'pass' &&
      !files.some((file) => where.includes(`\`${file.replace('.test.ts', '')}\``) && tested(file).includes(id)),
  );
  expect(unshown).toEqual([]);
});

test('what a test shows, the page calls a pass', () => {
  const passed = new Set(rows.filter(({ result }) => result === 'pass').map(({ id }) => id));
  expect(files.flatMap(tested).filter((id) => !passed.has(id) && id !== 'MQTT-2.2.3')).toEqual([]);
});
