import { HOUR, MINUTE } from '@uptower/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deviceA1, deviceB1, MONDAY } from '../testing/fixtures.ts';
import { type Input, machine } from '../testing/machine.ts';

const at = (minute: number) => MONDAY + minute * MINUTE;
const reading = (minute: number, helium: number, trips: number, seq: number | null): Input => ({
  channel: 'telemetry',
  body: {
    ts: at(minute),
    ...(seq === null ? {} : { seq }),
    values: { helium_pressure: helium, ...(trips > 0 ? { chiller_trips: trips } : {}) },
  },
});

/** A stream in order, one thing a minute at most. */
const streamOf = (numbered: boolean) =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom('reading', 'reading', 'reading', 'reading', 'reading', 'event', 'state', 'E1', 'E9'),
        pause: fc.constantFrom(1, 1, 1, 2, 3, 20),
        helium: fc.integer({ min: 10, max: 50 }),
        trips: fc.integer({ min: 0, max: 5 }),
        component: fc.constantFrom('cold-head', 'chiller'),
        code: fc.constantFrom('failure', 'replaced'),
        status: fc.constantFrom('up', 'partial', 'down'),
      }),
      { minLength: 2, maxLength: 80 },
    )
    .map((steps) => {
      let minute = 0;
      return steps.map((step, i): Input => {
        minute += step.pause;
        if (step.kind === 'event')
          return { channel: 'events', body: { ts: at(minute), code: step.code, component: step.component } };
        // A learned rule looks at the first; the second means nothing to anybody.
        if (step.kind === 'E1' || step.kind === 'E9')
          return { channel: 'events', body: { ts: at(minute), code: step.kind } };
        if (step.kind === 'state') return { channel: 'state', body: { ts: at(minute), status: step.status } };
        return reading(minute, step.helium, step.trips, numbered ? i : null);
      });
    });

/** The stream in some other order, with some things said again. */
const shuffled = (inputs: readonly Input[]) =>
  fc
    .record({
      order: fc.shuffledSubarray([...inputs.keys()], { minLength: inputs.length, maxLength: inputs.length }),
      again: fc.array(fc.nat({ max: inputs.length - 1 }), { maxLength: 20 }),
    })
    .map(({ order, again }) => [...order, ...again].map((i) => inputs[i] as Input));

const arrivals = fc.boolean().chain((numbered) =>
  streamOf(numbered).chain((inputs) =>
    fc.record({
      inputs: fc.constant(inputs),
      order: fc.oneof(
        shuffled(inputs),
        fc.constant([...inputs].reverse()),
        fc.nat({ max: inputs.length }).map((cut) => [...inputs.slice(cut), ...inputs.slice(0, cut)]),
      ),
    }),
  ),
);

for (const deviceId of [deviceA1, deviceB1])
  for (const memory of [true, false])
    test(`any order with repetitions ends as in order: ${deviceId}, ${memory ? 'from memory' : 'from the store'}`, () =>
      fc.assert(
        fc.asyncProperty(arrivals, async ({ inputs, order }) => {
          const calm = machine(deviceId);
          for (const input of inputs) calm.say(input, MONDAY + 40 * HOUR);
          expect(calm.log.some((event) => event.type.includes('amended'))).toBe(false);
          const wild = machine(deviceId, { memory });
          for (const input of order) wild.say(input, MONDAY + 40 * HOUR);
          await wild.settled();
          expect(wild.outcome()).toEqual(calm.outcome());
        }),
        { numRuns: 80 },
      ));

