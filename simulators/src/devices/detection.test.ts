import { DAY, HOUR, MINUTE } from '@uptower/domain';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../failure-modes/fault.ts';
import { detectorOf } from '../testing/rule-maths.ts';
import { aPlant, MONDAY_MORNING as START } from '../testing/small-world.ts';
import { KITS } from './catalogue.ts';
import { HEALTHY, readingAt } from './signal.ts';

const { plant } = aPlant();

const faultOf = (deviceId: string, mode: string, onset: number, life: number, convexity: number): Fault => ({
  id: 'f',
  deviceId,
  mode,
  onset,
  failsAt: onset + life,
  convexity,
  failedAt: null,
  repairedAt: null,
  vainRepairs: 0,
  scriptedVainRepairs: null,
});

/** Hours before the failure at which the first rule of the mode speaks; undefined when none does. */
function leadHours(fault: Fault): number | undefined {
  const machine = plant.machine(fault.deviceId);
  const detectors = (machine.kit.modes.find(({ mode }) => mode.key === fault.mode)?.rules ?? []).map(detectorOf);
  for (let at = fault.onset - DAY; at < fault.failsAt; at += 5 * MINUTE) {
    const values = readingAt(machine, at, { ...HEALTHY, faults: [fault] });
    if (detectors.filter((detector) => detector.feed(at, values)).length > 0) return (fault.failsAt - at) / HOUR;
  }
  return undefined;
}

describe('every failure mode is seen at least two hours before it fails', () => {
  for (const kit of KITS)
    for (const hidden of kit.modes)
      test(`${kit.code}: ${hidden.mode.name.en}`, () => {
        const machine = plant.machines.find((candidate) => candidate.kit === kit);
        const [shortest, longest] = hidden.hours;
        for (const [life, convexity] of [
          [shortest, hidden.convexity[1]],
          [longest, hidden.convexity[0]],
        ] as const) {
          const fault = faultOf(machine?.device.id ?? '', hidden.mode.key, START, life * HOUR, convexity);
          expect(leadHours(fault)).toBeGreaterThan(2);
        }
      });
});

test('three days of healthy devices with decoys raise no rule', () => {
  const { plant: healthy, state } = aPlant();
  // Every ninth device; no fault was ever let loose (`begin` was not called, `advance` neither).
  const some = healthy.machines.filter((_, index) => index % 9 === 0);
  const raised: string[] = [];
  for (const machine of some) {
    const rules = machine.kit.modes.flatMap((hidden) => hidden.rules).map((rule) => ({ rule, of: detectorOf(rule) }));
    for (let at = START + machine.phaseMs; at < START + 3 * DAY; at += MINUTE) {
      const values = healthy.reading(machine.device.id, at);
      for (const { rule, of } of rules) if (of.feed(at, values)) raised.push(`${machine.device.id} ${rule.id}`);
    }
  }
  expect(state.faults).toEqual([]);
  expect([...new Set(raised)]).toEqual([]);
});

test('decoys do show: some readings lie beyond a limit, only not for long', () => {
  const { plant: healthy } = aPlant();
  let beyond = 0;
  for (const machine of healthy.machines.filter((_, index) => index % 3 === 0)) {
    const limits = machine.kit.modes.flatMap((hidden) => hidden.rules).filter((rule) => rule.kind === 'limit');
    for (let at = START + machine.phaseMs; at < START + DAY; at += MINUTE) {
      const values = healthy.reading(machine.device.id, at);
      for (const rule of limits) {
        const value = values[rule.metric] ?? 0;
        if (rule.side === 'high' ? value > rule.level : value < rule.level) beyond += 1;
      }
    }
  }
  expect(beyond).toBeGreaterThan(3);
});

test('readings stay within what the sensors can say, and counters never fall', () => {
  const { plant: working } = aPlant();
  working.begin();
  for (const machine of working.machines.filter((_, index) => index % 11 === 0)) {
    let before: Record<string, number> = {};
    for (let at = START - DAY; at < START + DAY; at += 10 * MINUTE) {
      const values = working.reading(machine.device.id, at);
      for (const { signal } of machine.signals) {
        const { key, possible, kind } = signal.metric;
        const value = values[key] ?? Number.NaN;
        expect(value).toBeGreaterThanOrEqual(possible?.min ?? Number.NEGATIVE_INFINITY);
        expect(value).toBeLessThanOrEqual(possible?.max ?? Number.POSITIVE_INFINITY);
        if (kind === 'counter') expect(value).toBeGreaterThanOrEqual(before[key] ?? 0);
      }
      before = values;
    }
  }
});
