/** What is wrong with a file that was handed in. `path` names the field, such as `line 12` or `CAPACITY`. */
export class FormatError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(`${path}: ${message}`);
    this.name = 'FormatError';
    this.path = path;
  }
}

/** A line of a text file with its number, for messages. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** The lines with something on them, without the space around it. */
export function linesOf(text: string): Line[] {
  return text
    .split(/\r?\n/)
    .map((line, k) => ({ number: k + 1, text: line.trim() }))
    .filter((line) => line.text !== '');
}

/** The numbers on a line. Throws a FormatError at anything else. */
export function numbersOn({ number, text }: Line): number[] {
  return text.split(/[\s,]+/).map((word) => {
    const value = Number(word);
    if (word === '' || !Number.isFinite(value)) throw new FormatError(`line ${number}`, `"${word}" is not a number`);
    return value;
  });
}

/** A whole number from `least` to `most`, or a FormatError. */
export function wholeNumber(path: string, value: number | undefined, least: number, most: number): number {
  if (value === undefined || !Number.isInteger(value) || value < least || value > most)
    throw new FormatError(path, `must be a whole number from ${least} to ${most}, is ${value ?? 'missing'}`);
  return value;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A row-major table of every way from one point to another, in units of `1 / scale`, rounded by `round`. */
export function euclideanTable(points: readonly Point[], scale: number, round: (value: number) => number): Int32Array {
  const table = new Int32Array(points.length ** 2);
  points.forEach((a, i) => {
    points.forEach((b, j) => {
      table[i * points.length + j] = round(scale * Math.hypot(a.x - b.x, a.y - b.y));
    });
  });
  return table;
}
