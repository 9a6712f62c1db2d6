/** One property of a calendar: RFC 5545, 3.1. Names are in capitals. */
export interface ContentLine {
  readonly name: string;
  readonly params: ReadonlyMap<string, string>;
  readonly value: string;
  /** Where it begins in the file, from 1. */
  readonly line: number;
}

/** VEVENT, VTIMEZONE, STANDARD …: properties and what is inside. */
export interface Component {
  readonly name: string;
  readonly line: number;
  readonly lines: ContentLine[];
  readonly children: Component[];
}

/** The whole text cannot be read. */
export class CalendarError extends Error {}

export const MAX_TEXT = 5_000_000;
/** Attachments and descriptions are longer than anything that says when; what is longer is cut off there. */
const MAX_LINE = 20_000;
const MAX_DEPTH = 5;
const MAX_COMPONENTS = 50_000;

/**
 * The calendars of a text. Folded lines are joined (also with a bare line feed, and where a space or tab is all of a line);
 * lines that are no properties are left out. Throws CalendarError for what is no calendar at all.
 */
export function parseComponents(text: string): Component[] {
  if (text.length > MAX_TEXT) throw new CalendarError(`longer than ${MAX_TEXT} characters`);
  if (text.includes('\u0000')) throw new CalendarError('holds zero bytes: not a text');
  const roots: Component[] = [];
  const stack: Component[] = [];
  let count = 0;
  for (const { text: line, number } of unfolded(text.replace(/^\uFEFF/, ''))) {
    const property = parseLine(line, number);
    if (!property) continue;
    const { name, value } = property;
    const inside = stack.at(-1);
    if (name === 'BEGIN') {
      if (stack.length >= MAX_DEPTH) throw new CalendarError(`line ${number}: components inside each other too deep`);
      if (++count > MAX_COMPONENTS) throw new CalendarError(`more than ${MAX_COMPONENTS} components`);
      const component = { name: value.trim().toUpperCase(), line: number, lines: [], children: [] };
      if (inside) inside.children.push(component);
      else roots.push(component);
      stack.push(component);
    } else if (name === 'END') {
      // What was not ended ends with what it is in.
      const at = stack.findLastIndex((open) => open.name === value.trim().toUpperCase());
      if (at >= 0) stack.length = at;
    } else inside?.lines.push(property);
  }
  const calendars = roots.filter(({ name }) => name === 'VCALENDAR');
  if (calendars.length === 0) throw new CalendarError('there is no BEGIN:VCALENDAR: not a calendar');
  return calendars;
}

function* unfolded(text: string): Generator<{ text: string; number: number }> {
  let parts: string[] = [];
  let length = 0;
  let begun = 1;
  let number = 0;
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : end).replace(/\r$/, '');
    from = end < 0 ? text.length + 1 : end + 1;
    number++;
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (length < MAX_LINE) parts.push(line.slice(1));
      length += line.length;
      continue;
    }
    if (parts.length > 0) yield { text: parts.join('').slice(0, MAX_LINE), number: begun };
    parts = [line];
    length = line.length;
    begun = number;
  }
  if (parts.length > 0) yield { text: parts.join('').slice(0, MAX_LINE), number: begun };
}

/** `DTSTART;TZID="Europe/Berlin":20250330T020000`. Undefined for what is no property. */
function parseLine(text: string, line: number): ContentLine | undefined {
  const name = /^[A-Za-z0-9-]+/.exec(text)?.[0];
  if (!name) return undefined;
  const params = new Map<string, string>();
  let at = name.length;
  while (text[at] === ';') {
    const equals = text.indexOf('=', at);
    if (equals < 0) return undefined;
    const key = text.slice(at + 1, equals).toUpperCase();
    at = equals + 1;
    let value = '';
    for (let quoted = false; at < text.length; at++) {
      const char = text[at] as string;
      if (char === '"') quoted = !quoted;
      else if (!quoted && (char === ';' || char === ':')) break;
      else value += char;
    }
    params.set(key, value);
  }
  if (text[at] !== ':') return undefined;
  return { name: name.toUpperCase(), params, value: text.slice(at + 1), line };
}

export const propertyOf = ({ lines }: Component, name: string): ContentLine | undefined =>
  lines.find((line) => line.name === name);
export const propertiesOf = ({ lines }: Component, name: string): ContentLine[] =>
  lines.filter((line) => line.name === name);

/** TEXT values: RFC 5545, 3.3.11. */
export const unescapeText = (text: string) =>
  text.replace(/\\([\\;,nN])/g, (_, char: string) => (char === 'n' || char === 'N' ? '\n' : char));
export const escapeText = (text: string) => text.replace(/[\\;,]/g, (char) => `\\${char}`).replace(/\r?\n|\r/g, '\\n');