/** Trips, and hours in which nothing is heard; the values of a moment come in one message or in two. */
const gappy = fc
  .array(
    fc.record({
      pause: fc.constantFrom(1, 3, 9, 20, 60),
      helium: fc.integer({ min: 15, max: 45 }),
      trips: fc.integer({ min: 0, max: 3 }),
      code: fc.boolean(),
    }),
    { minLength: 3, maxLength: 14 },
  )
  .map((steps) => {
    let [hour, trips] = [0, 0];
    return steps.map((step) => {
      hour += step.pause;
      trips += step.trips;
      const ts = MONDAY + hour * HOUR;
      const values = { helium_pressure: step.helium, chiller_trips: trips };
      const telemetry = (given: object): Input => ({ channel: 'telemetry', body: { ts, values: given } });
      const code: Input[] = step.code ? [{ channel: 'events', body: { ts: ts + HOUR / 2, code: 'E1' } }] : [];
      const { helium_pressure, chiller_trips } = values;
      return {
        whole: [telemetry(values), ...code],
        parts: [telemetry({ helium_pressure }), telemetry({ chiller_trips }), ...code],
      };
    });
  });

test('learned: gaps and moments in parts are judged alike in any order, what silence says as well', async () => {
  const arrivedAt = MONDAY + 40 * 24 * HOUR;
  let inSilence = 0;
  await fc.assert(
    fc.asyncProperty(
      gappy.chain((steps) =>
        fc.record({ steps: fc.constant(steps), order: shuffled(steps.flatMap(({ parts }) => parts)) }),
      ),
      fc.boolean(),
      async ({ steps, order }, memory) => {
        const run = async (inputs: readonly Input[], own: ReturnType<typeof machine>) => {
          for (const input of inputs) own.say(input, arrivedAt);
          await own.settled();
          return own;
        };
        const calm = await run(
          steps.flatMap(({ whole }) => whole),
          machine(deviceA1),
        );
        const parted = await run(
          steps.flatMap(({ parts }) => parts),
          machine(deviceA1),
        );
        expect(parted.outcome()).toEqual(calm.outcome());
        const wild = await run(order, machine(deviceA1, { memory }));
        expect(wild.outcome()).toEqual(calm.outcome());
        const spoken = new Set(steps.flatMap(({ whole }) => whole.map((input) => timeOf(input))));
        const told = calm.log.flatMap((event) => {
          if (event.type === 'alert.raised') return event.finding;
          return event.type === 'alert.findings-changed' ? event.findings : [];
        });
        if (told.some(({ ruleId, at: then }) => ruleId === 'cold-head-slow' && !spoken.has(then))) inSilence += 1;
      },
    ),
    { numRuns: 40 },
  );
  expect(inSilence).toBeGreaterThan(3);
});

test('a restart anywhere changes nothing, to the last bit, whatever the order', () =>
  fc.assert(
    fc.asyncProperty(
      arrivals,
      fc.uniqueArray(fc.nat({ max: 80 }), { maxLength: 8 }),
      async ({ inputs, order }, stops) => {
        const calm = machine(deviceA1);
        for (const input of inputs) calm.say(input, MONDAY + 40 * HOUR);
        const stopped = machine(deviceA1);
        for (const [i, input] of order.entries()) {
          if (stops.includes(i)) stopped.restart();
          stopped.say(input, MONDAY + 40 * HOUR);
        }
        await stopped.settled();
        expect(stopped.outcome()).toEqual(calm.outcome());
      },
    ),
    { numRuns: 60 },
  ));

/** Ten days in which nothing happens: before that, novelty has nothing to say. */
const calmDays = Array.from({ length: 480 }, (_, i) => reading(i * 30, 15 + (i % 3) + (i % 48) / 24, 0, i));

