import type { Device, DeviceModel, Place, Registry, Site, Skill } from '@uptower/domain';
import { latLngToCell } from 'h3-js';

/** Cells of about 1,770 km²: a city and what is around it. */
const RESOLUTION = 4;

/** Finding a cell takes microseconds, and there are thousands of orders at some hundred places. */
const cells = new WeakMap<Place, string>();

export function demandRegionOf(place: Place): string {
  const known = cells.get(place);
  if (known !== undefined) return known;
  const cell = latLngToCell(place.lat, place.lon, RESOLUTION);
  cells.set(place, cell);
  return cell;
}

/** Sites of a cell that have devices somebody is sent to; the one with most devices first. */
export function sitesByRegion(registry: Registry): Map<string, { site: Site; devices: Device[] }[]> {
  const bySite = new Map<Site['id'], Device[]>();
  for (const device of registry.devices.values())
    if (device.service === 'full') bySite.set(device.siteId, [...(bySite.get(device.siteId) ?? []), device]);
  const regions = new Map<string, { site: Site; devices: Device[] }[]>();
  for (const [siteId, devices] of bySite) {
    const site = registry.sites.get(siteId);
    if (!site) continue;
    const cell = demandRegionOf(site.place);
    regions.set(cell, [...(regions.get(cell) ?? []), { site, devices }]);
  }
  for (const sites of regions.values())
    sites.sort((a, b) => b.devices.length - a.devices.length || (a.site.id < b.site.id ? -1 : 1));
  return regions;
}

/** What a device may need, each skill once, at the level most of its failure modes ask for. */
export function skillsOf(model: DeviceModel): Skill[] {
  const levels = new Map<string, Skill['level'][]>();
  for (const { skill } of model.failureModes) levels.set(skill.name, [...(levels.get(skill.name) ?? []), skill.level]);
  return [...levels].map(([name, seen]) => ({ name, level: mostCommon(seen) }));
}

/** The most frequent; of equally frequent ones the highest. */
export function mostCommon(levels: readonly Skill['level'][]): Skill['level'] {
  const count = (level: number) => levels.filter((each) => each === level).length;
  return ([3, 2, 1] as const).reduce((best, level) => (count(level) > count(best) ? level : best), 3);
}
