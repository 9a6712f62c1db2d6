import type { Availability, DeviceView, Place } from '@uptower/domain';

export interface SitePoint {
  readonly siteId: string;
  readonly place: Place;
  readonly devices: readonly DeviceView[];
}

const WORST: Record<Availability, number> = { down: 0, partial: 1, planned: 2, unknown: 3, up: 4 };

/** Devices of one site share its coordinates: what is wrong lies in the middle of the spiral and is drawn last. */
export function sitePoints(devices: readonly DeviceView[]): SitePoint[] {
  const sites = new Map<string, DeviceView[]>();
  for (const device of devices) {
    const list = sites.get(device.siteId);
    if (list) list.push(device);
    else sites.set(device.siteId, [device]);
  }
  return [...sites.entries()].map(([siteId, list]) => ({
    siteId,
    place: list[0]?.place ?? { lat: 0, lon: 0 },
    devices: list.sort(
      (a, b) =>
        WORST[a.availability.state] - WORST[b.availability.state] || Number(!a.openAlert) - Number(!b.openAlert),
    ),
  }));
}

/** Sunflower spiral: the i-th dot around a centre, `gap` pixels apart. */
export function spiral(i: number, gap: number): { x: number; y: number } {
  const angle = i * 2.399_963; // the golden angle
  const radius = gap * Math.sqrt(i);
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

/** Pushes marks that would lie on one another apart, a few rounds are enough for a region's engineers. */
export function spread<T extends { x: number; y: number }>(points: readonly T[], least: number): T[] {
  const moved = points.map((point) => ({ ...point }));
  for (let round = 0; round < 6; round++)
    for (let i = 0; i < moved.length; i++)
      for (let j = i + 1; j < moved.length; j++) {
        const a = moved[i];
        const b = moved[j];
        if (!a || !b) continue;
        const dx = b.x - a.x || 0.01 * (j - i);
        const dy = b.y - a.y || 0.01;
        const distance = Math.hypot(dx, dy);
        if (distance >= least) continue;
        const push = (least - distance) / 2 / distance;
        a.x -= dx * push;
        a.y -= dy * push;
        b.x += dx * push;
        b.y += dy * push;
      }
  return moved;
}
