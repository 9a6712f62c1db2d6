import { onlyTravel, type PlainEngineer, type PlainInstance, type PlainVisit } from '../solver/plain.ts';
import { euclideanTable, FormatError, type Line, linesOf, numbersOn, type Point, wholeNumber } from './text.ts';

/**
 * VRPLIB with the sections its users added for time windows, several depots and vehicles that may not serve everybody
 * (https://pyvrp.readthedocs.io/en/stable/dev/supported_vrplib_fields.html). Times are in units of distance.
 */
export interface VrplibFile {
  readonly name: string;
  readonly nodes: readonly VrplibNode[];
  /** Indices into `nodes`. */
  readonly depots: readonly number[];
  readonly vehicles: readonly VrplibVehicle[];
}

export interface VrplibNode extends Point {
  readonly demand: number;
  readonly service: number;
  readonly from: number;
  readonly to: number;
}

export interface VrplibVehicle {
  /** Index into `nodes`: where it starts and ends. */
  readonly depot: number;
  /** Infinity: not limited. */
  readonly capacity: number;
  /** Longest time from leaving the depot to being back. Infinity: not limited. */
  readonly longestDuration: number;
  /** Indices into `nodes` it may serve; null: all. */
  readonly allowed: ReadonlySet<number> | null;
}

const MOST_NODES = 20_000;
const LARGEST = 10_000_000;

/** Throws a FormatError that names the line, field or section. */
export function readVrplib(text: string): VrplibFile {
  const { fields, sections } = split(linesOf(text));
  const weights = fields.get('EDGE_WEIGHT_TYPE');
  if (weights !== 'EUC_2D')
    throw new FormatError('EDGE_WEIGHT_TYPE', `only EUC_2D can be read, is ${weights ?? 'missing'}`);
  const known = new Set(KNOWN_SECTIONS);
  for (const name of sections.keys()) if (!known.has(name)) throw new FormatError(name, 'is not a section known here');

  const dimension = wholeNumber('DIMENSION', numberField(fields, 'DIMENSION'), 1, MOST_NODES);
  const table = (name: string, columns: number) => rows(sections, name, dimension, columns);
  const coordinates = table('NODE_COORD_SECTION', 2);
  if (coordinates === null) throw new FormatError('NODE_COORD_SECTION', 'is missing');
  const demands = table('DEMAND_SECTION', 1);
  const services = table('SERVICE_TIME_SECTION', 1);
  const windows = table('TIME_WINDOW_SECTION', 2);
  const uniform = fields.has('SERVICE_TIME') ? (numberField(fields, 'SERVICE_TIME') ?? 0) : 0;
  const nodes = coordinates.map(([x = 0, y = 0], k): VrplibNode => {
    const [from = 0, to = Number.POSITIVE_INFINITY] = windows?.[k] ?? [];
    if (to < from) throw new FormatError(`TIME_WINDOW_SECTION[${k + 1}]`, 'ends before it begins');
    return { x, y, demand: demands?.[k]?.[0] ?? 0, service: services?.[k]?.[0] ?? uniform, from, to };
  });
  const depots = depotsOf(sections, dimension);
  return { name: fields.get('NAME') ?? '', nodes, depots, vehicles: vehiclesOf(fields, sections, dimension, depots) };
}

const KNOWN_SECTIONS = [
  'NODE_COORD_SECTION',
  'DEMAND_SECTION',
  'SERVICE_TIME_SECTION',
  'TIME_WINDOW_SECTION',
  'CAPACITY_SECTION',
  'VEHICLES_DEPOT_SECTION',
  'VEHICLES_ALLOWED_CLIENTS_SECTION',
  'VEHICLES_MAX_DURATION_SECTION',
  'DEPOT_SECTION',
];

function split(lines: readonly Line[]) {
  const fields = new Map<string, string>();
  const sections = new Map<string, Line[]>();
  let section: Line[] | null = null;
  for (const line of lines) {
    if (line.text === 'EOF') break;
    const field = /^([A-Z_0-9]+)\s*:\s*(.*)$/.exec(line.text);
    if (field !== null) fields.set(field[1] as string, field[2] as string);
    else if (/_SECTION$/.test(line.text)) {
      section = [];
      sections.set(line.text, section);
    } else if (section === null)
      throw new FormatError(`line ${line.number}`, `"${line.text.slice(0, 40)}" is no field`);
    else section.push(line);
  }
  return { fields, sections };
}

function numberField(fields: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = fields.get(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) throw new FormatError(name, `"${text}" is not a number`);
  return value;
}

