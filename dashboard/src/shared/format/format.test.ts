import { describe, expect, test } from 'vitest';
import { formatter } from './format.ts';

const en = formatter('en');
const zh = formatter('zh-CN');
const monday = Date.UTC(2026, 10, 23, 2, 42, 5); // 10:42:05 in Chongqing

describe('times and figures as people read them', () => {
  test('a day runs 24 hours in the zone of the site, whatever the browser thinks', () => {
    expect(en.dayTime(monday)).toBe('Mon 23 Nov 10:42');
    expect(en.time(Date.UTC(2026, 10, 22, 16, 5))).toBe('00:05');
    expect(zh.time(monday)).toBe('10:42');
  });

  test('another day is named, today is not', () => {
    expect(en.moment(monday, monday + 3_600_000)).toBe('10:42');
    expect(en.moment(monday, monday + 86_400_000)).toBe('Mon 23 Nov 10:42');
  });

  test('durations keep two units', () => {
    expect(en.duration(45_000)).toBe('45 s');
    expect(en.duration(12 * 60_000)).toBe('12 min');
    expect(en.duration(185 * 60_000)).toBe('3 h 05');
    expect(en.duration(52 * 3_600_000)).toBe('2 d 4 h');
    expect(zh.duration(185 * 60_000)).toBe('3 小时 5 分');
    expect(zh.ago(monday - 60_000, monday)).toBe('1 分前');
  });

  test('figures', () => {
    expect(en.percent(0.9865, 2)).toBe('98.65%');
    expect(en.km(34_400)).toBe('34 km');
    expect(zh.km(3_440)).toBe('3.4 公里');
  });
});
