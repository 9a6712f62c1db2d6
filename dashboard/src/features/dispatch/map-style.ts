import type { Language } from '@uptower/domain';
import type { StyleSpecification } from 'maplibre-gl';

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The built-in offline base map. No `glyphs`: labels are drawn from local fonts, Chinese and Latin (MapLibre ≥ 5.11). */
export function baseStyle(language: Language): StyleSpecification {
  const dark = document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark';
  const land = dark ? '#172338' : '#e9eef5';
  const border = dark ? '#2e4160' : '#bcc8d8';
  const outline = dark ? '#4a638c' : '#8ea0b8';
  const name = language === 'en' ? 'en' : 'zh';
  return {
    version: 8,
    sources: {
      base: { type: 'geojson', data: '/map/base.json' },
      route: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': css('--up-bg') || land } },
      {
        id: 'land',
        type: 'fill',
        source: 'base',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': land },
      },
      {
        id: 'borders',
        type: 'line',
        source: 'base',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'line-color': border, 'line-width': 0.8 },
      },
      {
        id: 'outline',
        type: 'line',
        source: 'base',
        filter: ['==', ['get', 'level'], 'outline'],
        paint: { 'line-color': outline, 'line-width': 1.4 },
      },
      {
        id: 'route',
        type: 'line',
        source: 'route',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': dark ? '#69b1ff' : '#1463b8', 'line-width': 2.5, 'line-dasharray': [2, 1.6] },
      },
      ...(['city', 'district'] as const).map((level) => ({
        id: `labels-${level}`,
        type: 'symbol' as const,
        source: 'base',
        minzoom: level === 'city' ? 0 : 7.4,
        filter: ['all', ['==', ['get', 'label'], 1], ['==', ['get', 'level'], level]] as never,
        layout: {
          'text-field': ['get', name] as never,
          'text-size': level === 'city' ? 12 : 10.5,
          'text-font': ['sans-serif'],
          'text-anchor': 'top' as const,
          'text-offset': [0, 0.9] as [number, number],
          'text-padding': 4,
        },
        paint: {
          'text-color': dark ? (level === 'city' ? '#b9c9e2' : '#7f93b3') : level === 'city' ? '#3a4a63' : '#66768f',
          'text-halo-color': land,
          'text-halo-width': 1.2,
        },
      })),
    ],
  };
}
