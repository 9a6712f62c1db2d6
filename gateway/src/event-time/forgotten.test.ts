import { HOUR, MINUTE } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceA1, MONDAY } from '../testing/fixtures.ts';
import { type Input, machine } from '../testing/machine.ts';

const state = (ts: number, status: 'up' | 'partial' | 'down'): Input => ({ channel: 'state', body: { ts, status } });
const reading = (ts: number): Input => ({ channel: 'telemetry', body: { ts, values: { helium_pressure: 15 } } });
const STATUSES = ['up', 'partial', 'down'] as const;
const amendments = ({ log }: ReturnType<typeof machine>) =>
  log.flatMap((event) => (event.type === 'availability.amended' ? [event] : []));

const HOURS = 300;
/** Another state every hour: more than twice as many as are remembered. */
function restless(without?: number) {
  const own = machine(deviceA1);
  for (let i = 0; i < HOURS; i += 1) {
    const at = MONDAY + i * HOUR;
    if (i !== without) own.say(state(at, STATUSES[i % 3] as 'up'), at);
    own.say(reading(at + 10 * MINUTE), at + 10 * MINUTE);
  }
  return own;
}

test('a device that changed its state more often than is remembered keeps its early ledger', async () => {
  const own = restless();
  const before = own.ledger.intervals(deviceA1);
  expect(before).toHaveLength(HOURS);
  own.say(reading(MONDAY + (HOURS - 2) * HOUR), MONDAY + HOURS * HOUR);
  await own.settled();
  expect(own.ledger.intervals(deviceA1)).toEqual(before);
  expect(amendments(own)).toEqual([]);
});

test('a state that came late is reckoned in as far back as is remembered; of before, the ledger stays as told', () =>
  fc.assert(
    fc.asyncProperty(fc.nat({ max: HOURS - 2 }), async (hour) => {
      const [own, inOrder] = [restless(hour), restless()];
      const before = own.ledger.intervals(deviceA1);
      const begin = own.past().base?.[0] ?? Number.NEGATIVE_INFINITY;
      const at = MONDAY + hour * HOUR;
      own.say(state(at, STATUSES[hour % 3] as 'up'), MONDAY + HOURS * HOUR);
      await own.settled();
      expect(own.ledger.intervals(deviceA1)).toEqual(at > begin ? inOrder.ledger.intervals(deviceA1) : before);
      for (const { from, entries } of amendments(own)) {
        expect(from).toBeGreaterThan(begin);
        expect(entries[0]?.from).toBe(from);
      }
    }),
    { numRuns: 10 },
  ));

const DAYS = 100;
const noon = (day: number) => MONDAY + (day * 24 + 4) * HOUR;
/** Heard for four hours of each day: more absences than are remembered. */
function sleepy() {
  const own = machine(deviceA1);
  for (let day = 0; day < DAYS; day += 1) {
    for (let at = noon(day) - 4 * HOUR; at <= noon(day); at += 30 * MINUTE) own.say(reading(at), at);
    own.silent(noon(day));
  }
  own.say(reading(MONDAY + DAYS * 24 * HOUR), MONDAY + DAYS * 24 * HOUR);
  return own;
}

test('a device that was away more often than is remembered keeps its early ledger', async () => {
  const own = sleepy();
  const before = own.ledger.intervals(deviceA1);
  expect(before).toHaveLength(2 * DAYS + 1);
  own.say(reading(noon(DAYS - 1) - 1), MONDAY + DAYS * 24 * HOUR);
  await own.settled();
  expect(own.ledger.intervals(deviceA1)).toEqual(before);
  // It kept what it measured in the last night: that is known now, and nothing else changes.
  for (let at = noon(DAYS - 1); at < MONDAY + DAYS * 24 * HOUR; at += 4 * MINUTE)
    own.say(reading(at + 1), MONDAY + DAYS * 24 * HOUR);
  await own.settled();
  expect(own.ledger.intervals(deviceA1)).toEqual([...before.slice(0, -3), { ...before.at(-3), to: null }]);
});

test('an absence among more words than are remembered stays as told', async () => {
  const own = machine(deviceA1);
  const hours = 100;
  for (let i = 0; i < hours; i += 1) {
    if (i === 20) own.silent(MONDAY + 19 * HOUR);
    // Seldom, seen from its rhythm: each word stands alone.
    if (i < 20 || i >= 22) own.say(reading(MONDAY + i * HOUR), MONDAY + i * HOUR);
  }
  const before = own.ledger.intervals(deviceA1);
  expect(before.map(({ state }) => state)).toEqual(['up', 'unknown', 'up']);
  own.say(reading(MONDAY + (hours - 2) * HOUR + 1), MONDAY + hours * HOUR);
  await own.settled();
  expect(own.ledger.intervals(deviceA1)).toEqual(before);
});

const failure = (ts: number): Input => ({ channel: 'events', body: { ts, code: 'failure', component: 'chiller' } });

for (const hour of [1, 40])
  test(`a reading so late that a failure of since then is forgotten changes nothing of what was told: hour ${hour}`, async () => {
    const own = machine(deviceA1);
    for (let i = 0; i < HOURS; i += 1) {
      const at = MONDAY + i * HOUR;
      own.say(reading(at), at);
      if (i === 2) own.say(failure(at + 1), at + 1);
      if (i > 10) own.say(state(at + 10 * MINUTE, i % 2 ? 'partial' : 'down'), at + 10 * MINUTE);
    }
    const before = own.outcome();
    expect(before.alerts).toMatchObject(expect.arrayContaining([expect.objectContaining({ component: 'chiller' })]));
    own.say(reading(MONDAY + hour * HOUR + 1), MONDAY + HOURS * HOUR);
    await own.settled();
    expect(own.outcome()).toEqual(before);
    expect(own.past().tooLate).toBe(1);
    // What comes next is judged as ever, also a little late.
    for (const minute of [20, 30, 25])
      own.say(reading(MONDAY + (HOURS - 1) * HOUR + minute * MINUTE), MONDAY + HOURS * HOUR);
    await own.settled();
    expect(own.past().tooLate).toBe(1);
  });

test('more than is remembered in one go: what a device kept is all judged before any of it is let go', async () => {
  const kept: Input[] = [failure(MONDAY + HOUR + 1)];
  for (let i = 0; i < HOURS; i += 1) kept.push(state(MONDAY + HOUR + i * 10 * MINUTE, i % 2 ? 'partial' : 'down'));
  const run = async (inputs: readonly Input[]) => {
    const own = machine(deviceA1, { memory: false });
    const back = MONDAY + 60 * HOUR;
    for (const at of [MONDAY, back]) own.say(reading(at), at);
    for (const input of inputs) own.say(input, back);
    await own.settled();
    expect(own.past().marks.length).toBeLessThan(HOURS / 2);
    return own.outcome();
  };
  const inOrder = await run(kept);
  expect(inOrder.facts).toHaveLength(1);
  expect(inOrder.ledger.length).toBeGreaterThan(HOURS);
  expect(await run([...kept].reverse())).toEqual(inOrder);
});
