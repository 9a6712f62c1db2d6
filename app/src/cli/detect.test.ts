import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { detect, THRESHOLD } from './detect.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'uptower-detect-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true, force: true });
});

function put(name: string, text: string): void {
  const file = join(dir, 'nab', 'data', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const run = () => detect(join(dir, 'nab'), join(dir, 'out'));
const rowsOf = (name: string) =>
  readFileSync(join(dir, 'out', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

/** Two weeks at five minutes with a daily rhythm and one spike in row 3000. */
function series(): string {
  const lines = ['timestamp,value'];
  for (let i = 0; i < 4032; i++) {
    const at = new Date(Date.UTC(2014, 3, 1) + i * 300_000).toISOString().slice(0, 19).replace('T', ' ');
    const value = 50 + 20 * Math.sin((2 * Math.PI * i) / 288) + ((i * 7919) % 13) / 4 + (i === 3000 ? 60 : 0);
    lines.push(`${at},${value}`);
  }
  return `${lines.join('\n')}\n`;
}

test('writes one file of results a series, in the layout of the data, with the threshold', async () => {
  put('realThings/spike.csv', series());
  put(
    'artificial/flat.csv',
    series().replace(/,[^,\n]*$/gm, (cell) => (cell === ',value' ? cell : ',45')),
  );
  const said = await run();
  expect(said).toContain('2 series, 8064 values');
  const input = series().trim().split('\n');
  const [header, ...rows] = rowsOf('realThings/spike.csv');
  expect(header).toEqual(['timestamp', 'value', 'anomaly_score', 'label']);
  expect(rows.map(([timestamp, value]) => `${timestamp},${value}`)).toEqual(input.slice(1));
  const scores = rows.map((row) => Number(row[2]));
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  expect(scores.indexOf(Math.max(...scores))).toBe(3000);
  expect(rows.map((row) => row[3])).toEqual(scores.map((score) => (score >= THRESHOLD ? '1' : '0')));
  expect(
    rowsOf('artificial/flat.csv')
      .slice(1)
      .every((row) => row[3] === '0'),
  ).toBe(true);
  expect(JSON.parse(readFileSync(join(dir, 'out', 'thresholds.json'), 'utf8'))).toEqual({
    standard: THRESHOLD,
    reward_low_FP_rate: THRESHOLD,
    reward_low_FN_rate: THRESHOLD,
  });
});

test('a score depends on nothing that comes later, nor on other series', async () => {
  put('a/whole.csv', series());
  put('a/cut.csv', `${series().split('\n').slice(0, 3101).join('\n')}\n`);
  await run();
  expect(rowsOf('a/cut.csv')).toEqual(rowsOf('a/whole.csv').slice(0, 3101));
});

test.each([
  ['time;value\n', 'a.csv:1: the header "timestamp,value" was expected, not "time;value"'],
  ['timestamp,value\n2014-04-01 00:00:00,1\nyesterday,2\n', 'a.csv:3: a time like 2014-04-01 00:05:00 was expected'],
  ['timestamp,value\n2014-04-01 00:00:00,\n', 'a.csv:2: a number was expected after the time, not ""'],
  ['timestamp,value\n2014-04-01 00:00:00\n', 'a.csv:2: a number was expected'],
  ['', 'a.csv: empty; the header'],
])('says where a file is not what it should be: %j', async (text, problem) => {
  put('a.csv', text);
  await expect(run()).rejects.toThrow(problem);
});

test('refuses a folder that is missing, empty, or the target of the results', async () => {
  await expect(run()).rejects.toThrow('is not a folder');
  mkdirSync(join(dir, 'nab', 'data'), { recursive: true });
  await expect(run()).rejects.toThrow('there is no .csv file');
  put('a.csv', series());
  await expect(detect(join(dir, 'nab'), join(dir, 'nab', 'data', 'out'))).rejects.toThrow('is inside the data');
});
