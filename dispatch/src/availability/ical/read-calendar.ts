import { type BusyCopy, type BusyTime, DAY, type Interval, type SetAside } from '@uptower/domain';
import { periodOf, timesOf, type Zones } from './event-times.ts';
import { type Component, parseComponents, propertiesOf, propertyOf, unescapeText } from './lines.ts';
import { expandRule, type RuleLimits, RuleTooSlow, untilOf } from './recurrence.ts';
import { parseWritten, ValueError, type Written } from './times.ts';
import { describedZone, inZone, namedZone, type ToInstant } from './zones.ts';

export interface ReadOptions {
  /** Busy time outside of it is not wanted. */
  readonly period: Interval;
  /** Where days and times without a zone are meant: the engineer's. */
  readonly timeZone: string;
  /** Events with a UID like this are not busy time: our own plan, subscribed to and read back. */
  readonly ignore?: RegExp;
  readonly limits?: Partial<RuleLimits>;
}

const LIMITS: RuleLimits = { occurrences: 2_000, milliseconds: 2_000 };
const MAX_BUSY = 5_000;
const MAX_ASIDE = 100;
/** So many rules that never end are enough to stop reading rules. */
const MAX_SLOW = 3;

/**
 * Busy time of an iCalendar text (RFC 5545): what is opaque and not cancelled, with recurrence and its exceptions. What
 * cannot be used is set aside by event, with the reason; the rest counts. Throws CalendarError where there is no calendar.
 * Days and floating times are those of `timeZone`.
 */
export function readCalendar(text: string, { period, timeZone, ignore, limits: given }: ReadOptions): BusyCopy {
  const limits = { ...LIMITS, ...given };
  const calendars = parseComponents(text);
  const described = new Map<string, Component>();
  for (const zone of calendars.flatMap(({ children }) => children).filter(({ name }) => name === 'VTIMEZONE')) {
    const id = propertyOf(zone, 'TZID')?.value;
    if (id !== undefined) described.set(id.trim(), zone);
  }
  const zones = zoneReader(described, timeZone, period, limits);
  const busy: BusyTime[] = [];
  const aside: SetAside[] = [];
  let slow = 0;
  const setAside = (component: Component, error: unknown) => {
    if (!(error instanceof ValueError)) throw error;
    if (error instanceof RuleTooSlow) slow++;
    aside.push({ uid: uidOf(component).slice(0, 200), line: component.line, reason: error.message.slice(0, 300) });
  };
  for (const series of seriesOf(calendars, ignore)) {
    try {
      if (slow >= MAX_SLOW && series.main && propertyOf(series.main, 'RRULE'))
        throw new ValueError('too many rules that take too long: no more are expanded');
      for (const one of readSeries(series, { period, zones, limits, setAside })) busy.push(one);
    } catch (error) {
      setAside(series.main ?? (series.changed[0] as Component), error);
    }
  }
  for (const component of calendars.flatMap(({ children }) => children).filter(({ name }) => name === 'VFREEBUSY')) {
    try {
      busy.push(...freeBusy(component, zones));
    } catch (error) {
      setAside(component, error);
    }
  }
  const wanted = busy
    .filter(({ from, to }) => from < to && from < period.to && period.from < to)
    .map((one) => ({ ...one, from: Math.max(one.from, period.from), to: Math.min(one.to, period.to) }))
    .sort((a, b) => a.from - b.from || a.to - b.to || (a.title < b.title ? -1 : 1));
  if (wanted.length > MAX_BUSY)
    aside.push({
      uid: '',
      line: 1,
      reason: `more than ${MAX_BUSY} busy times in the period: the later ones are left out`,
    });
  return { period, busy: wanted.slice(0, MAX_BUSY), aside: aside.slice(0, MAX_ASIDE), asideCount: aside.length };
}

/** How to read a written time: UTC, the engineer's zone, a zone that has a name, or one the calendar describes. */
function zoneReader(
  described: ReadonlyMap<string, Component>,
  own: string,
  period: Interval,
  limits: RuleLimits,
): Zones {
  const known = new Map<string, ToInstant>();
  return ({ kind, zone }) => {
    if (kind === 'utc') return (wall) => wall;
    if (kind !== 'zoned') return inZone(own);
    let toInstant = known.get(zone);
    if (!toInstant) {
      const named = namedZone(zone);
      const component = described.get(zone);
      if (named) toInstant = inZone(named);
      else if (component) toInstant = describedZone(component, period, limits);
      else throw new ValueError(`the time zone "${zone.slice(0, 60)}" is not known and not described in the calendar`);
      known.set(zone, toInstant);
    }
    return toInstant;
  };
}

/** An event with its changed occurrences. */
interface Series {
  readonly main: Component | undefined;
  readonly changed: readonly Component[];
}

const uidOf = (component: Component) => propertyOf(component, 'UID')?.value.trim() ?? '';

function seriesOf(calendars: readonly Component[], ignore: RegExp | undefined): Series[] {
  const byUid = new Map<string, { main: Component | undefined; changed: Component[] }>();
  calendars.forEach((calendar, c) => {
    for (const event of calendar.children) {
      if (event.name !== 'VEVENT') continue;
      const uid = uidOf(event);
      if (uid && ignore?.test(uid)) continue;
      // Without a UID nothing belongs together.
      const key = uid || `${c} ${event.line}`;
      const series = byUid.get(key) ?? { main: undefined, changed: [] };
      byUid.set(key, series);
      if (propertyOf(event, 'RECURRENCE-ID')) series.changed.push(event);
      else if (!series.main || sequenceOf(event) >= sequenceOf(series.main)) series.main = event;
    }
  });
  return [...byUid.values()];
}

