import {
  type CoverageView,
  type DemandForecast,
  distanceMetres,
  type LocalText,
  type NextEngineerView,
  type NextHome,
  type Place,
  type Registry,
  type Site,
  skillLabel,
} from '@uptower/domain';
import { cellToBoundary, cellToLatLng, gridDisk, latLngToCell } from 'h3-js';
import { demandRegionOf, sitesByRegion, skillsOf } from '../roster/regions.ts';
import type { TravelTimes } from '../travel.ts';
import {
  apart,
  type DemandPoint,
  nearest,
  type Person,
  type Ranked,
  rankHomes,
  reachOf,
  withNewcomer,
} from './reach.ts';

/** Cells of about 36 km²: a town, or a quarter of a city. */
const RESOLUTION = 6;
/** People live in towns: candidates are the cells within so many rings (about 26 km) of a site. */
const RINGS = 4;
/** Homes that are named lie further apart, and near different sites. */
const APART_METRES = 40_000;
const NAMED = 5;
const HEAT_CELLS = 300;

export interface CoverageInput {
  readonly registry: Registry;
  readonly travel: TravelTimes;
  readonly forecast: DemandForecast;
  readonly minutes: number;
  /** All when left out. */
  readonly skills?: readonly string[] | undefined;
}

interface Model {
  readonly sites: readonly Site[];
  readonly points: readonly DemandPoint[];
  readonly people: readonly Person[];
}

/** Sites with the visits expected there, and everybody's ways to them. */
function modelOf({ registry, travel, forecast, skills }: CoverageInput): Model {
  const all = [...sitesByRegion(registry).values()].flat();
  const sites = all.map(({ site }) => site);
  const wanted = skills && new Set(skills);
  const devicesOf = all.map(({ devices }) => {
    const counts = new Map<string, number>();
    for (const device of devices)
      for (const { name } of skillsOf(registry.models.get(device.modelId) ?? NO_MODEL))
        counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  });
  // A region's visits are shared by its sites as their devices are.
  const points = forecast.rows
    .filter(({ skill, devices }) => devices > 0 && (!wanted || wanted.has(skill)))
    .flatMap(({ region, skill, level, devices, visits }) =>
      sites.flatMap((site, k): DemandPoint[] => {
        const there = demandRegionOf(site.place) === region ? (devicesOf[k]?.get(skill) ?? 0) : 0;
        return there === 0
          ? []
          : [{ site: k, skill, level, visits: (visits.mean / forecast.weeks) * (there / devices) }];
      }),
    );
  const people = [...registry.engineers.values()].map((engineer) => ({
    skills: Object.fromEntries(engineer.skills.map(({ name, level }) => [name, level])),
    minutesTo: waysFrom(travel, engineer.home, sites),
  }));
  return { sites, points, people };
}

const NO_MODEL = { failureModes: [] } as unknown as Parameters<typeof skillsOf>[0];
const waysFrom = (travel: TravelTimes, from: Place, sites: readonly Site[]) =>
  sites.map(({ place }) => travel.between(from, place).seconds / 60);
const visitsIn = (points: readonly DemandPoint[]) => points.reduce((sum, { visits }) => sum + visits, 0);
const boundaryOf = (cell: string): Place[] =>
  cellToBoundary(cell).map(([lat, lon]) => ({ lat: cut(lat), lon: cut(lon) }));
const cut = (degrees: number) => Math.round(degrees * 1e4) / 1e4;
const nameOf = ({ hospitals }: Registry, site: Site): LocalText => hospitals.get(site.hospitalId)?.name ?? site.name;

/** How much of what is expected can be reached from engineers' homes in time, by skill, site and cell. */
export function coverageView(input: CoverageInput): CoverageView {
  const { registry, minutes, forecast } = input;
  const { sites, points, people } = modelOf(input);
  const ways = nearest(points, people);
  const reached = (of: (point: DemandPoint) => boolean) => {
    const chosen = points.flatMap((point, k) => (of(point) ? [{ point, way: ways[k] as number }] : []));
    const own = chosen.map(({ point }) => point);
    return {
      visitsPerWeek: visitsIn(own),
      ...reachOf(
        own,
        chosen.map(({ way }) => way),
        minutes,
      ),
    };
  };
  const cells = new Map<string, number[]>();
  sites.forEach(({ place }, k) => {
    const cell = latLngToCell(place.lat, place.lon, RESOLUTION);
    cells.set(cell, [...(cells.get(cell) ?? []), k]);
  });
  const used = (k: number) => points.some(({ site }) => site === k);
  return {
    minutes,
    little: forecast.history.little,
    ...reached(() => true),
    skills: [...new Set(points.map(({ skill }) => skill))]
      .map((skill) => ({
        skill,
        engineers: people.filter(({ skills }) => skills[skill] !== undefined).length,
        ...reached((point) => point.skill === skill),
      }))
      .sort((a, b) => a.covered - b.covered || b.visitsPerWeek - a.visitsPerWeek),
    sites: sites
      .flatMap((site, k) =>
        used(k)
          ? [{ siteId: site.id, name: nameOf(registry, site), place: site.place, ...reached((p) => p.site === k) }]
          : [],
      )
      .sort((a, b) => a.covered - b.covered || b.meanMinutes - a.meanMinutes),
    cells: [...cells]
      .filter(([, of]) => of.some(used))
      .map(([cell, of]) => ({
        cell,
        boundary: boundaryOf(cell),
        sites: of.map((k) => (sites[k] as Site).id),
        ...reached((point) => of.includes(point.site)),
      })),
    engineers: [...registry.engineers.values()].map(({ id, name, home }) => ({ engineerId: id, name, home })),
  };
}

