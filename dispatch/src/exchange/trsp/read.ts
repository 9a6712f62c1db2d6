import { InputError, type InputProblem, refuse } from '../input-error.ts';

/**
 * The technician routing and scheduling problem of Pillac, Guéret and Medaglia ("A parallel matheuristic for the
 * technician routing and scheduling problem", Optimization Letters 7, 2013), as its text files tell it. Times and
 * distances share one unit; coordinates are whole or decimal, travel is Euclidean and not rounded.
 */
export interface TrspProblem {
  readonly name: string;
  readonly skillCount: number;
  readonly toolCount: number;
  readonly partCount: number;
  /** Passed once on the way, it gives every tool and any number of parts. */
  readonly depot: TrspPlace;
  readonly technicians: readonly TrspTechnician[];
  readonly requests: readonly TrspRequest[];
}

export interface TrspPlace {
  /** As in the file: 0 the depot, then technicians, then requests. */
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** When to be here, a closed interval; of a technician: leaves not before, is back not after. */
  readonly from: number;
  readonly to: number;
}

export interface TrspTechnician extends TrspPlace {
  readonly skills: readonly number[];
  readonly tools: readonly number[];
  /** Carried at the start, by kind. */
  readonly parts: readonly number[];
}

export interface TrspRequest extends TrspPlace {
  readonly service: number;
  readonly skills: readonly number[];
  readonly tools: readonly number[];
  /** Used up, by kind. */
  readonly parts: readonly number[];
}

const LARGEST = 1e9;
const ROW = /^\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s*\[([^\]]*)\]\s*\[([^\]]*)\]\s*\[([^\]]*)\]\s*$/;

export function looksLikeTrsp(text: string): boolean {
  return /^\s*CREW COUNT\s+SKILLS\s+TOOLS/m.test(text);
}

/** Throws an `InputError` that names the line and the column. */
export function readTrsp(text: string, limits = { requests: 10_000 }): TrspProblem {
  const lines = text.split(/\r?\n/);
  const header = lines.findIndex((line) => /^\s*CREW COUNT\s+SKILLS\s+TOOLS/.test(line));
  if (header < 0) refuse('line 1', 'no line "CREW COUNT SKILLS TOOLS SPARE PARTS": not a TRSP file');
  const counts = (lines[header + 1] ?? '').trim().split(/\s+/).map(Number);
  const names = ['CREW COUNT', 'SKILLS', 'TOOLS', 'SPARE PARTS'] as const;
  names.forEach((name, k) => {
    const count = counts[k];
    if (!Number.isInteger(count) || (count as number) < 0 || (count as number) > 10_000)
      refuse(`line ${header + 2}: ${name}`, `must be a whole number from 0 to 10000, is ${count}`);
  });
  const [crew, skillCount, toolCount, partCount] = counts as [number, number, number, number];
  const rows = new Rows({ skillCount, toolCount, partCount });
  lines.forEach((line, index) => {
    if (index > header + 1 && /^\s*\S*\d/.test(line)) rows.add(line, index + 1);
  });
  if (rows.problems.length > 0) throw new InputError(rows.problems);
  const [depot, ...others] = rows.rows;
  if (depot === undefined || others.length < crew)
    refuse(`line ${lines.length}`, `ends after ${rows.rows.length} rows, needs a depot and ${crew} technicians`);
  if (others.length - crew > limits.requests)
    refuse(`line ${lines.length}`, `${others.length - crew} requests, the limit is ${limits.requests}`);
  const technicians = others.slice(0, crew);
  const name = lines.find((line) => line.trim() !== '')?.trim() ?? '';
  return { name, skillCount, toolCount, partCount, depot, technicians, requests: others.slice(crew) };
}

type Counts = Pick<TrspProblem, 'skillCount' | 'toolCount' | 'partCount'>;

class Rows {
  readonly rows: TrspRequest[] = [];
  readonly problems: InputProblem[] = [];
  private readonly counts: Counts;
  constructor(counts: Counts) {
    this.counts = counts;
  }

  add(line: string, number: number): void {
    const match = ROW.exec(line);
    if (match === null) {
      const message = 'must be: id x y window-start window-end service [skills] [tools] [parts]';
      this.problems.push({ path: `line ${number}`, message });
      return;
    }
    const at = (column: string) => `line ${number}: ${column}`;
    const [id, x, y, from, to, service] = COLUMNS.map((column, k) => this.number(at(column), match[k + 1] as string));
    const { skillCount, toolCount, partCount } = this.counts;
    const skills = this.set(at('SKILLS'), match[7] as string, skillCount);
    const tools = this.set(at('TOOLS'), match[8] as string, toolCount);
    const parts = this.list(at('SPARE PARTS'), match[9] as string);
    if (parts.length !== 0 && parts.length !== partCount)
      this.problems.push({
        path: at('SPARE PARTS'),
        message: `has ${parts.length} entries, the file says ${partCount}`,
      });
    if ((to as number) < (from as number))
      this.problems.push({ path: at('TWE'), message: `${to} is before TWS, ${from}` });
    if ((service as number) < 0)
      this.problems.push({ path: at('SERV'), message: `must not be negative, is ${service}` });
    const filled = Array.from({ length: partCount }, (_, k) => parts[k] ?? 0);
    const place = { id, x, y, from, to, service } as Record<string, number>;
    this.rows.push({ ...(place as unknown as TrspRequest), skills, tools, parts: filled });
    if (id !== this.rows.length - 1)
      this.problems.push({
        path: at('ID'),
        message: `is ${id}, the row before it makes ${this.rows.length - 1} expected`,
      });
  }

  private number(path: string, text: string): number {
    const value = Number(text);
    if (!Number.isFinite(value) || Math.abs(value) > LARGEST)
      this.problems.push({ path, message: `must be a number from ${-LARGEST} to ${LARGEST}, is ${text}` });
    return value;
  }

  private list(path: string, text: string): number[] {
    if (text.trim() === '') return [];
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    const wrong = values.find((value) => !Number.isInteger(value) || value < 0 || value > LARGEST);
    if (wrong !== undefined) this.problems.push({ path, message: `must be whole numbers, is [${text}]` });
    return values;
  }

  private set(path: string, text: string, count: number): number[] {
    const values = [...new Set(this.list(path, text))];
    const unknown = values.find((value) => value >= count);
    if (unknown !== undefined) this.problems.push({ path, message: `${unknown}: the file says there are ${count}` });
    return values;
  }
}

const COLUMNS = ['ID', 'X', 'Y', 'TWS', 'TWE', 'SERV'] as const;
