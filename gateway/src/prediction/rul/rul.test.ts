import { beforeAll, describe, expect, it } from 'vitest';
import { chance } from './chance.ts';
import { learnComponents } from './components.ts';
import { learnConditions, standardise } from './conditions.ts';
import { eigen } from './eigen.ts';
import { type Fit, fitNetwork } from './fit.ts';
import { learnShift, withInterval } from './interval.ts';
import { scoreRul } from './metrics.ts';
import { predictRul, type RulModel, remainingLife, startUnit, takeRow } from './model.ts';
import { evaluate, trainNetwork } from './network.ts';
import { parseLives, parseTable, TableError } from './table.ts';
import { cutAtRandom, wearingFleet } from './testing/wearing-fleet.ts';
import { trainRul } from './train.ts';
import { addWear, featuresOf, startWear } from './wear-state.ts';

/** Without threads. */
const here: Fit = async (job, onEpoch) => fitNetwork(job, onEpoch);

describe('a run-to-failure table', () => {
  it('is read unit by unit', () => {
    const [first, second] = parseTable('1 1 0 0 100 5.5 6\n1 2 0 0 100 5.6 6  \n\n2 1 0 0 100 5 6\n', 'a.txt');
    expect(first).toEqual({
      unit: 1,
      cycles: [1, 2],
      settings: [
        [0, 0, 100],
        [0, 0, 100],
      ],
      sensors: [
        [5.5, 6],
        [5.6, 6],
      ],
    });
    expect(second?.cycles).toEqual([1]);
  });

  it.each([
    ['', 'a.txt: no rows'],
    ['1 1 0 0 100\n', 'a.txt, line 1: expected unit, cycle, 3 settings and 1 to 200 sensors, found 5 columns'],
    ['1 1 0 0 100 5\n1 2 0 0 100\n', 'a.txt, line 2: expected 6 columns as in the first row, found 5'],
    ['1 1 0 0 100 x\n', 'a.txt, line 1: column 6: expected a number, found "x"'],
    ['1 2 0 0 100 5\n1 2 0 0 100 5\n', 'a.txt, line 2: unit 1: expected a cycle after 2, found 2'],
    ['1.5 2 0 0 100 5\n', 'a.txt, line 1: expected whole numbers for unit and cycle'],
  ])('with a mistake says where: %j', (text, message) => {
    expect(() => parseTable(text, 'a.txt')).toThrow(TableError);
    expect(() => parseTable(text, 'a.txt')).toThrow(message);
  });

  it('has lives, one a line', () => {
    expect(parseLives('112 \n98\n', 'b.txt')).toEqual([112, 98]);
    expect(() => parseLives('112\n-3\n', 'b.txt')).toThrow('b.txt, line 2: expected a remaining life');
  });
});

