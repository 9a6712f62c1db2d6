import { expect, test } from 'vitest';
import { checkPlan } from '../solver/check-plan.ts';
import { buildInstance } from '../solver/instance.ts';
import { solve } from '../solver/search.ts';
import { readSolomon, solomonToPlain } from './solomon.ts';
import { FormatError } from './text.ts';
import { readVrplib, vrplibToPlain } from './vrplib.ts';

const solomon = `tiny

VEHICLE
NUMBER     CAPACITY
  3         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       100          0
    1      1         1          6          0        90         10
    2      3         4          6         50        60         10
    3      0        -2          4          0        90         10
`;

test('[E1] a Solomon file: ways cut off after a decimal, tenths of everything', () => {
  const file = readSolomon(solomon);
  expect(file).toMatchObject({ name: 'tiny', vehicles: 3, capacity: 10 });
  const plain = solomonToPlain(file, 'dimacs');
  expect([...plain.travelSeconds].slice(0, 4)).toEqual([0, 14, 50, 20]); // 1.414 is 1.4
  expect(plain.visits[1]).toMatchObject({ serviceSeconds: 100, windows: [{ from: 500, to: 600 }], amount: [6] });
  expect(plain.engineers[0]?.shifts[0]).toMatchObject({ from: 0, to: 1000, capacity: [10] });
});

test('[E2] vehicles first: one vehicle less is worth any detour', () => {
  const instance = buildInstance(solomonToPlain(readSolomon(solomon), 'vehicles-first'));
  const { plan } = solve(instance, { seed: 1, iterations: 300 });
  expect(checkPlan(instance, plan)).toEqual([]);
  expect(plan.routes).toHaveLength(2); // 16 to carry, 10 in each
  expect(plan.unassigned).toEqual([]);
});

test.each([
  [solomon.replace('NUMBER', 'COUNT'), /^VEHICLE: /],
  [solomon.replace('  3         10', '  3.5       10'), /^VEHICLE\.NUMBER: must be a whole number/],
  [solomon.replace('50        60', 'NaN       60'), /^line 12: "NaN" is not a number/],
  [solomon.replace('50        60', '70        60'), /^line 12: is due before it is ready/],
  [solomon.replace('    2      3', '    7      3'), /^line 12: customer 2 is missing, 7 comes instead/],
])('[E3] what is wrong with a Solomon file is said with its line', (text, message) => {
  expect(() => readSolomon(text)).toThrow(FormatError);
  expect(() => readSolomon(text)).toThrow(message);
});

const vrplib = `NAME: tiny
TYPE: MDVRPTW
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 2
CAPACITY: 10
VEHICLES_MAX_DURATION: 30
NODE_COORD_SECTION
1 0 0
2 10 0
3 1 0
4 9 0
SERVICE_TIME_SECTION
1 0
2 0
3 5
4 5
VEHICLES_DEPOT_SECTION
1 1
2 2
VEHICLES_ALLOWED_CLIENTS_SECTION
1 4
2 3 4
DEPOT_SECTION
1
2
EOF
`;

test('[E4] a VRPLIB file: homes, who may serve whom, longest days', () => {
  const { plain, nodeOfVisit } = vrplibToPlain(readVrplib(vrplib));
  expect(nodeOfVisit).toEqual([2, 3]);
  expect(plain.engineers.map(({ shifts }) => shifts[0])).toMatchObject([
    { startLocation: 0, longestSeconds: 30_000, capacity: [10] },
    { startLocation: 1, longestSeconds: 30_000 },
  ]);
  expect(plain.visits.map(({ excludedEngineers }) => excludedEngineers)).toEqual([[0], undefined]);
  const instance = buildInstance(plain);
  const { plan, cost } = solve(instance, { seed: 1, iterations: 50 });
  expect(checkPlan(instance, plan)).toEqual([]);
  expect(plan.routes.map(({ vehicle }) => vehicle)).toEqual([1]);
  expect(cost.total).toBe(18_000);
  expect(plan.routes[0]?.homeAt).toBe(28_000); // there and back, and twice 5 of service: within 30
});

test.each([
  [vrplib.replace('EUC_2D', 'GEO'), /^EDGE_WEIGHT_TYPE: only EUC_2D/],
  [vrplib.replace('DIMENSION: 4', 'DIMENSION: 1e9'), /^DIMENSION: must be a whole number/],
  [vrplib.replace('2 10 0', '2 1e99 0'), /^line 10: 1e\+99 is too large/],
  [vrplib.replace('2 2\n', '2 9\n'), /^VEHICLES_DEPOT_SECTION: must be a whole number from 1 to 4/],
  [vrplib.replace('4 5\n', ''), /^SERVICE_TIME_SECTION: must have 4 lines, has 3/],
  [vrplib.replace('SERVICE_TIME_SECTION', 'BACKHAUL_SECTION'), /^BACKHAUL_SECTION: is not a section known here/],
])('[E5] what is wrong with a VRPLIB file is said with its place', (text, message) => {
  expect(() => readVrplib(text)).toThrow(FormatError);
  expect(() => readVrplib(text)).toThrow(message);
});
