import { NotLookedAt } from '@uptower/domain';
import { manualClock } from '@uptower/platform';
import { beforeEach, expect, test } from 'vitest';
import { Failures, type Try } from './failures.ts';
import { WaitingLine } from './waiting-line.ts';

let clock: ReturnType<typeof manualClock>;
let line: WaitingLine;
let events: string[];
beforeEach(() => {
  clock = manualClock(0);
  events = [];
  line = new WaitingLine(new Failures(), {
    monotonicMs: clock.now,
    after: (ms, run) => void clock.at(clock.now() + ms, run),
  });
});
const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

const of = (username: string, kind: Try['kind'] = 'chosen', address = 'a'): Try => ({ username, kind, address });
/** Somebody comes; what becomes of it is noted under this name. */
const comes = (name: string, tried: Try) =>
  void line.enter(tried).then(
    () => events.push(name),
    (error) => events.push(error instanceof NotLookedAt ? `${name} refused: ${error.message}` : 'broken'),
  );
/** The limit of this user name is used up. */
async function flood(tried: Try, count: number) {
  for (let i = 0; i < count; i += 1) comes('flood', tried);
  await tick();
}
const entered = () => events.filter((event) => event === 'flood').length;

test('a try that may not be looked at yet waits for its turn, and is refused after five seconds', async () => {
  await flood(of('dev_one'), 5);
  comes('first', of('dev_one'));
  comes('second', of('dev_one'));
  await tick();
  expect(events).toEqual(Array(5).fill('flood'));
  for (let i = 0; i < 50; i += 1) clock.advance(100);
  await tick();
  expect(events.slice(5)).toEqual(['second', 'first refused: too many wrong passwords; again in 5 s']);
});

test('whoever comes after a flood of its own name goes before it', async () => {
  await flood(of('dev_one'), 500);
  comes('the device', of('dev_one'));
  expect(entered()).toBe(5);
  for (let i = 0; i < 50; i += 1) clock.advance(100);
  await tick();
  expect(events).toContain('the device');
  expect(entered()).toBe(5);
});

test('a flood of other names at the same address is passed by in turn', async () => {
  for (let i = 0; i < 2_000; i += 1) comes('flood', of(`dev_${i % 20}`, 'made'));
  comes('the device', of('dev_own', 'made'));
  await tick();
  expect(events).not.toContain('the device');
  for (let i = 0; i < 5; i += 1) clock.advance(100);
  await tick();
  expect(events).toContain('the device');
  expect(entered()).toBeLessThanOrEqual(400 + 100);
});

test('right ones free their place at once: thousands that come back together all come in without a pause', async () => {
  let inside = 0;
  const all = Array.from({ length: 5_000 }, async (_, i) => {
    const tried = of(`dev_${i}`, 'made');
    await line.enter(tried);
    inside += 1;
    line.succeeded(tried);
  });
  await Promise.all(all);
  expect(inside).toBe(5_000);
});

test('who waits is bounded', async () => {
  await flood(of('dev_one'), 1_000);
  const refused = events.filter((event) => event.startsWith('flood refused'));
  expect(refused).toHaveLength(1_000 - 5 - 16);
});

test('addresses that try without end do not keep others out: whoever had no turn yet goes first', async () => {
  const right = of('dev_one', 'chosen', 'device');
  let turns = 0;
  for (let second = 0; second < 120; second += 1) {
    for (let i = 0; i < 6; i += 1) comes('flood', of('dev_one', 'chosen', `stranger ${i}`));
    // Once a minute the device comes back, with the right password.
    if (second % 60 === 59)
      void line.enter(right).then(
        () => {
          turns += 1;
          line.succeeded(right);
        },
        () => undefined,
      );
    for (let i = 0; i < 10; i += 1) {
      clock.advance(100);
      await tick();
    }
  }
  for (let i = 0; i < 50; i += 1) clock.advance(100);
  await tick();
  expect(turns).toBe(2);
});
