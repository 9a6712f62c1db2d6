import { expect, test } from 'vitest';
import { cornersOf, landPath, projectionOf } from './coverage-map.ts';

const corners = [
  { lat: 30, lon: 104 },
  { lat: 32, lon: 108 },
];

test('north is up, east is right, and everything lies inside the drawing', () => {
  const map = projectionOf(corners);
  const [southWest, northEast] = corners as [(typeof corners)[0], (typeof corners)[0]];
  expect(map.x(southWest)).toBeLessThan(map.x(northEast));
  expect(map.y(southWest)).toBeGreaterThan(map.y(northEast));
  for (const place of corners) {
    expect(map.x(place)).toBeGreaterThan(0);
    expect(map.x(place)).toBeLessThan(map.width);
    expect(map.y(place)).toBeGreaterThan(0);
    expect(map.y(place)).toBeLessThan(map.height);
  }
  // A degree north is longer than a degree east at 31°.
  const east = map.x({ lat: 31, lon: 105 }) - map.x({ lat: 31, lon: 104 });
  const north = map.y({ lat: 30, lon: 104 }) - map.y({ lat: 31, lon: 104 });
  expect(east / north).toBeCloseTo(Math.cos((31 * Math.PI) / 180), 3);
  expect(projectionOf([southWest]).height).toBeGreaterThan(100);
});

test('polygons and multipolygons of the base map are drawn, labels are not', () => {
  const map = projectionOf(corners);
  const ring = [
    [104, 30],
    [105, 30],
    [105, 31],
  ];
  const path = landPath(map, {
    features: [
      { geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} },
      { geometry: { type: 'MultiPolygon', coordinates: [[ring], [ring]] }, properties: {} },
      { geometry: { type: 'Point', coordinates: [104, 30] }, properties: {} },
    ],
  });
  expect(path.match(/M/g)).toHaveLength(3);
  expect(path.match(/Z/g)).toHaveLength(3);
  expect(cornersOf(map, corners).split(' ')).toHaveLength(2);
});