test('novelty: any order with repetitions ends as in order, after days of learning', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(fc.constantFrom(15, 16, 17, 18, 30, 45), { minLength: 5, maxLength: 60 })
        .map((values) => values.map((helium, i) => reading(480 * 30 + i * 10, helium, 0, 480 + i)))
        .chain((inputs) => fc.record({ inputs: fc.constant(inputs), order: shuffled(inputs) })),
      fc.nat({ max: 479 }),
      fc.boolean(),
      async ({ inputs, order }, missing, memory) => {
        const [calm, wild] = [machine(deviceA1), machine(deviceA1, { memory })];
        const arrivedAt = MONDAY + 20 * 24 * HOUR;
        for (const input of [...calmDays, ...inputs]) calm.say(input, arrivedAt);
        const without = calmDays.filter((_, i) => i !== missing);
        for (const input of [...without, ...order, calmDays[missing] as Input]) wild.say(input, arrivedAt);
        await wild.settled();
        expect(wild.outcome()).toEqual(calm.outcome());
        if (JSON.stringify(calm.log).includes('helium-strange')) found += 1;
      },
    ),
    { numRuns: 25 },
  );
  expect(found).toBeGreaterThan(10);
}, 60_000);

/** A device that is heard, then is not, and at last sends what it kept; meanwhile somebody repaired something. */
const stories = streamOf(true).chain((inputs) =>
  fc.nat({ max: inputs.length }).chain((cut) =>
    fc.record({
      live: fc.constant(inputs.slice(0, cut)),
      kept: fc.constant(inputs.slice(cut)),
      order: cut === inputs.length ? fc.constant([]) : shuffled(inputs.slice(cut)),
      /** After so many of what it kept, everything waiting is carried out. */
      settleAfter: fc.nat({ max: 80 }),
      work: fc.option(fc.constantFrom('cold-head', 'chiller', null), { nil: undefined }),
    }),
  ),
);
const timeOf = ({ body }: Input) => (body as { ts: number }).ts;

for (const memory of [true, false])
  test(`what a device kept while nobody heard it amends what was unknown: ${memory ? 'from memory' : 'from the store'}`, () =>
    fc.assert(
      fc.asyncProperty(stories, async ({ live, kept, order, settleAfter, work }) => {
        const run = async (rest: readonly Input[], own: ReturnType<typeof machine>) => {
          for (const input of live) own.say(input, timeOf(input));
          const since = live.at(-1);
          if (since) own.silent(timeOf(since));
          if (work !== undefined)
            own.tell(
              {
                type: 'work-order.work-finished',
                workOrderId: 'wo_1' as never,
                at: (since ? timeOf(since) : MONDAY) + 5 * MINUTE,
                by: 'eng_1' as never,
                outcome: 'fixed',
                note: null,
                deviceId: deviceA1,
                component: work,
              },
              MONDAY + 39 * HOUR,
            );
          for (const [i, input] of rest.entries()) {
            own.say(input, MONDAY + 40 * HOUR);
            if (i === settleAfter) await own.settled();
          }
          await own.settled();
          return own.outcome();
        };
        expect(await run(order, machine(deviceA1, { memory }))).toEqual(await run(kept, machine(deviceA1)));
      }),
      { numRuns: 80 },
    ));

test('beyond the horizon a reading is stored and counted, and changes nothing; within, the store answers for weeks', async () => {
  const own = machine(deviceA1, { memory: false });
  const day = 24 * 60;
  const months = Array.from({ length: 90 }, (_, i) => reading(i * day, 15, 0, i));
  const missing = [3, 70];
  for (const [i, input] of months.entries()) if (!missing.includes(i)) own.say(input, MONDAY + 100 * day * MINUTE);
  own.say(months[70] as Input, MONDAY + 100 * day * MINUTE);
  await own.settled();
  const all = machine(deviceA1);
  for (const [i, input] of months.entries()) if (i !== 3) all.say(input, MONDAY + 100 * day * MINUTE);
  expect(own.outcome()).toEqual(all.outcome());
  expect(own.past().checkpoints.length).toBeLessThanOrEqual(6);
  // Older than everything that is remembered.
  own.say(reading(-day, 15, 0, 1000), MONDAY + 100 * day * MINUTE);
  await own.settled();
  expect(own.past().tooLate).toBe(1);
  expect(own.outcome()).toEqual(all.outcome());
});
