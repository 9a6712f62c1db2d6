import type { LocalText } from '@uptower/domain';

/**
 * Units of measurement as devices write them, and the exact factors between those of one kind.
 *
 * Sources: the SI brochure (9th edition, tables 8 and 9), NIST SP 811 appendix B for the others; names follow UCUM where
 * it has one. What is not in the table is still comparable: equal in writing is equal.
 */

/** `value in base unit = (value + before) × factor`; `before` is for temperature scales only. */
interface Scale {
  readonly kind: string;
  readonly factor: number;
  readonly before: number;
}

/** By kind of quantity, factors to its first unit. */
const FACTORS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  pressure: {
    Pa: 1,
    hPa: 100,
    kPa: 1000,
    MPa: 1e6,
    mbar: 100,
    bar: 1e5,
    psi: 6894.757293168,
    mmHg: 133.322387415,
    cmH2O: 98.0665,
    Torr: 101_325 / 760,
    atm: 101_325,
  },
  flow: {
    'L/s': 1,
    'mL/s': 1e-3,
    'L/min': 1 / 60,
    'mL/min': 1e-3 / 60,
    'L/h': 1 / 3600,
    'mL/h': 1e-3 / 3600,
    'm3/h': 1 / 3.6,
  },
  volume: { L: 1, dL: 0.1, mL: 1e-3, uL: 1e-6, m3: 1000 },
  time: { s: 1, ms: 1e-3, us: 1e-6, min: 60, h: 3600, d: 86_400 },
  share: { '%': 1, ppm: 1e-4, ppb: 1e-7 },
  voltage: { V: 1, uV: 1e-6, mV: 1e-3, kV: 1e3 },
  current: { A: 1, uA: 1e-6, mA: 1e-3, kA: 1e3 },
  charge: { 'A.s': 1, 'mA.s': 1e-3, 'A.h': 3600, 'mA.h': 3.6 },
  power: { W: 1, mW: 1e-3, kW: 1e3, MW: 1e6 },
  'apparent power': { VA: 1, kVA: 1e3 },
  energy: { J: 1, kJ: 1e3, MJ: 1e6, Wh: 3600, kWh: 3.6e6 },
  frequency: { Hz: 1, kHz: 1e3, MHz: 1e6, GHz: 1e9, '/min': 1 / 60 },
  length: { m: 1, km: 1e3, cm: 1e-2, mm: 1e-3, um: 1e-6, in: 0.0254 },
  speed: { 'm/s': 1, 'cm/s': 1e-2, 'mm/s': 1e-3, 'km/h': 1 / 3.6 },
  mass: { kg: 1, g: 1e-3, mg: 1e-6, ug: 1e-9, t: 1e3, lb: 0.45359237 },
  angle: { deg: 1, rad: 180 / Math.PI },
  resistance: { Ohm: 1, mOhm: 1e-3, kOhm: 1e3, MOhm: 1e6 },
  field: { T: 1, mT: 1e-3, uT: 1e-6, G: 1e-4 },
  'absorbed dose': { Gy: 1, mGy: 1e-3, uGy: 1e-6 },
  'equivalent dose': { Sv: 1, mSv: 1e-3, uSv: 1e-6 },
  data: {
    B: 1,
    kB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
    TiB: 2 ** 40,
    bit: 1 / 8,
  },
  'data rate': {
    'B/s': 1,
    'kB/s': 1e3,
    'MB/s': 1e6,
    'bit/s': 1 / 8,
    'kbit/s': 125,
    'Mbit/s': 125_000,
    'Gbit/s': 1.25e8,
  },
};

const SCALES: ReadonlyMap<string, Scale> = new Map([
  ...Object.entries(FACTORS).flatMap(([kind, units]) =>
    Object.entries(units).map(([unit, factor]): [string, Scale] => [unit, { kind, factor, before: 0 }]),
  ),
  ['K', { kind: 'temperature', factor: 1, before: 0 }],
  ['Cel', { kind: 'temperature', factor: 1, before: 273.15 }],
  ['[degF]', { kind: 'temperature', factor: 5 / 9, before: 459.67 }],
]);

