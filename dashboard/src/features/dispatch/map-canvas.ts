import type { Availability } from '@uptower/domain';
import type { Map as RegionMap } from 'maplibre-gl';
import { type SitePoint, spiral } from './map-points.ts';

interface Emphasis {
  readonly waiting: ReadonlySet<string>;
  readonly selectedSite: string | undefined;
}

/** Every device as a dot around its site; down is a square and partly usable a diamond, so that shape says it too. */
export function drawDevices(
  canvas: HTMLCanvasElement,
  map: RegionMap,
  points: readonly SitePoint[],
  emphasis: Emphasis,
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  if (canvas.width !== width * scale || canvas.height !== height * scale) {
    canvas.width = width * scale;
    canvas.height = height * scale;
  }
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  const style = getComputedStyle(document.documentElement);
  const colour = (state: Availability) => style.getPropertyValue(`--up-state-${state}`).trim();
  const zoom = map.getZoom();
  const size = zoom < 8 ? 2.3 : zoom < 10 ? 3.2 : 4.5;
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  ctx.clearRect(0, 0, width, height);
  for (const { siteId, place, devices } of points) {
    const at = map.project([place.lon, place.lat]);
    if (at.x < -40 || at.y < -40 || at.x > width + 40 || at.y > height + 40) continue;
    const reach = size * 2 * Math.sqrt(devices.length) + 4;
    if (emphasis.waiting.has(siteId)) ring(ctx, at.x, at.y, reach, style.getPropertyValue('--up-amber').trim(), [3, 3]);
    if (emphasis.selectedSite === siteId)
      ring(ctx, at.x, at.y, reach + 3, style.getPropertyValue('--up-accent').trim(), []);
    for (let i = devices.length - 1; i >= 0; i--) {
      const device = devices[i];
      if (!device) continue;
      const offset = spiral(i, size * 1.9);
      const { state } = device.availability;
      ctx.fillStyle = colour(state);
      dot(ctx, state, at.x + offset.x, at.y + offset.y, state === 'up' ? size : size * 1.35);
      if (device.openAlert) {
        ctx.strokeStyle = style.getPropertyValue(device.openAlert.severity === 'P1' ? '--up-red' : '--up-amber').trim();
        ctx.lineWidth = 1.4;
        ctx.beginPath();
        ctx.arc(at.x + offset.x, at.y + offset.y, size + 2, 0, 2 * Math.PI);
        ctx.stroke();
      }
    }
  }
}

function dot(ctx: CanvasRenderingContext2D, state: Availability, x: number, y: number, r: number): void {
  ctx.beginPath();
  if (state === 'down') ctx.rect(x - r, y - r, r * 2, r * 2);
  else if (state === 'partial') {
    ctx.moveTo(x, y - r * 1.3);
    ctx.lineTo(x + r * 1.3, y);
    ctx.lineTo(x, y + r * 1.3);
    ctx.lineTo(x - r * 1.3, y);
  } else ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fill();
}

function ring(ctx: CanvasRenderingContext2D, x: number, y: number, r: number, stroke: string, dash: number[]): void {
  ctx.strokeStyle = stroke;
  ctx.lineWidth = 2;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.setLineDash([]);
}
