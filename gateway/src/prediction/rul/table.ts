/** A unit's history in a run-to-failure table: rows in the order of its cycles. */
export interface UnitHistory {
  readonly unit: number;
  /** Whole numbers, rising. */
  readonly cycles: readonly number[];
  /** Operating settings a row. */
  readonly settings: readonly (readonly number[])[];
  /** Sensor values a row. */
  readonly sensors: readonly (readonly number[])[];
}

/** A table that does not say what it should; the message names file and line. */
export class TableError extends Error {}

const SETTINGS = 3;
const MAX_SENSORS = 200;

/**
 * Reads a table in the layout of NASA's C-MAPSS data (Saxena et al., PHM 2008): whitespace-separated, no header, a row a
 * cycle: unit, cycle, three operating settings, then the sensors (21 there; as many as the first row has).
 *
 * @param name how the table is called in errors
 * @throws TableError with name and line
 */
export function parseTable(text: string, name: string): UnitHistory[] {
  const units = new Map<number, { cycles: number[]; settings: number[][]; sensors: number[][] }>();
  let columns = 0;
  let line = 0;
  for (const row of text.split('\n')) {
    line++;
    const trimmed = row.trim();
    if (trimmed === '') continue;
    const fail = (what: string) => new TableError(`${name}, line ${line}: ${what}`);
    const words = trimmed.split(/\s+/);
    if (columns === 0) {
      columns = words.length;
      if (columns < 2 + SETTINGS + 1 || columns > 2 + SETTINGS + MAX_SENSORS)
        throw fail(`expected unit, cycle, 3 settings and 1 to ${MAX_SENSORS} sensors, found ${columns} columns`);
    }
    if (words.length !== columns) throw fail(`expected ${columns} columns as in the first row, found ${words.length}`);
    const values = words.map(Number);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw fail(`column ${wrong + 1}: expected a number, found "${words[wrong]?.slice(0, 40)}"`);
    const [unit, cycle] = values as [number, number];
    if (!Number.isSafeInteger(unit) || !Number.isSafeInteger(cycle) || cycle < 0)
      throw fail('expected whole numbers for unit and cycle');
    let history = units.get(unit);
    if (!history) {
      history = { cycles: [], settings: [], sensors: [] };
      units.set(unit, history);
    }
    const last = history.cycles.at(-1);
    if (last !== undefined && cycle <= last)
      throw fail(`unit ${unit}: expected a cycle after ${last}, found ${cycle}; rows must be in order`);
    history.cycles.push(cycle);
    history.settings.push(values.slice(2, 2 + SETTINGS));
    history.sensors.push(values.slice(2 + SETTINGS));
  }
  if (units.size === 0) throw new TableError(`${name}: no rows`);
  return [...units].map(([unit, history]) => ({ unit, ...history }));
}

/**
 * Reads remaining lives, a number a line, in the order of the units of a test table.
 *
 * @throws TableError with name and line
 */
export function parseLives(text: string, name: string): number[] {
  const lives: number[] = [];
  for (const [i, row] of text.split('\n').entries()) {
    const word = row.trim();
    if (word === '') continue;
    const value = Number(word);
    if (!Number.isFinite(value) || value < 0)
      throw new TableError(
        `${name}, line ${i + 1}: expected a remaining life of 0 or more, found "${word.slice(0, 40)}"`,
      );
    lives.push(value);
  }
  return lives;
}
