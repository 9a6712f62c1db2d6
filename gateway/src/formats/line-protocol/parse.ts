/**
 * InfluxDB line protocol, as InfluxDB 1.x and 2.x take it:
 * `measurement[,tag=value…] field=value[,field=value…] [timestamp]`, one point a line.
 * https://docs.influxdata.com/influxdb/v1/write_protocols/line_protocol_reference/
 */

export type FieldValue = number | string | boolean;

export interface Point {
  readonly measurement: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly fields: readonly (readonly [key: string, value: FieldValue | BadValue])[];
  /** Decimal digits, perhaps after a minus, in the precision of the request; null when left out. */
  readonly timestamp: string | null;
}

/** A field whose value cannot be; the other fields of its line can. */
export class BadValue {
  constructor(
    readonly why: string,
    readonly zh: string,
  ) {}
}

export interface Line {
  /** Counted from 1, as an editor does. */
  readonly number: number;
  /** Where the line lies in the text: `[from, to)`, without its line end. */
  readonly from: number;
  readonly to: number;
  /** The point; or why the line is none. */
  readonly point: Point | string;
}

/** Failed attempts to read a quoted value over several lines cost at most so many characters a text. */
const PATIENCE = 64 * 1024;

/** Every line that is not empty and not a comment. Never throws; time is linear in the text. */
export function* parseLines(text: string): Generator<Line, void> {
  let patience = PATIENCE;
  let number = 1;
  for (let from = 0; from < text.length; ) {
    const newline = indexOr(text, '\n', from);
    const start = skipBlanks(text, from, newline);
    let next = newline + 1;
    if (text[start] !== '#') {
      let line = lineAt(text, start, newline, number);
      // A quoted value may hold newlines. A quote that is never closed does not swallow the lines behind it.
      if (typeof line.point === 'string' && patience > 0 && opensQuote(text, start, newline)) {
        const end = afterQuote(text, newline, Math.min(text.length, newline + patience));
        const longer = end === undefined ? undefined : lineAt(text, start, end, number);
        if (longer && typeof longer.point !== 'string') {
          line = longer;
          next = (end as number) + 1;
        } else patience -= (end ?? newline + patience) - newline;
      }
      if (line.from < line.to) yield line;
    }
    for (let at = from; at < next && at < text.length; at = indexOr(text, '\n', at) + 1) number += 1;
    from = next;
  }
}

function lineAt(text: string, from: number, end: number, number: number): Line {
  const to = text[end - 1] === '\r' ? end - 1 : end;
  return { number, from, to, point: from < to ? parsePoint(text.slice(from, to)) : '' };
}

const isBlank = (character: string | undefined) => character === ' ' || character === '\t' || character === '\0';

function skipBlanks(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(text[at])) at += 1;
  return at;
}

function indexOr(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at < 0 ? text.length : at;
}

/** Whether a quoted value begins in this stretch and does not end there. */
function opensQuote(text: string, from: number, to: number): boolean {
  let quoted = false;
  for (let at = from; at < to; at += 1) {
    const character = text[at];
    if (quoted ? character === '\\' : isEscape(text, at)) at += 1;
    else if (character === '"' && (quoted || text[at - 1] === '=')) quoted = !quoted;
  }
  return quoted;
}

/** Within a quoted value at `from`: the end of the line on which no quote is open any more. */
function afterQuote(text: string, from: number, limit: number): number | undefined {
  let quoted = true;
  for (let at = from; at < limit; at += 1) {
    const character = text[at];
    if (quoted ? character === '\\' : isEscape(text, at)) at += 1;
    else if (character === '"' && (quoted || text[at - 1] === '=')) quoted = !quoted;
    else if (character === '\n' && !quoted) return at;
  }
  return limit === text.length && !quoted ? limit : undefined;
}

