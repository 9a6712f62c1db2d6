import { onlyTravel, type PlainInstance, type PlainVisit } from '../solver/plain.ts';
import { euclideanTable, FormatError, type Line, linesOf, numbersOn, type Point, wholeNumber } from './text.ts';

/**
 * Vehicle routing with time windows in the text form of Solomon, "Algorithms for the Vehicle Routing and Scheduling Problems
 * with Time Window Constraints", Operations Research 35(2), 1987; Gehring and Homberger's larger instances have it too.
 */
export interface SolomonFile {
  readonly name: string;
  readonly vehicles: number;
  readonly capacity: number;
  /** The depot first, then the customers in order of number. */
  readonly nodes: readonly SolomonNode[];
}

export interface SolomonNode extends Point {
  readonly demand: number;
  /** Service may start in [ready, due]. */
  readonly ready: number;
  readonly due: number;
  readonly service: number;
}

/**
 * Two conventions that must not be mixed in one table:
 *   dimacs          least distance; every way cut off after one decimal before it is summed
 *   vehicles-first  fewest vehicles, then least distance; real numbers
 */
export type VrptwObjective = 'dimacs' | 'vehicles-first';

const MOST_NODES = 10_001;

/** Throws a FormatError that names the line. */
export function readSolomon(text: string): SolomonFile {
  const lines = linesOf(text);
  const heading = lines.findIndex((line) => /^NUMBER\s+CAPACITY$/i.test(line.text));
  if (heading < 0) throw new FormatError('VEHICLE', 'there is no line "NUMBER CAPACITY"');
  const fleet = lines[heading + 1];
  const [vehicles, capacity] = fleet === undefined ? [] : numbersOn(fleet);
  const first = lines.findIndex((line) => /^CUST\b/i.test(line.text));
  if (first < 0) throw new FormatError('CUSTOMER', 'there is no line "CUST NO. XCOORD. ..."');
  const nodes = lines.slice(first + 1).map(nodeOn);
  if (nodes.length === 0) throw new FormatError('CUSTOMER', 'there is no depot');
  if (nodes.length > MOST_NODES) throw new FormatError('CUSTOMER', `more than ${MOST_NODES} lines`);
  return {
    name: lines[0]?.text ?? '',
    vehicles: wholeNumber('VEHICLE.NUMBER', vehicles, 1, 10_000),
    capacity: wholeNumber('VEHICLE.CAPACITY', capacity, 0, 2 ** 31 - 1),
    nodes,
  };
}

function nodeOn(line: Line, k: number): SolomonNode {
  const path = `line ${line.number}`;
  const [number, x, y, demand, ready, due, service, ...more] = numbersOn(line);
  if (service === undefined || more.length > 0) throw new FormatError(path, 'a customer has seven numbers');
  if (number !== k) throw new FormatError(path, `customer ${k} is missing, ${number} comes instead`);
  const whole = (value: number | undefined) => wholeNumber(path, value, 0, 10_000_000);
  if (due !== undefined && ready !== undefined && due < ready) throw new FormatError(path, 'is due before it is ready');
  return {
    x: within(path, x),
    y: within(path, y),
    demand: whole(demand),
    ready: whole(ready),
    due: whole(due),
    service: whole(service),
  };
}

function within(path: string, coordinate: number | undefined): number {
  if (coordinate === undefined || Math.abs(coordinate) > 100_000)
    throw new FormatError(path, `coordinates lie within 100000 of the origin, one is ${coordinate}`);
  return coordinate;
}

/** Units of time and distance in one of the file's: tenths for DIMACS, thousandths where real numbers are meant. */
export const unitsOf = (objective: VrptwObjective): number => (objective === 'dimacs' ? 10 : 1000);

/**
 * Engineer k is vehicle k, visit k is customer k + 1. Real ways are rounded up, so that what fits here fits there: a
 * thousandth of rounding a leg is far below what the published values show.
 */
export function solomonToPlain(file: SolomonFile, objective: VrptwObjective): PlainInstance {
  const units = unitsOf(objective);
  const up = (value: number) => Math.ceil(value - 1e-6);
  const travelSeconds = euclideanTable(file.nodes, units, objective === 'dimacs' ? cutOff : up);
  const [depot, ...customers] = file.nodes as [SolomonNode, ...SolomonNode[]];
  const shift = {
    startLocation: 0,
    endLocation: 0,
    from: depot.ready * units,
    to: depot.due * units,
    capacity: [file.capacity],
    ...(objective === 'vehicles-first' && { fixedCost: moreThanAllWays(travelSeconds, file) }),
  };
  const visits = customers.map(
    ({ demand, ready, due, service }, k): PlainVisit => ({
      location: k + 1,
      serviceSeconds: service * units,
      windows: [{ from: ready * units, to: due * units }],
      amount: [demand],
      priority: 0,
      mandatory: true,
    }),
  );
  return {
    locationCount: file.nodes.length,
    travelSeconds,
    engineers: Array.from({ length: file.vehicles }, () => ({ skills: [], shifts: [shift] })),
    visits,
    // travel "seconds" are the file's units of distance
    weights: onlyTravel,
  };
}

/** A hair is added so that what is a whole number in exact arithmetic is not cut off below it. */
export const cutOff = (value: number): number => Math.floor(value + 1e-9);

/** Saving a vehicle is worth any detour: more than all legs of a plan can add up to. */
function moreThanAllWays(ways: Int32Array, file: SolomonFile): number {
  const longest = ways.reduce((most, way) => Math.max(most, way), 0);
  return (file.nodes.length + Math.min(file.vehicles, file.nodes.length)) * longest + 1;
}