/** Where somebody with these skills would help most. */
export function nextEngineer(input: CoverageInput): NextEngineerView {
  const { registry, travel, minutes, forecast } = input;
  const { sites, points, people } = modelOf(input);
  const skills = input.skills ?? [...new Set(points.map(({ skill }) => skill))];
  const now = nearest(points, people);
  const before = reachOf(points, now, minutes);
  const cells = [
    ...new Set(sites.flatMap(({ place }) => gridDisk(latLngToCell(place.lat, place.lon, RESOLUTION), RINGS))),
  ];
  const candidates = cells.sort().map((cell) => {
    const [lat, lon] = cellToLatLng(cell);
    const place = { lat, lon };
    return { home: { cell, place }, minutesTo: waysFrom(travel, place, sites) };
  });
  const ranked = rankHomes(points, people, new Set(skills), minutes, candidates);
  const best = apart(
    ranked,
    NAMED,
    (a, b) =>
      distanceMetres(a.place, b.place) < APART_METRES || nearestSite(sites, a.place) === nearestSite(sites, b.place),
  );
  const toOf = new Map(candidates.map(({ home, minutesTo }) => [home.cell, minutesTo]));
  return {
    minutes,
    skills,
    before,
    visitsPerWeek: visitsIn(points),
    candidates: candidates.length,
    little: forecast.history.little,
    best: best.map((each) => {
      const then = withNewcomer(points, now, new Set(skills), toOf.get(each.home.cell) ?? []);
      return nextHome(registry, sites, points, { now, then, minutes, before: before.covered, skills }, each);
    }),
    heat: ranked.slice(0, HEAT_CELLS).map(({ home, gain, minutesSaved }) => ({
      cell: home.cell,
      boundary: boundaryOf(home.cell),
      gain,
      minutesSaved,
    })),
  };
}

const nearestSite = (sites: readonly Site[], place: Place): Site =>
  sites.reduce((a, b) => (distanceMetres(place, b.place) < distanceMetres(place, a.place) ? b : a));

interface Change {
  readonly now: readonly number[];
  readonly then: readonly number[];
  readonly minutes: number;
  readonly before: number;
  readonly skills: readonly string[];
}

function nextHome(
  registry: Registry,
  sites: readonly Site[],
  points: readonly DemandPoint[],
  change: Change,
  { home, gain, minutesSaved, covered, meanMinutes }: Ranked<{ cell: string; place: Place }>,
): NextHome {
  const near = nearestSite(sites, home.place);
  const newSites = sites
    .map((site, k) => {
      const own = points.flatMap((point, p) => (point.site === k ? [p] : []));
      const at = (ways: readonly number[]) =>
        reachOf(
          own.map((p) => points[p] as DemandPoint),
          own.map((p) => ways[p] as number),
          change.minutes,
        );
      const visits = visitsIn(own.map((p) => points[p] as DemandPoint));
      return { site, visits, before: at(change.now), after: at(change.then) };
    })
    .filter(({ before, after }) => after.covered > before.covered + 1e-9)
    .sort((a, b) => b.visits * (b.after.covered - b.before.covered) - a.visits * (a.after.covered - a.before.covered))
    .map(({ site, before, after }) => ({
      siteId: site.id,
      name: nameOf(registry, site),
      before: Math.round(before.meanMinutes),
      after: Math.round(after.meanMinutes),
    }));
  const reach = { covered, meanMinutes, gain, minutesSaved };
  const text = words(
    nameOf(registry, near),
    reach,
    change,
    newSites.map(({ name }) => name),
  );
  return {
    cell: home.cell,
    boundary: boundaryOf(home.cell),
    place: home.place,
    near: nameOf(registry, near),
    ...reach,
    newSites,
    text,
  };
}

const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`;

function words(
  near: LocalText,
  { covered, gain, minutesSaved }: Pick<NextHome, 'covered' | 'gain' | 'minutesSaved'>,
  { minutes, before, skills }: Change,
  gained: readonly LocalText[],
): LocalText {
  const saved = Math.round(minutesSaved * 10) / 10;
  const [first, second, ...rest] = gained;
  const list = (language: 'en' | 'zh') =>
    [first, second].flatMap((name) => (name ? [name[language]] : [])).join(language === 'en' ? ' and ' : '、');
  const more = rest.length > 0 ? { en: ` and ${rest.length} more`, zh: `等 ${gained.length} 处` } : { en: '', zh: '' };
  const skill = (language: 'en' | 'zh') =>
    skills.length > 3 ? '' : skills.map((name) => skillLabel(name)[language]).join(language === 'en' ? ', ' : '、');
  if (gain <= 1e-9)
    return {
      en: `Near ${near.en}: no more visits within ${minutes} minutes, but ways are ${saved} minutes shorter on average.`,
      zh: `${near.zh}附近：${minutes} 分钟内可达的上门没有增加，但平均路程缩短 ${saved} 分钟。`,
    };
  return {
    en: `Near ${near.en}: ${percent(covered)} of the expected${skill('en') && ` ${skill('en')}`} visits would be within ${minutes} minutes instead of ${percent(before)}; ways are ${saved} minutes shorter on average. Newly in reach: ${list('en')}${more.en}.`,
    zh: `${near.zh}附近：预计${skill('zh')}上门中 ${minutes} 分钟内可达的比例由 ${percent(before)} 升至 ${percent(covered)}，平均路程缩短 ${saved} 分钟。新增可达：${list('zh')}${more.zh}。`,
  };
}