describe('operating conditions', () => {
  it.each([1, 2, 6])('are found without being told how many: %i', (conditions) => {
    const fleet = wearingFleet({ units: 12, seed: 3, conditions, modes: 1, life: 120 });
    const found = learnConditions(fleet);
    expect(found.centres).toHaveLength(conditions);
    // Sensor 0 never varies within a condition.
    expect(found.kept).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('no longer show in standardised sensors', () => {
    const fleet = wearingFleet({ units: 12, seed: 3, conditions: 6, modes: 1, life: 120 });
    const found = learnConditions(fleet);
    const rows = fleet.flatMap(({ settings, sensors }) =>
      sensors.map((row, i) => ({ at: settings[i]![0]! > 45, z: standardise(found, settings[i]!, row)[0]! })),
    );
    const mean = (of: typeof rows) => of.reduce((sum, { z }) => sum + z, 0) / of.length;
    expect(mean(rows.filter(({ at }) => at))).toBeCloseTo(mean(rows.filter(({ at }) => !at)), 5);
  });
});

describe('wear components', () => {
  it('are as many as there are fault modes', () => {
    for (const modes of [1, 2]) {
      const fleet = wearingFleet({ units: 40, seed: 5, conditions: 3, modes, life: 120 });
      const conditions = learnConditions(fleet);
      const rows = fleet.map((u) => u.sensors.map((row, i) => standardise(conditions, u.settings[i]!, row)));
      expect(learnComponents(rows).ratios).toHaveLength(modes);
    }
  });

  it('come from eigenvectors', () => {
    const { values, vectors } = eigen([
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 5],
    ]);
    expect(values.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([5, 3, 1]);
    expect(Math.abs(vectors[1]![0]!)).toBeCloseTo(Math.SQRT1_2);
    expect(vectors[1]![0]).toBeCloseTo(vectors[1]![1]!);
  });
});

describe('the state of a unit', () => {
  it('knows level and slope, whatever the gaps', () => {
    const state = startWear(1, 1);
    for (const cycle of [1, 2, 3, 5, 8, 9, 10, 14, 15, ...Array.from({ length: 300 }, (_, i) => 16 + i)])
      addWear(state, cycle, [3 + 0.5 * cycle], 200);
    const features = featuresOf(state, 200);
    expect(features[0]).toBeCloseTo(315 / 200);
    // The last memory is the whole life: mean and slope a typical life.
    const wholeMean = features[2 + 8]!;
    const wholeSlope = features[2 + 9]!;
    expect(wholeMean).toBeGreaterThan(75);
    expect(wholeSlope).toBeCloseTo(100, 1);
  });

  it('is plain data of constant size', () => {
    const state = startWear(2, 1);
    for (let cycle = 1; cycle <= 10; cycle++) addWear(state, cycle, [1, 2], 100);
    const size = JSON.stringify(state).length;
    const back = JSON.parse(JSON.stringify(state));
    for (let cycle = 11; cycle <= 2_000; cycle++) {
      addWear(state, cycle, [1.5, 2.25], 100);
      addWear(back, cycle, [1.5, 2.25], 100);
    }
    expect(back).toEqual(state);
    expect(JSON.stringify(state).length).toBeLessThan(size + 1_000);
  });
});

describe('the network', () => {
  it('learns a curve, the same with the same seed', () => {
    const rows = Array.from({ length: 400 }, (_, i) => Float64Array.of(i / 100 - 2));
    const wanted = rows.map((row) => Math.abs(row[0]!) - 1);
    const learn = () =>
      trainNetwork(
        rows,
        1,
        (output, row, into) => {
          into[0] = output[0]! - wanted[row]!;
        },
        { hidden: [8], epochs: 100, batch: 16, learningRate: 0.02, decay: 0.001 },
        chance(4),
      );
    const network = learn();
    const errors = rows.map((row, i) => Math.abs(evaluate(network, row)[0]! - wanted[i]!));
    expect(Math.max(...errors)).toBeLessThan(0.2);
    expect(learn()).toEqual(network);
  });
});

describe('intervals', () => {
  it('are widened until one in ten is missed on each side', () => {
    const next = chance(9);
    const held = Array.from({ length: 4_000 }, () => ({
      said: { rul: 60, p10: 58, p90: 62 },
      remaining: 20 + 80 * next(),
    }));
    const shift = learnShift(held, 125);
    const { p10, p90 } = withInterval({ rul: 60, p10: 58, p90: 62 }, shift, 125);
    expect(p10).toBeCloseTo(28, -0.5);
    expect(p90).toBeCloseTo(92, -0.5);
  });

  it('are in order', () => {
    const none = { down: [0, 0, 0, 0], up: [0, 0, 0, 0] };
    expect(withInterval({ rul: 140, p10: 130, p90: 120 }, none, 125)).toEqual({ rul: 125, p10: 125, p90: 125 });
    expect(withInterval({ rul: -3, p10: -9, p90: -1 }, none, 125)).toEqual({ rul: 0, p10: 0, p90: 0 });
  });

  it('and errors are scored as in the challenge', () => {
    const said = [
      { rul: 30, p10: 20, p90: 40 },
      { rul: 100, p10: 90, p90: 160 },
    ];
    const score = scoreRul(said, [20, 150], 125);
    expect(score.rmse).toBeCloseTo(Math.sqrt((100 + 625) / 2));
    expect(score.phm08).toBeCloseTo(Math.E - 1 + Math.exp(25 / 13) - 1);
    expect(score.coverage).toBe(1);
    expect(scoreRul(said, [19, 200], Number.POSITIVE_INFINITY).coverage).toBe(0);
  });
});

describe('remaining life', () => {
  const fleet = wearingFleet({ conditions: 3, modes: 2, life: 100, units: 60, seed: 1 });
  const { units, lives } = cutAtRandom(fleet.slice(40), 8);
  let model: RulModel;
  beforeAll(async () => {
    model = await trainRul(fleet.slice(0, 40), { cap: 60, seed: 1, steps: 1_000 }, here);
  }, 60_000);

  it('of units never seen is foreseen, with two modes and three conditions', () => {
    const predictions = units.map((unit) => predictRul(model, unit));
    const capped = scoreRul(predictions, lives, 60);
    const usual = lives.reduce((sum, life) => sum + Math.min(60, life), 0) / lives.length;
    const naive = Math.sqrt(lives.reduce((sum, life) => sum + (Math.min(60, life) - usual) ** 2, 0) / lives.length);
    expect(capped.rmse).toBeLessThan(0.5 * naive);
    expect(capped.coverage).toBeGreaterThan(0.5);
    expect(model.crossValidated.capped.rmse).toBeLessThan(0.5 * naive);
    expect(model.crossValidated.capped.coverage).toBeGreaterThan(0.75);
  });

  it('is the same from a model and a state that were saved in between', () => {
    const unit = units.find(({ cycles }) => cycles.length > 20)!;
    const saved = JSON.parse(JSON.stringify(model));
    let state = startUnit(saved, unit.cycles[0]!);
    for (const [i, cycle] of unit.cycles.entries()) {
      takeRow(saved, state, cycle, unit.settings[i]!, unit.sensors[i]!);
      if (i === 10) state = JSON.parse(JSON.stringify(state));
    }
    expect(remainingLife(saved, state)).toEqual(predictRul(model, unit));
  });

  it('can be said after a single row, and nothing after it counts', () => {
    const { cycles, settings, sensors, unit } = units[0]!;
    const one = { unit, cycles: cycles.slice(0, 1), settings: settings.slice(0, 1), sensors: sensors.slice(0, 1) };
    const { rul, p10, p90 } = predictRul(model, one);
    expect(p10).toBeLessThanOrEqual(rul);
    expect(rul).toBeLessThanOrEqual(p90);
    expect(rul).toBeGreaterThan(30);
  });

  it('needs ten units', async () => {
    await expect(trainRul(units.slice(0, 9), { cap: 60, seed: 1 }, here)).rejects.toThrow('at least 10 units');
  });
});
