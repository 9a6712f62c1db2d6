import { describe, expect, it } from 'vitest';
import { binned, MISSING } from './bins.ts';
import { boost, sigmoid } from './boost.ts';
import { seeded } from './rng.ts';
import { treeValue } from './tree.ts';

describe('boosted trees', () => {
  it('learn an interaction and send missing values where they belong', () => {
    const draw = seeded(7);
    const n = 4000;
    const x = new Float32Array(2 * n);
    const y = new Uint8Array(n);
    for (let i = 0; i < n; i += 1) {
      const [a, b] = [draw(), draw()];
      x[2 * i] = a < 0.1 ? Number.NaN : a;
      x[2 * i + 1] = b;
      y[i] = a < 0.1 || (a > 0.5 && b > 0.5) ? 1 : 0;
    }
    const table = binned(x, n, 2);
    const periods = { base: Int32Array.from({ length: n }, (_, i) => i), interval: new Uint8Array(n) };
    const options = {
      rounds: 60,
      learningRate: 0.2,
      maxLeaves: 6,
      lambda: 1,
      minHessian: 1,
      rowShare: 0.8,
      columnShare: 1,
      seed: 1,
      rising: [],
    };
    const { base, trees } = boost(table, periods, y, new Float64Array(n).fill(1), options);
    const p = (...row: number[]) =>
      sigmoid(trees.reduce((sum, tree) => sum + treeValue(tree, Float32Array.from(row), 0), base));
    expect(p(0.8, 0.8)).toBeGreaterThan(0.9);
    expect(p(0.8, 0.2)).toBeLessThan(0.1);
    expect(p(0.3, 0.8)).toBeLessThan(0.1);
    expect(p(Number.NaN, 0.5)).toBeGreaterThan(0.9);
    expect(boost(table, periods, y, new Float64Array(n).fill(1), options)).toEqual({ base, trees });
  });

  it('a rising column never lowers the result', () => {
    const draw = seeded(3);
    const n = 3000;
    const x = Float32Array.from({ length: n }, () => draw() * 10);
    const y = Uint8Array.from(x, (value) => (Math.floor(value) % 3 === 0 || draw() < value / 20 ? 1 : 0));
    const table = binned(x, n, 1);
    const periods = { base: Int32Array.from({ length: n }, (_, i) => i), interval: new Uint8Array(n) };
    const options = {
      rounds: 40,
      learningRate: 0.2,
      maxLeaves: 8,
      lambda: 1,
      minHessian: 1,
      rowShare: 1,
      columnShare: 1,
      seed: 1,
      rising: [0],
    };
    const { trees } = boost(table, periods, y, new Float64Array(n).fill(1), options);
    let last = Number.NEGATIVE_INFINITY;
    for (let v = 0; v <= 10; v += 0.05) {
      const now = trees.reduce((sum, tree) => sum + treeValue(tree, Float32Array.of(v), 0), 0);
      expect(now).toBeGreaterThanOrEqual(last - 1e-9);
      last = now;
    }
  });

  it('bins keep order and know the missing', () => {
    const { bins } = binned(Float32Array.of(3, Number.NaN, 1, 2), 4, 1);
    expect([...bins]).toEqual([3, MISSING, 1, 2]);
  });
});

it('half of the cuts lie where failures are, though these are one in a hundred', () => {
  const draw = seeded(2);
  const n = 10_000;
  const telling = Uint8Array.from({ length: n }, (_, i) => (i % 100 === 0 ? 1 : 0));
  const x = Float32Array.from(telling, (tells) => (tells ? 10 + draw() : draw()));
  const beyond = (edges: readonly number[] | undefined) => edges?.filter((edge) => edge > 10).length ?? 0;
  expect(beyond(binned(x, n, 1).edges[0])).toBeLessThan(3);
  expect(beyond(binned(x, n, 1, telling).edges[0])).toBeGreaterThan(20);
});
