import { expect, test } from 'vitest';
import { TelemetryPayload } from './reading.ts';

test.each([
  ['a single item', { values: { t: 1 } }],
  [
    'a batch',
    [
      { ts: 1, seq: 0, values: { t: 1, mode: 'idle', door: true } },
      { ts: 2, values: { t: 2 } },
    ],
  ],
])('%s is taken', (_name, payload) => expect(TelemetryPayload.safeParse(payload).success).toBe(true));

test.each([
  ['no values', { values: {} }],
  ['an unknown field', { values: { t: 1 }, colour: 'red' }],
  ['a list as value', { values: { t: [1] } }],
  ['a patient name', { values: { t: 1, patientName: 'Zhang' } }],
  ['a Chinese patient field', { values: { 't-x': 1, 病人: 'a' } }],
  ['a fraction as time', { ts: 1.5, values: { t: 1 } }],
  ['an empty batch', []],
])('%s is refused', (_name, payload) => expect(TelemetryPayload.safeParse(payload).success).toBe(false));
