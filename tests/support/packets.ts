/** Messages as devices and agents really send them, by the topic under which the journal has them. */

/** 2026-03-02T00:00Z */
const AT = 1_772_409_600_000;

/** Made with the public library `sparkplug-payload` 1.0.3: a birth with aliases and a unit, data by alias, a death. */
const NBIRTH =
  'CIDw4N7KMxISCgViZFNlcRiA8ODeyjMgCFgDEiEKFE5vZGUgQ29udHJvbC9SZWJpcnRoGIDw4N7KMyALcAASOQoPaGVsaXVtX3ByZXNzdXJlEAEYgPDg3sozIApKEgoHZW5nVW5pdBIHCAxCA2tQYWkAAAAAAAAvQBITCgRsYW1wEAIYgPDg3sozIAtwARIVCgRub3RlEAMYgPDg3sozIAx6Am9rEhgKBWNvdW50EAQYgPDg3sozIANQ+f///w8YAA==';
const NDATA = 'COj34N7KMxIUEAEY6Pfg3sozIAppAAAAAABAMEASDxAEGOj34N7KMyADKAFQCBIREAMY6Pfg3sozIAx6BGZpbmUYAQ==';
const NDEATH = 'CIDw4N7KMxISCgViZFNlcRiA8ODeyjMgCFgD';

const text = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

export const NATIVE = {
  telemetry: [
    text({ values: { helium_pressure: 15.5 } }),
    text({ ts: AT, seq: 7, values: { helium_pressure: 15.5, chiller_trips: 2, lamp: 'on', door: true } }),
    text([
      { ts: AT - 2000, seq: 1, values: { helium_pressure: 15 }, units: { helium_pressure: 'kPa' } },
      { ts: AT - 1000, seq: 2, values: { helium_pressure: 2.2 }, units: { helium_pressure: 'psi' } },
      { ts: AT, seq: 3, values: { a: 1, b: -2.5e-3, c: 'x y', d: false } },
    ]),
  ],
  events: [text({ ts: AT, code: 'failure', component: 'cold-head', severity: 'error', text: 'stopped' })],
  state: [text({ ts: AT, status: 'partial', activity: 'exam', cause: 'warm' }), text({ status: 'offline' })],
} as const;

export const THINGSBOARD = {
  'v1/devices/me/telemetry': [
    text({ helium_pressure: 15.5, lamp: true }),
    text([
      { ts: AT, values: { helium_pressure: 15.5 } },
      { ts: AT + 1, values: { note: 'ok' } },
    ]),
  ],
  'v1/devices/me/attributes': [text({ firmware: '1.2', serial: 77 })],
  'v1/gateway/connect': [text({ device: 'dev_a1' })],
  'v1/gateway/disconnect': [text({ device: 'dev_a1' })],
  'v1/gateway/telemetry': [
    text({
      dev_a1: [{ ts: AT, values: { helium_pressure: 15.5 } }],
      dev_a2: [{ ts: AT, values: { chiller_trips: 3 } }],
    }),
  ],
  'v1/gateway/attributes': [text({ dev_a1: { firmware: '1.2' }, dev_a2: { firmware: '1.3' } })],
} as const;

export const SPARKPLUG = {
  'spBv1.0/g/NBIRTH/dev_a1': [Buffer.from(NBIRTH, 'base64')],
  'spBv1.0/g/NDATA/dev_a1': [Buffer.from(NDATA, 'base64')],
  'spBv1.0/g/DBIRTH/node/dev_a1': [Buffer.from(NBIRTH, 'base64')],
  'spBv1.0/g/DDATA/node/dev_a1': [Buffer.from(NDATA, 'base64')],
  'spBv1.0/g/DDEATH/node/dev_a1': [Buffer.from(NDEATH, 'base64')],
  'spBv1.0/g/NDEATH/dev_a1': [Buffer.from(NDEATH, 'base64')],
} as const;

export const LINES = [
  text(`helium_pressure,host=dev_a1 value=15.5 ${AT}\n`),
  text(
    `# from an agent\ncpu,cpu=cpu-total,host=dev_a1 usage_idle=97.5,usage_user=2i,up=t ${AT}\n` +
      `disk,device=sda1,host=dev_a2,path=/ free=1234567890i,fstype="ext4 \\"x\\"" ${AT}\r\n` +
      `mri\\ one,device=dev_a1,unit=mbar helium_pressure=155`,
  ),
] as const;