/** The numbers after the index of each line; null when the section is not there. Every index from 1 comes once, in order. */
function rows(sections: ReadonlyMap<string, Line[]>, name: string, count: number, columns: number): number[][] | null {
  const lines = sections.get(name);
  if (lines === undefined) return null;
  if (lines.length !== count) throw new FormatError(name, `must have ${count} lines, has ${lines.length}`);
  return lines.map((line, k) => {
    const [index, ...values] = numbersOn(line);
    if (index !== k + 1) throw new FormatError(`line ${line.number}`, `${name} must go on with ${k + 1}`);
    if (columns > 0 && values.length !== columns)
      throw new FormatError(`line ${line.number}`, `${name} has ${columns} numbers after the index`);
    const large = values.find((value) => Math.abs(value) > LARGEST);
    if (large !== undefined) throw new FormatError(`line ${line.number}`, `${large} is too large`);
    if (name !== 'NODE_COORD_SECTION' && values.some((value) => value < 0))
      throw new FormatError(`line ${line.number}`, `${name} must not be negative`);
    return values;
  });
}

function depotsOf(sections: ReadonlyMap<string, Line[]>, dimension: number): number[] {
  const numbers = (sections.get('DEPOT_SECTION') ?? []).flatMap(numbersOn).filter((number) => number !== -1);
  const depots = numbers.map((number) => wholeNumber('DEPOT_SECTION', number, 1, dimension) - 1);
  return depots.length > 0 ? depots : [0];
}

function vehiclesOf(
  fields: ReadonlyMap<string, string>,
  sections: ReadonlyMap<string, Line[]>,
  dimension: number,
  depots: readonly number[],
): VrplibVehicle[] {
  const count = wholeNumber('VEHICLES', numberField(fields, 'VEHICLES') ?? dimension - depots.length, 0, MOST_NODES);
  const capacity = numberField(fields, 'CAPACITY') ?? Number.POSITIVE_INFINITY;
  const duration = numberField(fields, 'VEHICLES_MAX_DURATION') ?? Number.POSITIVE_INFINITY;
  const capacities = rows(sections, 'CAPACITY_SECTION', count, 1);
  const durations = rows(sections, 'VEHICLES_MAX_DURATION_SECTION', count, 1);
  const homes = rows(sections, 'VEHICLES_DEPOT_SECTION', count, 1);
  const allowed = rows(sections, 'VEHICLES_ALLOWED_CLIENTS_SECTION', count, 0);
  const node = (name: string, number: number) => wholeNumber(name, number, 1, dimension) - 1;
  return Array.from({ length: count }, (_, k) => ({
    depot: homes === null ? (depots[0] as number) : node('VEHICLES_DEPOT_SECTION', homes[k]?.[0] as number),
    capacity: capacities?.[k]?.[0] ?? capacity,
    longestDuration: durations?.[k]?.[0] ?? duration,
    allowed:
      allowed === null ? null : new Set(allowed[k]?.map((number) => node('VEHICLES_ALLOWED_CLIENTS_SECTION', number))),
  }));
}

/** Units of time and distance in one of the file's. */
export const VRPLIB_UNITS = 1000;

/** Engineer k is vehicle k. Visits are the nodes that are no depots, in order: `nodeOfVisit` names each one's index. */
export function vrplibToPlain(file: VrplibFile): { plain: PlainInstance; nodeOfVisit: number[] } {
  const scaled = (value: number) => Math.round(value * VRPLIB_UNITS);
  const depots = new Set(file.depots);
  const nodeOfVisit = file.nodes.map((_, k) => k).filter((k) => !depots.has(k));
  const end = file.nodes.reduce((most, { to }) => (to === Number.POSITIVE_INFINITY ? most : Math.max(most, to)), 0);
  const horizon = (to: number) => scaled(to === Number.POSITIVE_INFINITY ? Math.max(end, LARGEST) : to);
  const engineers = file.vehicles.map((vehicle): PlainEngineer => {
    const { from, to } = file.nodes[vehicle.depot] as VrplibNode;
    const shift = {
      startLocation: vehicle.depot,
      endLocation: vehicle.depot,
      from: scaled(from),
      to: horizon(to),
      ...(vehicle.capacity !== Number.POSITIVE_INFINITY && { capacity: [vehicle.capacity] }),
      ...(vehicle.longestDuration !== Number.POSITIVE_INFINITY && {
        longestSeconds: scaled(vehicle.longestDuration),
      }),
    };
    return { skills: [], shifts: [shift] };
  });
  const visits = nodeOfVisit.map((k): PlainVisit => {
    const { demand, service, from, to } = file.nodes[k] as VrplibNode;
    const excludedEngineers = file.vehicles.flatMap(({ allowed }, e) =>
      allowed === null || allowed.has(k) ? [] : [e],
    );
    return {
      location: k,
      serviceSeconds: scaled(service),
      windows: [{ from: scaled(from), to: horizon(to) }],
      amount: [demand],
      priority: 0,
      mandatory: true,
      ...(excludedEngineers.length > 0 && { excludedEngineers }),
    };
  });
  const travelSeconds = euclideanTable(file.nodes, VRPLIB_UNITS, Math.round);
  const plain = { locationCount: file.nodes.length, travelSeconds, engineers, visits, weights: onlyTravel };
  return { plain, nodeOfVisit };
}
