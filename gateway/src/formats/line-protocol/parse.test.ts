import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadValue, type FieldValue, type Point, parseLines } from './parse.ts';

const points = (text: string) => [...parseLines(text)].map(({ point }) => point);
const one = (text: string) => points(text)[0];

/** Taken, and refused, by InfluxDB 1.6.7's `/write` one by one. */
test.each([
  'm v=1',
  'm v=1 5',
  'm,a=b v=1',
  'm  v=1  5  ',
  ' m v=1',
  'm v=1 -5',
  'm v="a"',
  'm v=""',
  'm v=" "',
  'm v="a\\\\"',
  'm v="x",w="y z" 5',
  'm v=1.',
  'm v=.1',
  'm v=1e+3',
  'm v=1E3',
  'm v=-1i',
  'm v=01',
  'm,t="a" v=1',
  'm v=TRUE',
  'm v=f',
  'm#c v=1',
  'm v="#"',
  'm,a=b\\,c\\=d\\ e v=1',
  'm\\ x,a=b v\\=w=1',
  'a=b v=1',
])('a point: %s', (line) => {
  const point = one(line);
  expect(point).toMatchObject({ fields: expect.anything() });
  for (const [, value] of (point as Point).fields) expect(value).not.toBeInstanceOf(BadValue);
});
test.each([
  ['m', 'missing fields'],
  ['m,', 'missing tag key'],
  ['m,a v=1', 'missing tag value'],
  ['m,a= v=1', 'missing tag value'],
  ['m,=b v=1', 'missing tag key'],
  ['m,a=b,a=c v=1', 'duplicate tags'],
  ['m,a=b=c v=1', 'invalid tag format'],
  [',a=b v=1', 'missing measurement'],
  ['m v', 'invalid field format'],
  ['m v=', 'missing field value'],
  ['m v= 1', 'missing field value'],
  ['m =1', 'missing field key'],
  ['m v=1,', 'missing field key'],
  ['m v="a', 'invalid field format'],
  ['m v="a\\"', 'invalid field format'],
  ['m v=1 1.5', 'invalid timestamp'],
  ['m v=1 5 6', 'invalid timestamp'],
  ['m\\ v=1', 'missing fields'],
  ['m\\\\ v=1', 'missing fields'],
])('no point: %s', (line, why) => {
  expect(one(line)).toBe(why);
});
test.each([
  'NaN',
  'Inf',
  '0x1',
  '1i2',
  'i',
  '1.0i',
  '1e',
  '.',
  '-',
  '--1',
  '1..2',
  'tRUE',
  'a',
  '1e400',
  '-1u',
  '9007199254740993i',
])('a value that cannot be spoils its field only: %s', (value) => {
  expect(one(`m a=1,v=${value},b=2`)).toMatchObject({
    fields: [
      ['a', 1],
      ['v', expect.any(BadValue)],
      ['b', 2],
    ],
  });
});

test('comments, blank lines, carriage returns, a quoted newline, and a quote that is never closed', () => {
  const text = '# c\r\n\r\n  \nm v=1\r\nm v="two\nlines",w=2 7\nm v="open\nm v=3\n';
  expect([...parseLines(text)].map(({ number, point }) => [number, point])).toEqual([
    [4, { measurement: 'm', tags: [], fields: [['v', 1]], timestamp: null }],
    [
      5,
      {
        measurement: 'm',
        tags: [],
        fields: [
          ['v', 'two\nlines'],
          ['w', 2],
        ],
        timestamp: '7',
      },
    ],
    [7, 'invalid field format'],
    [8, { measurement: 'm', tags: [], fields: [['v', 3]], timestamp: null }],
  ]);
});

const escapeKey = (text: string) => text.replace(/[,= ]/g, (character) => `\\${character}`);
const escapeName = (text: string) => text.replace(/[, ]/g, (character) => `\\${character}`);
const written = (value: FieldValue) =>
  typeof value === 'string' ? `"${value.replace(/["\\]/g, (character) => `\\${character}`)}"` : String(value);
/** What can be written: no line ends, no backslash at an end (it would escape what follows), no leading # or blank. */
const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\n\r\0\t\\"]|^[# ]| $/.test(text));
const anyPoint = fc.record({
  measurement: name,
  tags: fc.uniqueArray(fc.tuple(name, name), { maxLength: 3, selector: ([key]) => key }),
  fields: fc.array(
    fc.tuple(
      name,
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
        fc.boolean(),
        fc.string().filter((text) => !/[\n\r]/.test(text)),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  ),
  timestamp: fc.option(fc.integer().map(String)),
});

test('what was written is read again, any number of lines', () => {
  fc.assert(
    fc.property(fc.array(anyPoint, { maxLength: 4 }), fc.constantFrom('\n', '\r\n'), (given, lineEnd) => {
      const text = given
        .map(({ measurement, tags, fields, timestamp }) => {
          const series = [
            escapeName(measurement),
            ...tags.map(([key, value]) => `${escapeKey(key)}=${escapeKey(value)}`),
          ];
          const values = fields.map(([key, value]) => `${escapeKey(key)}=${written(value)}`);
          return `${series.join(',')} ${values.join(',')}${timestamp === null ? '' : ` ${timestamp}`}`;
        })
        .join(lineEnd);
      expect(points(text)).toEqual(given);
    }),
    { numRuns: 1000 },
  );
});

test('whatever the text, it ends, and every line is a point or says why not', () => {
  const word = fc.constantFrom('m', ',', '=', ' ', '"', '\\', '\n', '\r', '#', 'v=1', '="', '1i', '\0', '温', '\ud800');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      for (const { from, to, point } of parseLines(words.join(''))) {
        expect(to).toBeGreaterThan(from);
        if (typeof point === 'string') expect(point).not.toBe('');
        else expect(point.fields.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 2000 },
  );
  // Nothing about these lengths takes more than their length.
  for (const unit of ['="', 'm v="', '\\"', '"', 'm,', 'm a=1,', '\\', 'm v="\n', ' ', '\n'])
    expect([...parseLines(unit.repeat(200_000 / unit.length))].length).toBeLessThan(200_001);
});