/** Other ways of writing a unit. `C` is taken for Celsius, not coulomb: that is what equipment means by it. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  '': ['1', 'count', 'counts', '{count}', 'none', 'n/a'],
  Cel: ['°C', 'degC', 'deg C', 'C', 'celsius', 'Celsius', 'degree_Celsius'],
  '[degF]': ['°F', 'degF', 'deg F', 'F', 'fahrenheit', 'Fahrenheit'],
  K: ['kelvin', 'Kelvin'],
  '%': ['percent', 'pct', '%RH', '%rH', '% RH', 'vol%', 'Vol%', 'Vol.-%'],
  Pa: ['pascal', 'Pascal'],
  kPa: ['kpa', 'KPa', 'KPA'],
  mbar: ['mBar', 'millibar'],
  bar: ['Bar'],
  psi: ['PSI', '[psi]', 'psia', 'lbf/in2'],
  mmHg: ['mm Hg', 'mm[Hg]'],
  cmH2O: ['cm H2O', 'cm[H2O]'],
  Torr: ['torr'],
  'L/s': ['l/s'],
  'mL/s': ['ml/s'],
  'L/min': ['l/min', 'lpm', 'LPM', 'L/m', 'liter/min'],
  'mL/min': ['ml/min', 'mL/m'],
  'L/h': ['l/h'],
  'mL/h': ['ml/h'],
  'm3/h': ['m^3/h', 'cbm/h'],
  L: ['l', 'litre', 'liter'],
  dL: ['dl'],
  mL: ['ml', 'cc', 'cm3'],
  uL: ['ul'],
  m3: ['m^3'],
  s: ['sec', 'second', 'seconds'],
  ms: ['msec', 'milliseconds'],
  us: ['usec', 'microseconds'],
  min: ['mins', 'minute', 'minutes'],
  h: ['hr', 'hrs', 'hour', 'hours'],
  d: ['day', 'days'],
  ppm: ['[ppm]'],
  ppb: ['[ppb]'],
  V: ['volt', 'Volt', 'volts'],
  A: ['amp', 'Amp', 'amps', 'ampere'],
  'mA.s': ['mAs', 'mA*s'],
  'A.s': ['As', 'A*s'],
  'A.h': ['Ah'],
  'mA.h': ['mAh'],
  W: ['watt', 'Watt', 'watts'],
  VA: ['V.A', 'V*A'],
  Wh: ['W.h'],
  kWh: ['kW.h', 'KWh'],
  Hz: ['hz', 'hertz', '1/s', '/s'],
  '/min': ['1/min', 'rpm', 'RPM', 'r/min', 'bpm', 'BPM', 'min-1'],
  m: ['meter', 'metre'],
  in: ['inch', '[in_i]'],
  'm/s': ['m/sec'],
  deg: ['°', 'degree', 'degrees'],
  Ohm: ['ohm', 'Ω', 'ohms'],
  kOhm: ['kohm', 'kΩ'],
  mOhm: ['mohm', 'mΩ'],
  MOhm: ['Mohm', 'MΩ'],
  G: ['gauss', 'Gauss'],
  B: ['By', 'byte', 'bytes', 'Byte', 'Bytes'],
  kB: ['kBy', 'KB'],
  bit: ['bits'],
  'B/s': ['By/s', 'bytes/s', 'Bps'],
  'bit/s': ['bps'],
  'kbit/s': ['kbps'],
  'Mbit/s': ['Mbps'],
  'Gbit/s': ['Gbps'],
  t: ['ton', 'tonne'],
};

/** NFKC makes ℃ into °C, the micro sign into μ, ³ into 3; multiplication dots are one dot; spaces at the ends go. */
function plain(unit: string): string {
  return unit.normalize('NFKC').trim().replaceAll('μ', 'u').replace(/[·⋅]/g, '.').replace(/\s+/g, ' ');
}

const CANONICAL = new Map(
  Object.entries(WRITTEN).flatMap(([unit, others]) => others.map((other): [string, string] => [plain(other), unit])),
);

/** The one way in which we write a unit; the text itself when we do not know it. */
export function canonicalUnit(unit: string): string {
  const text = plain(unit);
  return CANONICAL.get(text) ?? text;
}

export type UnitMatch =
  /** The same unit, or nothing to compare with. */
  | { readonly kind: 'same' }
  | { readonly kind: 'convert'; readonly convert: (value: number) => number }
  /** No factor leads from one to the other; `why` says so in words. */
  | { readonly kind: 'wrong'; readonly why: LocalText };

const SAME: UnitMatch = { kind: 'same' };

/** How a value said to be in `declared` becomes one in `wanted`. */
export function matchUnits(declared: string, wanted: string): UnitMatch {
  const [from, to] = [canonicalUnit(declared), canonicalUnit(wanted)];
  if (from === to) return SAME;
  const [source, target] = [SCALES.get(from), SCALES.get(to)];
  const belongs = wanted === '' ? { en: 'a bare number', zh: '无单位的数值' } : { en: wanted, zh: ` ${wanted}` };
  const wrong = (en: string, zh: string): UnitMatch => ({ kind: 'wrong', why: { en, zh } });
  if (!source)
    return wrong(
      `unit "${declared}" is not known, ${belongs.en} belongs here`,
      `单位“${declared}”未知，此处应为${belongs.zh}`,
    );
  if (source.kind !== target?.kind)
    return wrong(
      `unit "${declared}" (${source.kind}) where ${belongs.en} belongs`,
      `单位“${declared}”不符，此处应为${belongs.zh}`,
    );
  return {
    kind: 'convert',
    convert: (value) => tidy(((value + source.before) * source.factor) / target.factor - target.before),
  };
}

/** Twelve digits: more than any sensor has, and 98.6 °F is 37 °C rather than 36.99999999999994. */
const tidy = (value: number) => Number(value.toPrecision(12));
