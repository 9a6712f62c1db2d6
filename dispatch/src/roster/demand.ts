import {
  DAY,
  type DemandDay,
  type DemandForecast,
  type DemandRow,
  type Instant,
  type Registry,
  type Skill,
  type WorkOrder,
} from '@uptower/domain';
import { dateText, dayNumber, localDay, zonedInstant } from '../availability/zone.ts';
import { forecastDemand, type PastVisit } from './forecast.ts';
import { countToExpect, type GroupLevel, groupLevels } from './levels.ts';
import { isoDate, weekdayOf } from './problem.ts';
import { demandRegionOf, mostCommon, sitesByRegion, skillsOf } from './regions.ts';

/** Older orders say little of how many there will be. */
const MOST_WEEKS = 26;
/** With fewer, weekdays are hardly told apart. */
const ENOUGH_WEEKS = 4;

export interface DemandInput {
  readonly registry: Registry;
  readonly orders: Iterable<WorkOrder>;
  /** When the event log begins. */
  readonly since: Instant;
  readonly now: Instant;
  /** A Monday. */
  readonly from: string;
  readonly weeks: number;
}

interface Past extends PastVisit {
  readonly minutes: number;
  readonly level: Skill['level'];
}

/** Visits and work to expect, by region, skill and weekday, from the orders of the last half year. */
export function demandForecast({ registry, orders, since, now, from, weeks }: DemandInput): DemandForecast {
  const regions = sitesByRegion(registry);
  const made = [...orders].filter(wasVisit);
  const past = made
    .filter(({ openedAt }) => openedAt > now - (MOST_WEEKS + 1) * 7 * DAY)
    .flatMap((order) => pastVisits(order, registry));
  const zone = [...regions.values()][0]?.[0]?.site.timeZone ?? 'Etc/UTC';
  const today = dayNumber(localDay(zone, now));
  const begin = dayIn(
    zone,
    made.reduce((earliest, { openedAt }) => Math.min(earliest, openedAt), since),
  );
  const first = Math.max(today - 7 * MOST_WEEKS, Math.min(begin, today));
  // Today is not over; where the history is nothing but today, it has to do.
  const end = Math.max(today, first + 1);
  const seen = past.filter(({ day }) => day >= first && day < end);
  const historyWeeks = (end - first) / 7;
  const groups = groupsOf(registry, regions, seen);
  const shares = weekdayShares(seen, { from: first, to: end });
  const work = workBySkill(seen, registry);
  const rows = groupLevels(groups, historyWeeks)
    .filter(({ perWeek }) => perWeek > 0)
    .map((group) => rowOf(group, work.get(group.skill) ?? { minutes: 0, level: 1 }, shares, weeks));
  return {
    from,
    weeks,
    history: {
      from: isoDate(first),
      weeks: Math.round(historyWeeks * 10) / 10,
      visits: seen.length,
      little: historyWeeks < ENOUGH_WEEKS,
    },
    regions: [...regions].map(([region, sites]) => {
      const site = sites[0]!.site;
      const name = registry.hospitals.get(site.hospitalId)?.name ?? site.name;
      return { region, name, place: site.place, sites: sites.length };
    }),
    rows: rows.sort((a, b) => b.visits.mean - a.visits.mean || (a.region < b.region ? -1 : 1)),
  };
}

const wasVisit = (order: WorkOrder): boolean =>
  order.service === 'full' && order.state !== 'cancelled' && !(order.state === 'closed' && order.visit === null);

/** The number of the day it is in the zone; midnights are remembered by `zonedInstant`, and there are thousands of orders. */
function dayIn(zone: string, at: Instant): number {
  const day = Math.floor(at / DAY);
  const midnight = (number: number) => zonedInstant(zone, 1970, 1, 1 + number, 0);
  if (at < midnight(day)) return day - 1;
  return at < midnight(day + 1) ? day : day + 1;
}

/** An order is a visit on the day it was opened, and another for each time somebody had to come again. */
function pastVisits(order: WorkOrder, registry: Registry): Past[] {
  const site = registry.sites.get(order.siteId);
  if (!site) return [];
  const visit: Past = {
    region: demandRegionOf(site.place),
    skill: order.skill.name,
    day: dayIn(site.timeZone, order.openedAt),
    minutes: order.workTime?.p50Minutes ?? order.serviceMinutes,
    level: order.skill.level,
  };
  return Array.from({ length: Math.max(1, order.visitsMade) }, () => visit);
}

