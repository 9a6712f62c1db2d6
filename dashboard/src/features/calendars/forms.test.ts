import { AbsenceBody, AbsenceId, WorkPattern } from '@uptower/domain';
import { expect, test } from 'vitest';
import { absenceBody, absenceForm, newAbsence, patternBody, patternErrors, patternForm } from './forms.ts';

const ZONE = 'Asia/Shanghai';
const id = AbsenceId.parse('abs_1');

test('an absence typed in is what is shown again, in the zone of the engineer', () => {
  const form = { ...newAbsence('2026-03-02'), wholeDays: false, kind: 'training' as const, title: 'MR' };
  const made = absenceBody(form, ZONE);
  if (!('body' in made)) throw new Error('refused');
  expect(made.body.when).toEqual({ from: Date.UTC(2026, 2, 2, 1), to: Date.UTC(2026, 2, 2, 9) });
  expect(absenceForm({ id, ...AbsenceBody.parse(made.body) }, ZONE)).toEqual(form);
  const days = { ...newAbsence('2026-03-02'), toDay: '2026-03-06' };
  const whole = absenceBody(days, ZONE);
  if (!('body' in whole)) throw new Error('refused');
  expect(absenceForm({ id, ...AbsenceBody.parse(whole.body) }, ZONE)).toEqual(days);
});

test('what is wrong is said at its field', () => {
  const wrong = (change: object) => absenceBody({ ...newAbsence('2026-03-02'), ...change }, ZONE);
  expect(wrong({ toDay: '2026-03-01' })).toEqual({ errors: { to: 'calendars.wrong.order' } });
  expect(wrong({ fromDay: '' })).toEqual({ errors: { from: 'calendars.wrong.day' } });
  expect(wrong({ wholeDays: false, toTime: '' })).toEqual({ errors: { to: 'calendars.wrong.time' } });
  expect(wrong({ wholeDays: false, toTime: '09:00' })).toEqual({ errors: { to: 'calendars.wrong.order' } });
  expect(
    patternErrors([
      { path: 'weeks.0.2.breaks.0', message: 'a' },
      { path: 'startsOn', message: 'b' },
    ]),
  ).toEqual({
    '0.2': 'a',
    startsOn: 'b',
  });
});

test('a pattern passes through the form unchanged: nights, breaks after midnight, several breaks', () => {
  const pattern = WorkPattern.parse({
    startsOn: '2026-03-02',
    worksHolidays: true,
    weeks: [
      [
        { weekday: 1, fromMinute: 480, toMinute: 1_020, breaks: [{ minutes: 60, fromMinute: 690, toMinute: 810 }] },
        { weekday: 6, fromMinute: 480, toMinute: 1_440 },
      ],
      [
        {
          weekday: 2,
          fromMinute: 1_320,
          toMinute: 1_800,
          breaks: [
            { minutes: 30, fromMinute: 1_500, toMinute: 1_560 },
            { minutes: 15, fromMinute: 1_700, toMinute: 1_715 },
          ],
        },
      ],
    ],
  });
  expect(WorkPattern.parse(patternBody(patternForm('2026-03-02', pattern, [])))).toEqual(pattern);
});

test('the registry’s shifts are what the first pattern begins with', () => {
  const form = patternForm('2026-03-02', undefined, [{ weekday: 3, fromMinute: 480, toMinute: 1_080 }]);
  expect(form.weeks).toMatchObject([[{ weekday: 3, from: '08:00', to: '18:00', breakMinutes: '' }]]);
});
