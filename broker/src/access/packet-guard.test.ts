import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packetGuard } from './packet-guard.ts';

/** An MQTT packet: type byte, remaining length as a varint, body. */
function packet(bodyLength: number, present = bodyLength): Buffer {
  const header = [0x30];
  let rest = bodyLength;
  do {
    header.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(present, 0xff)]);
}

test('lets packets within the limit pass, however the stream is cut', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 10 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
      (lengths, cuts) => {
        const guard = packetGuard(1000);
        let stream = Buffer.concat(lengths.map((length) => packet(length)));
        let packets = 0;
        for (let i = 0; stream.length > 0; i += 1) {
          const cut = cuts[i % cuts.length] as number;
          const verdict = guard(stream.subarray(0, cut));
          packets += verdict.ok ? verdict.packets : Number.NaN;
          stream = stream.subarray(cut);
        }
        expect(packets).toBe(lengths.length);
      },
    ),
  ));

test('refuses a packet by its announced length, before its body arrives', () => {
  const guard = packetGuard(1000);
  expect(guard(packet(1000))).toEqual({ ok: true, packets: 1 });
  expect(guard(packet(10_000_000, 0))).toEqual({ ok: false, reason: 'too-large', bytes: 10_000_000 });
});

test('refuses a length of more than four bytes', () => {
  expect(packetGuard(1000)(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff]))).toEqual({
    ok: false,
    reason: 'malformed-packet',
  });
});

test.each([
  ['HTTP', 'GET / HTTP/1.1'],
  ['TLS', '\x16\x03\x01'],
])('refuses %s by its first byte', (_name, bytes) => {
  expect(packetGuard(1000)(Buffer.from(bytes))).toEqual({ ok: false, reason: 'malformed-packet' });
});

test('acknowledgements are not counted', () => {
  expect(packetGuard(1000)(Buffer.from([0x40, 2, 0, 1, 0x62, 2, 0, 1, 0xc0, 0]))).toEqual({ ok: true, packets: 1 });
});

test('never throws on any bytes', () =>
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
      const guard = packetGuard(1000);
      for (const chunk of chunks) if (!guard(chunk).ok) break;
    }),
  ));