function groupsOf(registry: Registry, regions: ReturnType<typeof sitesByRegion>, seen: readonly Past[]) {
  const groups = new Map<string, { region: string; skill: string; devices: number; visits: number }>();
  const of = (region: string, skill: string) => {
    const key = `${region} ${skill}`;
    const known = groups.get(key) ?? { region, skill, devices: 0, visits: 0 };
    groups.set(key, known);
    return known;
  };
  for (const [region, sites] of regions)
    for (const device of sites.flatMap(({ devices }) => devices)) {
      const model = registry.models.get(device.modelId);
      for (const { name } of model ? skillsOf(model) : []) of(region, name).devices += 1;
    }
  for (const { region, skill } of seen) of(region, skill).visits += 1;
  return [...groups.values()];
}

type Shares = (region: string, skill: string) => readonly number[];

/** How a week's visits lie on Monday to Sunday, by region and skill; those of all together where a group has none. */
function weekdayShares(seen: readonly Past[], { from, to }: { from: number; to: number }): Shares {
  const even = Array.from({ length: 7 }, () => 1 / 7);
  // Some weekday was never seen.
  if (to - from < 7) return () => even;
  const share = (rates: readonly { weekday: number; rate: number }[]) => {
    const total = rates.reduce((sum, { rate }) => sum + rate, 0);
    if (total <= 0) return even;
    return even.map((_, k) => (rates.find(({ weekday }) => weekday === k + 1)?.rate ?? 0) / total);
  };
  const period = { from, to, weekdayOf };
  const own = new Map<string, { weekday: number; rate: number }[]>();
  for (const rate of forecastDemand(seen, period)) {
    const key = `${rate.region} ${rate.skill}`;
    own.set(key, [...(own.get(key) ?? []), rate]);
  }
  const all = share(
    forecastDemand(
      seen.map((visit) => ({ ...visit, region: '', skill: '' })),
      period,
    ),
  );
  const known = new Map([...own].map(([key, rates]) => [key, share(rates)]));
  return (region, skill) => known.get(`${region} ${skill}`) ?? all;
}

interface Work {
  readonly minutes: number;
  readonly level: Skill['level'];
}

/** What work of each skill takes: as it took, and where nobody has done it yet as the catalogue says. */
function workBySkill(seen: readonly Past[], registry: Registry): Map<string, Work> {
  const bySkill = new Map<string, { minutes: number[]; levels: Skill['level'][] }>();
  const note = (skill: string, minutes: number, level: Skill['level']) => {
    const known = bySkill.get(skill) ?? { minutes: [], levels: [] };
    bySkill.set(skill, known);
    known.minutes.push(minutes);
    known.levels.push(level);
  };
  for (const { skill, minutes, level } of seen) note(skill, minutes, level);
  const done = new Set(bySkill.keys());
  for (const { failureModes } of registry.models.values())
    for (const { skill, serviceMinutes } of failureModes)
      if (!done.has(skill.name)) note(skill.name, serviceMinutes, skill.level);
  return new Map(
    [...bySkill].map(([skill, { minutes, levels }]) => [skill, { minutes: mean(minutes), level: mostCommon(levels) }]),
  );
}

function rowOf(group: GroupLevel, work: Work, shares: Shares, weeks: number): DemandRow {
  const { region, skill, devices, visits, perWeek, shape, ownShare } = group;
  const expect = (rate: number) => {
    const p80 = countToExpect(rate, shape, 0.8);
    const hours = (count: number) => rounded((count * work.minutes) / 60);
    return { visits: { mean: rounded(rate), p80 }, hours: { mean: hours(rate), p80: hours(p80) } };
  };
  const days: DemandDay[] = shares(region, skill).map((share, k) => ({ weekday: k + 1, ...expect(share * perWeek) }));
  return {
    region,
    skill,
    level: work.level,
    devices,
    seen: visits,
    ownShare: rounded(ownShare),
    ...expect(perWeek * weeks),
    days,
  };
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

/** The Monday after a day, in the zone most planning is in. */
export function nextMonday(zone: string, now: Instant): string {
  const today = localDay(zone, now);
  return dateText(localDay('Etc/UTC', (dayNumber(today) + 8 - today.weekday) * DAY));
}