/** One line, from its first to its last character. */
function parsePoint(line: string): Point | string {
  const key = scan(line, 0, ' ');
  const names = split(line.slice(0, key), ',');
  const measurement = unescaped(names[0] ?? '', /\\([, ])/g);
  if (measurement === '') return 'missing measurement';
  const tags: [string, string][] = [];
  const seen = new Set<string>();
  for (const each of names.slice(1)) {
    const equals = scan(each, 0, '=');
    if (equals === 0) return 'missing tag key';
    if (equals >= each.length - 1) return 'missing tag value';
    const [name, value] = [unescaped(each.slice(0, equals)), each.slice(equals + 1)];
    if (scan(value, 0, '=') < value.length) return 'invalid tag format';
    if (seen.has(name)) return 'duplicate tags';
    seen.add(name);
    tags.push([name, unescaped(value)]);
  }
  const begin = skipBlanks(line, key, line.length);
  const end = fieldsEnd(line, begin);
  if (begin === end) return 'missing fields';
  const fields: [string, FieldValue | BadValue][] = [];
  for (const each of split(line.slice(begin, end), ',', true)) {
    const equals = scan(each, 0, '=');
    if (equals === 0) return 'missing field key';
    if (equals >= each.length - 1) return equals === each.length ? 'invalid field format' : 'missing field value';
    const value = fieldValue(each.slice(equals + 1));
    if (value === undefined) return 'invalid field format';
    fields.push([unescaped(each.slice(0, equals)), value]);
  }
  const rest = line.slice(end).replaceAll('\0', ' ').trim();
  if (rest !== '' && !/^-?\d{1,19}$/.test(rest)) return 'invalid timestamp';
  return { measurement, tags, fields, timestamp: rest === '' ? null : rest };
}

/** Outside quotes a backslash escapes these, and before anything else is itself. */
const isEscape = (text: string, at: number) =>
  text[at] === '\\' && (text[at + 1] === ' ' || text[at + 1] === ',' || text[at + 1] === '=');

/** Index of the first unescaped `stop`; the length where there is none. */
function scan(text: string, from: number, stop: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (isEscape(text, at)) at += 1;
    else if (text[at] === stop) return at;
  }
  return text.length;
}

/** The fields end at the first blank that is neither escaped nor quoted. */
function fieldsEnd(line: string, from: number): number {
  let quoted = false;
  for (let at = from; at < line.length; at += 1) {
    const character = line[at];
    if (quoted ? character === '\\' : isEscape(line, at)) at += 1;
    else if (character === '"' && (quoted || line[at - 1] === '=')) quoted = !quoted;
    else if (!quoted && character === ' ') return at;
  }
  return line.length;
}

/** Parts between unescaped separators; with `quotes`, those inside quoted values do not separate. */
function split(text: string, separator: string, quotes = false): string[] {
  const parts: string[] = [];
  let begin = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted ? character === '\\' : isEscape(text, at)) at += 1;
    else if (quotes && character === '"' && (quoted || text[at - 1] === '=')) quoted = !quoted;
    else if (!quoted && character === separator) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  parts.push(text.slice(begin));
  return parts;
}

function unescaped(text: string, escapes = /\\([,= ])/g): string {
  return text.includes('\\') ? text.replace(escapes, '$1') : text;
}

const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((word): [string, boolean] => [word, true]),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((word): [string, boolean] => [word, false]),
]);

/** Undefined where the line cannot be read on. */
function fieldValue(text: string): FieldValue | BadValue | undefined {
  if (text.startsWith('"')) {
    if (!/^"(?:[^"\\]|\\.)*"$/s.test(text)) return undefined;
    return unescaped(text.slice(1, -1), /\\(["\\])/g);
  }
  const boolean = BOOLEANS.get(text);
  if (boolean !== undefined) return boolean;
  const last = text.at(-1);
  if (last === 'i' || last === 'u') {
    const digits = text.slice(0, -1);
    if (!(last === 'i' ? /^-?\d+$/ : /^\d+$/).test(digits))
      return new BadValue(`${text.slice(0, 40)} is no integer`, `${text.slice(0, 40)} 不是整数`);
    const value = Number(digits);
    // A number here has 53 bits; an integer beyond would be kept as another one.
    return Number.isSafeInteger(value)
      ? value
      : new BadValue(`${text.slice(0, 40)} is beyond 2^53`, `${text.slice(0, 40)} 超出 2^53`);
  }
  if (!NUMBER.test(text))
    return new BadValue(
      `${text.slice(0, 40)} is no number, text or boolean`,
      `${text.slice(0, 40)} 不是数值、文本或布尔值`,
    );
  const value = Number(text);
  return Number.isFinite(value)
    ? value
    : new BadValue(`${text.slice(0, 40)} is not a finite number`, `${text.slice(0, 40)} 不是有限的数`);
}
