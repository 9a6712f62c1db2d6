import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { solveText } from '../solve-text.ts';
import { type Link, leastLate, offWindow } from './least-late.ts';
import { estimatedWays } from './ways.ts';

const around = { now: () => 0, ask: estimatedWays, askName: 'estimated' as const };

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at as JSON
async function planned(request: unknown): Promise<any> {
  const { answer } = await solveText({ text: JSON.stringify(request), seed: 1, iterations: 0, planMode: true }, around);
  return answer;
}

const line = [
  [0, 10, 20, 30],
  [10, 0, 10, 20],
  [20, 10, 0, 10],
  [30, 20, 10, 0],
];
const job = (id: number, location_index: number, rest: object = {}) => ({ id, location_index, ...rest });
const steps = (...ids: number[]) => [{ type: 'start' }, ...ids.map((id) => ({ type: 'job', id })), { type: 'end' }];

test('[P1] a route in the order given, with everything it breaks', async () => {
  const answer = await planned({
    vehicles: [
      {
        id: 1,
        start_index: 0,
        end_index: 0,
        capacity: [3],
        time_window: [0, 50],
        max_tasks: 2,
        max_travel_time: 59,
        skills: [1],
        breaks: [{ id: 1, time_windows: [[0, 10]] }],
        steps: steps(3, 1, 2),
      },
    ],
    jobs: [
      job(1, 1, { delivery: [1], skills: [2] }),
      job(2, 2, { delivery: [1] }),
      job(3, 3, { delivery: [2] }),
      job(4, 1),
    ],
    matrix: line,
  });
  // 0 → 30 → 50 → 60 → 80: thirty seconds past the end of work, four on board of three, sixty … eighty of 59 driven.
  const causes = (violations: { cause: string }[]) => violations.map(({ cause }) => cause).sort();
  expect(causes(answer.summary.violations)).toEqual([
    'delay',
    'load',
    'max_tasks',
    'max_travel_time',
    'missing_break',
    'skills',
  ]);
  const { steps: told, violations } = answer.routes[0];
  expect(violations).toContainEqual({ cause: 'delay', duration: 30 });
  expect(told.map((step: { arrival: number }) => step.arrival)).toEqual([0, 30, 50, 60, 80]);
  expect(told[0].violations).toEqual([{ cause: 'load' }]);
  expect(told[2].violations).toEqual([{ cause: 'skills' }]);
  expect(answer.unassigned).toEqual([{ id: 4, type: 'job', location_index: 1 }]);
});

test('[P2] an early start is worth its seconds when it saves more at the other end', async () => {
  const jobs = [job(1, 1, { time_windows: [[0, 5]] }), job(2, 2, { time_windows: [[0, 12]] })];
  const vehicle = { id: 1, start_index: 0, time_window: [20, 100] };
  const [route] = (await planned({ vehicles: [{ ...vehicle, steps: steps(1, 2) }], jobs, matrix: line })).routes;
  // Leaving at 0 is 20 early, and 5 and 8 late; leaving at 20 not early, but 25 and 28 late.
  expect(route.steps[0].arrival).toBe(0);
  expect(route.violations).toEqual([
    { cause: 'lead_time', duration: 20 },
    { cause: 'delay', duration: 13 },
  ]);
});

test('[P3] service_at, service_after and service_before are kept, or refused when they cannot be', async () => {
  const vehicle = (rest: object) => ({
    id: 1,
    start_index: 0,
    steps: [{ type: 'start' }, { type: 'job', id: 1, ...rest }],
  });
  const ask = (rest: object) => planned({ vehicles: [vehicle(rest)], jobs: [job(1, 1)], matrix: line });
  const begins = async (rest: object) => {
    const step = (await ask(rest)).routes[0].steps[1];
    return step.arrival + step.waiting_time;
  };
  expect(await begins({ service_at: 77 })).toBe(77);
  expect(await begins({ service_after: 33 })).toBe(33);
  expect(await begins({ service_before: 33 })).toBe(10);
  await expect(ask({ service_at: 5 })).rejects.toThrow(InputError);
});

test('[P4] shipments out of order and breaks with too much on board', async () => {
  const shipment = { pickup: job(1, 1), delivery: job(1, 2), amount: [2] };
  const order = [
    { type: 'delivery', id: 1 },
    { type: 'pickup', id: 1 },
    { type: 'break', id: 5 },
  ];
  const breaks = [{ id: 5, service: 5, max_load: [1] }];
  const vehicles = [{ id: 1, start_index: 0, end_index: 0, capacity: [2], breaks, steps: order }];
  const wrong = (await planned({ vehicles, shipments: [shipment], matrix: line })).routes[0];
  expect(wrong.violations.map(({ cause }: { cause: string }) => cause)).toContain('precedence');
  const between = [order[1], order[2], order[0]];
  const right = (await planned({ vehicles: [{ ...vehicles[0], steps: between }], shipments: [shipment], matrix: line }))
    .routes[0];
  expect(right.violations).toEqual([{ cause: 'max_load' }]);
});

test('[P5] no other moments leave the windows by fewer seconds', () => {
  const small = (most: number) => fc.integer({ min: 0, max: most });
  const window = fc.tuple(small(14), small(4)).map(([from, length]) => [from, from + length] as const);
  const link: fc.Arbitrary<Link> = fc.record({
    after: small(4),
    windows: fc.array(window, { maxLength: 2 }),
    from: small(4),
    to: fc.integer({ min: 8, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(link, { minLength: 1, maxLength: 4 }), (links) => {
      const off = (moments: readonly number[]) =>
        moments.reduce((sum, moment, i) => sum + Math.abs(offWindow(links[i]!.windows, moment)), 0);
      let best = Number.POSITIVE_INFINITY;
      const tryAll = (moments: number[]) => {
        const next = links[moments.length];
        if (next === undefined) {
          best = Math.min(best, off(moments));
          return;
        }
        const earliest = moments.length === 0 ? next.after : (moments.at(-1) as number) + next.after;
        for (let moment = Math.max(next.from, moments.length === 0 ? 0 : earliest); moment <= next.to; moment++)
          tryAll([...moments, moment]);
      };
      tryAll([]);
      const found = leastLate(links);
      expect(found === null ? Number.POSITIVE_INFINITY : off(found)).toBe(best);
      found?.forEach((moment, i) => {
        expect(moment).toBeGreaterThanOrEqual(links[i]!.from);
        expect(moment).toBeLessThanOrEqual(links[i]!.to);
        if (i > 0) expect(moment - (found[i - 1] as number)).toBeGreaterThanOrEqual(links[i]!.after);
      });
    }),
    { numRuns: 200 },
  );
});
