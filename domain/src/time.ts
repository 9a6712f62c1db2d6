import { z } from 'zod';

/** Milliseconds since 1970-01-01T00:00Z. A zone belongs to a site and appears only where shifts or screens need it. */
export type Instant = number;
export const Instant = z.int().min(-8_640_000_000_000_000).max(8_640_000_000_000_000);

/** A moment that somebody plans with or asks about: years 1970 to 2099. What lies beyond is a slip of the hand, and no calendar can be reckoned there. */
export const NearInstant = z.int().min(0, 'not before the year 1970').max(Date.UTC(2100, 0), 'not after the year 2099');

/** An IANA zone this machine knows, for example Asia/Shanghai. */
export const TimeZone = z.string().min(1).max(64).refine(isTimeZone, 'a time zone like Asia/Shanghai');

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Half-open `[from, to)`. */
export interface Interval {
  readonly from: Instant;
  readonly to: Instant;
}
export const Interval = z
  .strictObject({ from: Instant, to: Instant })
  .refine((value) => value.from < value.to, 'from must be before to');

/** Milliseconds that two half-open intervals share; 0 when they only touch. */
export function overlapMs(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}

/** Where time comes from: the wall, a scaled clock in the demo, a logical one in tests. No module reads the wall clock itself. */
export interface Clock {
  now(): Instant;
  /** How many simulated milliseconds pass in one real millisecond: 1 for the wall clock. */
  readonly speed: number;
  /** Calls back once when `now()` has reached `at`; returns a function that cancels it. */
  at(at: Instant, callback: () => void): () => void;
  /** Calls back every `everyMs` of this clock; returns a function that stops it. */
  every(everyMs: number, callback: () => void): () => void;
}
