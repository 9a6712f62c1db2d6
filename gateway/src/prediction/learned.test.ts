import { type Finding, HOUR } from '@uptower/domain';
import { expect, test } from 'vitest';
import { MONDAY, mrModel } from '../testing/fixtures.ts';
import {
  coldHeadAdded,
  coldHeadLearned,
  patientAdded,
  patientLearned,
  slowAdded,
  slowLearned,
} from '../testing/learned-fixture.ts';
import { Detectors } from './detectors.ts';
import { LearnedModels } from './learned-models.ts';
import { findingsOf, forget, nextSilence, observe, observeCode, observeSilence, resetAfterWork } from './predictor.ts';

const learned = new LearnedModels();
learned.apply(coldHeadAdded);
learned.apply(slowAdded);
learned.apply(patientAdded);
const quick = { ...mrModel, rules: [coldHeadLearned] };
const slow = { ...mrModel, rules: [slowLearned] };
const patient = { ...mrModel, rules: [patientLearned] };
const words = { timeZone: 'UTC', metric: (key: string) => ({ name: { en: key, zh: key }, unit: '' }) };
const at = (hour: number) => MONDAY + hour * HOUR;

function bench(model = quick) {
  let detectors = new Detectors();
  const found = (): Finding | undefined => findingsOf(detectors, model, 'cold-head')[0];
  return {
    show(hour: number, helium: number, trips: number) {
      const values = { helium_pressure: helium, chiller_trips: trips };
      observe(detectors, model, { ts: at(hour), values }, [], words, { learned: learned.get });
      return found();
    },
    code(hour: number) {
      observeCode(detectors, model, 'E1', at(hour), [], words, { learned: learned.get });
      return found();
    },
    found,
    work: (hour: number) => resetAfterWork(detectors, model, 'cold-head', at(hour)),
    replaced: (hour: number) => forget(detectors, model, 'cold-head', at(hour)),
    /** When it was judged until then although nothing was said. */
    silent(until: number, resting: string[] = []) {
      const hours: number[] = [];
      for (;;) {
        const next = nextSilence(detectors, model, at(until), resting, learned.get);
        if (next === null) return hours;
        observeSilence(detectors, model, next, resting, words, learned.get);
        hours.push((next - MONDAY) / HOUR);
      }
    },
    restart() {
      detectors = Detectors.from(JSON.parse(JSON.stringify(detectors)));
    },
    detectors: () => JSON.stringify(detectors),
  };
}

test('what the learned model says is a finding with its curve and its reasons', () => {
  const own = bench();
  expect(own.show(0, 20, 0)).toBeUndefined();
  const finding = own.show(1, 22, 40);
  expect(finding).toMatchObject({
    ruleId: 'cold-head-learned',
    horizonHours: 48,
    evidence: { metric: 'chiller_trips', value: 40, level: 0, since: at(1) },
  });
  expect(finding?.probability).toBeGreaterThan(0.5);
  expect(finding?.evidence.text.en).toMatch(
    /^\d+ % of those like it failed within 2 days: chiller_trips at 40, grew 1 minute ago/,
  );
  const curve = finding?.curve ?? [];
  for (const [i, { p }] of curve.entries()) expect(p).toBeGreaterThanOrEqual(curve[i - 1]?.p ?? 0);
  // Further than it looked it claims nothing more.
  expect(curve.at(-1)?.p).toBe(finding?.probability);
});

test('an event code the learned model knows counts at once', () => {
  const own = bench();
  own.show(0, 24, 0);
  expect(own.code(1)).toMatchObject({ at: at(1), evidence: { text: { en: expect.stringContaining('code E1') } } });
});

test('what can wait is found when the message has come, and then stands while it is likely', () => {
  const own = bench(patient);
  own.show(0, 20, 0);
  // Two spreads above what is usual: more than likely enough.
  expect(own.show(1, 36, 0)).toBeUndefined();
  const finding = own.code(2);
  expect(finding?.probability).toBeGreaterThan(0.6);
  expect(finding?.evidence.since).toBe(at(2));
  // A day later the message is no news any more.
  expect(own.show(40, 38, 0)).toMatchObject({ evidence: { since: at(2) } });
});

test('it ends when the probability has clearly fallen, and not before', () => {
  const own = bench();
  own.show(0, 20, 0);
  expect(own.show(1, 22, 40)).toBeDefined();
  let hour = 1;
  let last: Finding | undefined;
  for (let finding = own.found(); finding && hour < 500; hour += 1) {
    last = finding;
    finding = own.show(hour + 1, 18, 40);
  }
  expect(own.found()).toBeUndefined();
  expect(last?.probability).toBeLessThan(0.5);
  expect(last?.probability).toBeGreaterThanOrEqual(0.4);
});

test('after work, and of a new part, what was counted before counts no more', () => {
  const own = bench();
  own.show(0, 20, 0);
  own.show(1, 22, 40);
  own.work(2);
  expect(own.found()).toBeDefined(); // until the device is seen again
  expect(own.show(3, 22, 40)).toBeUndefined();
  const other = bench();
  other.show(0, 20, 0);
  other.show(1, 22, 40);
  other.replaced(2);
  expect(other.found()).toBeUndefined();
  expect(other.show(3, 22, 40)).toBeUndefined();
});

test('silence: every eighth of two days a device with faults counted is judged; what weighs more by then is found then', () => {
  const own = bench(slow);
  own.show(0, 20, 0);
  expect(own.silent(100)).toEqual([]); // no fault was counted: silence says nothing new
  own.show(100, 20, 30);
  expect(own.found()).toBeUndefined();
  expect(own.silent(108)).toEqual([]); // what comes at that hour speaks for itself
  expect(own.silent(170, ['cold-head'])).toEqual([]); // it has failed, and nobody replaced it yet
  expect(own.silent(133)).toEqual([108, 116, 124, 132]);
  expect(own.found()).toBeUndefined();
  expect(own.silent(170)).toEqual([140, 148, 156, 164]);
  expect(own.found()?.evidence.since).toBe(at(156));
  expect(own.silent(10_000)).toHaveLength(36 - 8); // then it is not observed any more
});

test('a gap is not read as health: what stands goes on in silence, and ends when something is said', () => {
  const own = bench();
  own.show(0, 20, 0);
  expect(own.show(1, 22, 40)).toBeDefined();
  own.silent(300);
  expect(own.found()).toBeDefined();
  expect(own.show(300, 20, 40)).toBeUndefined();
});

test('a file is read once, however many fold the log', () => {
  const other = new LearnedModels();
  other.apply(coldHeadAdded);
  expect(other.get(coldHeadAdded.learnedId)).toBe(learned.get(coldHeadAdded.learnedId));
  expect(other.get(coldHeadAdded.learnedId)).toBeDefined();
});

test('a restart in between changes nothing, and the state does not grow', () => {
  const [calm, restarted] = [bench(), bench()];
  for (let hour = 0; hour < 300; hour += 1) {
    for (const own of [calm, restarted]) own.show(hour, 20 + (hour % 7), Math.floor(hour / 30));
    restarted.restart();
  }
  expect(restarted.detectors()).toBe(calm.detectors());
  expect(calm.detectors().length).toBeLessThan(2_500);
});

test('a rule whose learned model is not known says nothing, and others go on', () => {
  const detectors = new Detectors();
  const reading = { ts: at(0), values: { helium_pressure: 99, chiller_trips: 99 } };
  expect(observe(detectors, { ...mrModel, rules: [coldHeadLearned, ...mrModel.rules] }, reading, [], words)).toBeNull();
  expect(detectors.looseOf('cold-head-learned')).toBeUndefined();
});