const sequenceOf = (event: Component) => Number(propertyOf(event, 'SEQUENCE')?.value ?? 0) || 0;

interface Reading {
  readonly period: Interval;
  readonly zones: Zones;
  readonly limits: RuleLimits;
  readonly setAside: (component: Component, error: unknown) => void;
}

function readSeries({ main, changed }: Series, reading: Reading): BusyTime[] {
  const { zones, setAside } = reading;
  const replaced = new Set<number>();
  const busy: BusyTime[] = [];
  // Of two changes of one occurrence the later revision holds.
  for (const event of [...changed].sort((a, b) => sequenceOf(b) - sequenceOf(a))) {
    try {
      const id = propertyOf(event, 'RECURRENCE-ID');
      if (!id) continue;
      if (id.params.get('RANGE')?.toUpperCase() === 'THISANDFUTURE')
        throw new ValueError('changes of this and all later occurrences (RANGE) are not read');
      const written = parseWritten(id.value, id.params);
      const instant = zones(written)(written.wall);
      if (replaced.has(instant)) continue;
      const times = timesOf(event, zones);
      replaced.add(instant);
      if (isBusy(event)) busy.push({ ...times.of(times.start.wall), title: titleOf(event) });
    } catch (error) {
      setAside(event, error);
    }
  }
  if (main && isBusy(main)) {
    const title = titleOf(main);
    for (const { key, ...time } of occurrencesOf(main, reading)) if (!replaced.has(key)) busy.push({ ...time, title });
  }
  return busy;
}

/** Every occurrence of the event itself; `key`: the instant at which it begins or would, by which exceptions name it. */
function occurrencesOf(event: Component, { period, zones, limits }: Reading): (Interval & { readonly key: number })[] {
  const times = timesOf(event, zones);
  const { start } = times;
  const toInstant = zones(start);
  const rules = propertiesOf(event, 'RRULE');
  if (rules.length > 1) throw new ValueError('more than one RRULE');
  const excluded = new Set<number>();
  for (const line of propertiesOf(event, 'EXDATE'))
    for (const text of line.value.split(',')) {
      const written = parseWritten(text, line.params);
      // A day in the list of an event with a time means that day's occurrence.
      const wall =
        written.kind === 'date' && start.kind !== 'date'
          ? written.wall + (((start.wall % DAY) + DAY) % DAY)
          : written.wall;
      excluded.add(written.kind === 'date' ? toInstant(wall) : zones(written)(wall));
    }
  const found = new Map<number, Interval>();
  const rule = rules[0]?.value;
  const walls = rule === undefined ? [start.wall] : wallsOf(rule, start, times.longest, period, zones, limits);
  for (const wall of walls) found.set(toInstant(wall), times.of(wall));
  for (const line of propertiesOf(event, 'RDATE')) {
    const isPeriod = line.params.get('VALUE')?.toUpperCase() === 'PERIOD' || line.value.includes('/');
    for (const text of line.value.split(',')) {
      if (isPeriod) {
        const interval = periodOf(text, line.params, zones);
        found.set(interval.from, interval);
        continue;
      }
      const written = parseWritten(text, line.params);
      const from = zones(written)(written.wall);
      found.set(
        from,
        written.kind === start.kind && written.zone === start.zone
          ? times.of(written.wall)
          : { from, to: from + times.longest },
      );
    }
  }
  return [...found].filter(([key]) => !excluded.has(key)).map(([key, interval]) => ({ key, ...interval }));
}

function wallsOf(rule: string, start: Written, longest: number, period: Interval, zones: Zones, limits: RuleLimits) {
  const text = untilOf(rule);
  let until: number | undefined;
  if (text !== undefined) {
    const written = parseWritten(text, new Map());
    // In UTC it is compared with instants: the wall time there is found by the offset then.
    if (written.kind === 'utc' && start.kind !== 'utc')
      until = written.wall + (written.wall - zones(start)(written.wall));
    else until = written.kind === 'date' && start.kind !== 'date' ? written.wall + DAY - 1 : written.wall;
  }
  // Wall times lie within a day of UTC.
  const around = { from: period.from - longest - DAY, to: period.to + DAY };
  if (around.to < start.wall) return [];
  const walls = expandRule(rule, start.wall, around, limits, until);
  // DTSTART counts as the first occurrence also where the rule does not name it.
  return start.wall >= around.from ? [...new Set([start.wall, ...walls])] : walls;
}

function freeBusy(component: Component, zones: Zones): BusyTime[] {
  return propertiesOf(component, 'FREEBUSY')
    .filter(({ params }) => (params.get('FBTYPE') ?? 'BUSY').toUpperCase() !== 'FREE')
    .flatMap((line) => line.value.split(',').map((text) => ({ ...periodOf(text, line.params, zones), title: '' })));
}

/** Opaque unless it says otherwise, and not cancelled. Outlook's own word wins over TRANSP, which it writes less exactly. */
function isBusy(event: Component): boolean {
  const value = (name: string) => propertyOf(event, name)?.value.trim().toUpperCase();
  if (value('STATUS') === 'CANCELLED') return false;
  const outlook = value('X-MICROSOFT-CDO-BUSYSTATUS');
  if (outlook !== undefined) return outlook !== 'FREE' && outlook !== 'WORKINGELSEWHERE';
  return value('TRANSP') !== 'TRANSPARENT';
}

function titleOf(event: Component): string {
  const secret = propertyOf(event, 'CLASS')?.value.trim().toUpperCase();
  if (secret === 'PRIVATE' || secret === 'CONFIDENTIAL') return '';
  return unescapeText(propertyOf(event, 'SUMMARY')?.value ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
