import fc from 'fast-check';

/** `npm run fuzz -- RUNS SEED` goes on for longer than `npm test` does. */
const runs = Number(process.env.FUZZ_RUNS ?? 0);
const seed = process.env.FUZZ_SEED === undefined ? undefined : Number(process.env.FUZZ_SEED);

/** Of a property: so many runs in `npm test`, more when asked for; a failure prints the seed that brings it back. */
export const fuzzed = (fewRuns: number) => ({
  numRuns: Math.max(fewRuns, runs),
  ...(seed === undefined ? {} : { seed }),
});

/** One step of damage; places and lengths are shares of the length, so that shrinking keeps them meaningful. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 60 }),
    times: fc.nat(50),
  }),
  fc.record({ kind: fc.constant('number' as const), at: fc.nat(), text: fc.constantFrom(...awkwardNumbers()) }),
  fc.record({ kind: fc.constant('word' as const), at: fc.nat(), text: fc.constantFrom(...awkwardWords()) }),
);

function awkwardNumbers() {
  return [
    'NaN',
    '-Infinity',
    '1e999',
    '-1',
    '0',
    '9007199254740993',
    '1e-400',
    '-0',
    '0x10',
    '1_000',
    '""',
    'null',
    '[]',
    '{}',
  ];
}

function awkwardWords() {
  return [
    '"__proto__"',
    '"constructor"',
    '"patientName"',
    '"姓名"',
    '"\\u0000"',
    '"\\ud800"',
    '\n',
    '\r\n',
    '"',
    '\\',
    '{',
    '[',
    ',',
  ];
}

/** Real packets, damaged one to eight times; each seldom enough to stay almost what it was. */
export const damaged = (packets: readonly Uint8Array[]): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.constantFrom(...packets), fc.array(step, { minLength: 1, maxLength: 8 }))
    .map(([packet, steps]) => steps.reduce(damage, Buffer.from(packet)));

function damage(bytes: Buffer, { at: place, ...rest }: typeof step extends fc.Arbitrary<infer S> ? S : never): Buffer {
  const at = bytes.length === 0 ? 0 : place % bytes.length;
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (rest.kind) {
    case 'flip': {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at] = (copy[at] as number) ^ (1 << rest.bit);
      return copy;
    }
    case 'set':
      return Buffer.concat([head, rest.bytes, tail.subarray(rest.bytes.length)]);
    case 'insert':
      return Buffer.concat([head, rest.bytes, tail]);
    case 'cut':
      return Buffer.concat([head, tail.subarray(rest.length)]);
    case 'end':
      return head;
    case 'repeat': {
      const again = tail.subarray(0, rest.length);
      return Buffer.concat([head, ...Array<Buffer>(rest.times + 1).fill(again), tail.subarray(rest.length)]);
    }
    case 'number': {
      // In place of the next number, where there is one.
      const text = tail.toString('latin1');
      return Buffer.concat([head, Buffer.from(text.replace(/-?\d+(\.\d+)?/, rest.text), 'latin1')]);
    }
    case 'word':
      return Buffer.concat([head, Buffer.from(rest.text), tail]);
  }
}
