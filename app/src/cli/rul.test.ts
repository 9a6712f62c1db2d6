import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rul } from './rul.ts';

const dir = mkdtempSync(join(tmpdir(), 'uptower-rul-'));
afterAll(() => rmSync(dir, { recursive: true }));

const write = (name: string, text: string): string => {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
};

/** Units whose second sensor rises to the same level at the end of their life. */
const table = (units: number, upTo: (life: number) => number): string =>
  Array.from({ length: units }, (_, u) => {
    const life = 16 + (u % 5) * 2;
    return Array.from({ length: upTo(life) }, (__, i) => {
      const noise = ((u * 7 + i * 13) % 11) / 50;
      return `${u + 1} ${i + 1} 0 0 100 5.0 ${(10 * ((i + 1) / life) ** 2 + noise).toFixed(3)}\n`;
    }).join('');
  }).join('');

const train = write(
  'train.txt',
  table(10, (life) => life),
);
const test = write(
  'test.txt',
  table(4, (life) => life - 6),
);
const options = { train, test, out: join(dir, 'rul.csv'), cap: 12, seed: 1 };

describe('uptower rul', () => {
  it('writes a line a unit and says how good it is', async () => {
    const truth = write('truth.txt', '6\n6\n6\n6\n');
    const { test: score, conditions } = JSON.parse(await rul({ ...options, truth, json: true }));
    expect(conditions).toBe(1);
    expect(score.capped).toMatchObject({ units: 4 });
    expect(score.capped.rmse).toBeLessThan(3);
    const [head, ...lines] = readFileSync(options.out, 'utf8').trim().split('\n');
    expect(head).toBe('unit,rul,p10,p90');
    expect(lines.map((line) => line.split(',')[0])).toEqual(['1', '2', '3', '4']);
    for (const line of lines) {
      const [, said, p10, p90] = line.split(',').map(Number) as [number, number, number, number];
      expect(p10).toBeLessThanOrEqual(said);
      expect(said).toBeLessThanOrEqual(p90);
    }
  });

  it.each([
    [
      'other sensors',
      { test: write('narrow.txt', '1 1 0 0 100 5\n') },
      /narrow\.txt has 1 sensors, .*train\.txt has 2/,
    ],
    ['lives of other units', { truth: write('few.txt', '6\n') }, /few\.txt has 1 lives, .*test\.txt has 4 units/],
    ['a damaged line', { train: write('bad.txt', '1 1 0 0 100 x 5\n') }, /bad\.txt, line 1: column 6/],
    [
      'too few units',
      {
        train: write(
          'small.txt',
          table(9, (life) => life),
        ),
      },
      /at least 10 units/,
    ],
  ])('says what is wrong with %s, and leaves no file', async (_, wrong, message) => {
    const before = readdirSync(dir).length;
    await expect(rul({ ...options, ...wrong, out: join(dir, 'none.csv') })).rejects.toThrow(message);
    expect(readdirSync(dir)).toHaveLength(before);
  });
});
