import type { DeviceView } from '@uptower/domain';
import { expect, test } from 'vitest';
import { sitePoints, spiral, spread } from './map-points.ts';

const device = (id: string, siteId: string, state: string) =>
  ({ id, siteId, place: { lat: 29, lon: 106 }, availability: { state }, openAlert: null }) as unknown as DeviceView;

test('devices of one site are one group, the worst first', () => {
  const points = sitePoints([device('a', 's1', 'up'), device('b', 's1', 'down'), device('c', 's2', 'up')]);
  expect(points.map((point) => point.devices.map((each) => each.id))).toEqual([['b', 'a'], ['c']]);
});

test('the first dot of a spiral is its centre', () => expect(spiral(0, 5)).toEqual({ x: 0, y: 0 }));

test('engineers at one place are pushed apart', () => {
  const [a, b] = spread(
    [
      { x: 10, y: 10 },
      { x: 10, y: 10 },
    ],
    24,
  );
  expect(Math.hypot(b!.x - a!.x, b!.y - a!.y)).toBeGreaterThan(20);
});
