import { DAY, EngineerId, HOUR, type Interval, OnCallRota } from '@uptower/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aCalendar, aPattern, shiftOn } from '../testing/calendar.ts';
import { ANA, BO, CHEN } from '../testing/world.ts';
import { dutyTimes, onCallTimes, turns } from './on-call.ts';

const on = (text: string) => Date.parse(text);
const rota = (more = {}) =>
  OnCallRota.parse({
    key: 'south',
    name: { en: 'South', zh: '南区' },
    timeZone: 'Europe/Berlin',
    startsOn: '2025-03-24',
    handoverMinute: 480,
    daysEach: 7,
    engineers: [ANA, BO, CHEN],
    ...more,
  });
const text = (intervals: readonly Interval[]) =>
  intervals.map(({ from, to }) => `${new Date(from).toISOString().slice(0, 13)} ${(to - from) / HOUR}`);

describe('an on-call rota', () => {
  test('goes round by days of its zone: the week of the spring night has 167 hours', () => {
    expect(text(turns(rota(), on('2025-03-24'), on('2025-04-15')))).toEqual([
      '2025-03-24T07 167',
      '2025-03-31T06 168',
      '2025-04-07T06 168',
      '2025-04-14T06 168',
    ]);
    expect(turns(rota(), on('2025-04-15'), on('2025-04-16')).map(({ engineerId }) => engineerId)).toEqual([ANA]);
    expect(turns(rota(), on('2025-03-01'), on('2025-03-20'))).toEqual([]);
  });
  test('exactly one is on duty at every moment, whatever was swapped in turn', () => {
    const swap = fc.record({
      engineerId: fc.constantFrom(ANA, BO, CHEN),
      when: fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 100 })).map(([from, hours]) => ({
        from: on('2025-03-24T07:00Z') + from * HOUR,
        to: on('2025-03-24T07:00Z') + (from + hours) * HOUR,
      })),
    });
    fc.assert(
      fc.property(fc.array(swap, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (swaps, daysEach) => {
        const given = rota({ swaps, daysEach });
        const from = on('2025-03-24T07:00Z');
        const to = from + 40 * DAY;
        const all = [ANA, BO, CHEN].flatMap((id) => dutyTimes(given, id, from, to));
        const sorted = all.sort((a, b) => a.from - b.from);
        expect(sorted[0]?.from).toBe(from);
        expect(sorted.at(-1)?.to).toBe(to);
        for (const [i, turn] of sorted.entries()) if (i > 0) expect(turn.from).toBe(sorted[i - 1]?.to);
      }),
      { numRuns: 60 },
    );
  });
  test('an engineer may be called out of turn hours only: not in a shift, not on leave', () => {
    const calendar = aCalendar({
      engineer: { absences: [{ from: on('2025-03-26T00:00Z'), to: on('2025-03-31T00:00Z') }] },
      facts: { patterns: [aPattern('2025-03-24', shiftOn([1, 2], 8, 16))] },
      rotas: [rota()],
    });
    expect(calendar.rotas).toHaveLength(1);
    expect(text(onCallTimes(calendar, rota(), on('2025-03-24'), on('2025-04-02')))).toEqual([
      '2025-03-24T15 16',
      '2025-03-25T15 9',
      '2025-03-31T00 6',
    ]);
    const other = rota({ engineers: [EngineerId.parse('eng_other')] });
    expect(aCalendar({ rotas: [other] }).rotas).toEqual([]);
  });
});
