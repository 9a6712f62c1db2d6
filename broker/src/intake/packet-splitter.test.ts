import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packetSplitter } from './packet-splitter.ts';

/** An MQTT packet: type byte, remaining length as a varint, body. */
function packet(type: number, body: Uint8Array): Buffer {
  const header = [type];
  let rest = body.length;
  do {
    header.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

test('gives back every packet whole and in order, however the stream is cut', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 400 })), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 }),
      (packets, cuts) => {
        const split = packetSplitter();
        const got: Buffer[] = [];
        let stream = Buffer.concat(packets.map(([type, body]) => packet(type, body)));
        for (let i = 0; stream.length > 0; i += 1) {
          const cut = cuts[i % cuts.length] as number;
          split(stream.subarray(0, cut), {
            packet(bytes, start, body, end) {
              got.push(Buffer.from(bytes.subarray(start, end)));
              expect(end - body).toBe(packets[got.length - 1]?.[1].length);
            },
          });
          stream = stream.subarray(cut);
        }
        expect(got).toEqual(packets.map(([type, body]) => packet(type, body)));
      },
    ),
  ));
