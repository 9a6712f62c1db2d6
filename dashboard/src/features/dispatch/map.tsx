import { useComputedColorScheme } from '@mantine/core';
import type { DeviceView, EngineerId, EngineerView } from '@uptower/domain';
import {
  type GeoJSONSource,
  type LngLatBoundsLike,
  Map as MapLibre,
  type MapMouseEvent,
  NavigationControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import 'maplibre-gl/dist/maplibre-gl.css';
import { useLanguage, useText } from '../../shared/format/use-format.ts';
import { drawDevices } from './map-canvas.ts';
import { sitePoints, spread } from './map-points.ts';
import { baseStyle } from './map-style.ts';
import type { BoardVisit, Unassigned } from './model.ts';

// A plain worker import is lost in a production build (maplibre-gl-js #8188).
setWorkerUrl(workerUrl);

/** Chongqing and the populated east of Sichuan, until devices say more. */
const REGION: LngLatBoundsLike = [
  [103.4, 28.5],
  [109.3, 32.3],
];

export function RegionMap(props: {
  devices: readonly DeviceView[];
  engineers: readonly EngineerView[];
  visits: readonly BoardVisit[];
  unassigned: readonly Unassigned[];
  selectedOrderId: string | undefined;
  selectedEngineerId: EngineerId | null;
  onEngineer: (id: EngineerId | null) => void;
}) {
  const { t } = useTranslation();
  const text = useText();
  const language = useLanguage();
  const scheme = useComputedColorScheme('dark');
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [map, setMap] = useState<MapLibre | null>(null);
  const [failed, setFailed] = useState(false);
  const [tip, setTip] = useState('');
  const points = useMemo(() => sitePoints(props.devices), [props.devices]);

  const waiting = new Set(props.unassigned.map((each) => each.order.siteId as string));
  const selectedSite =
    props.visits.find((each) => each.order.id === props.selectedOrderId)?.order.siteId ??
    props.unassigned.find((each) => each.order.id === props.selectedOrderId)?.order.siteId;

  // The map is made once for a theme and a language; software WebGL takes seconds to start.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that `baseStyle` reads
  useEffect(() => {
    if (!host.current) return;
    let made: MapLibre;
    try {
      made = new MapLibre({
        container: host.current,
        style: baseStyle(language),
        bounds: REGION,
        fitBoundsOptions: { padding: 10 },
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        fadeDuration: 0,
        minZoom: 4.5,
        maxZoom: 14,
      });
    } catch {
      setFailed(true);
      return;
    }
    made.touchZoomRotate.disableRotation();
    made.addControl(new NavigationControl({ showCompass: false }), 'top-right');
    // The canvas is a picture; what it shows is in the lists. Its own tab stop would only pan it.
    made.getCanvas().setAttribute('aria-label', t('dispatch.mapLabel'));
    setMap(made);
    return () => {
      setMap(null);
      made.remove();
    };
  }, [language, scheme, t]);

  // Devices: a 2D canvas above the map, so that a change of one dot does not repaint the map.
  const drawn = useRef<() => void>(() => undefined);
  drawn.current = () => {
    if (map && canvas.current) drawDevices(canvas.current, map, points, { waiting, selectedSite });
  };
  useEffect(() => {
    if (!map) return;
    const draw = () => drawn.current();
    map.on('move', draw);
    map.on('resize', draw);
    draw();
    return () => {
      map.off('move', draw);
      map.off('resize', draw);
    };
  }, [map]);
  useEffect(() => drawn.current());

  useEffect(() => {
    if (!map) return;
    const onMove = (event: MapMouseEvent) => {
      const near = points.find((point) => {
        const at = map.project([point.place.lon, point.place.lat]);
        return Math.hypot(at.x - event.point.x, at.y - event.point.y) < 14;
      });
      const wrong = near?.devices.filter((device) => device.availability.state !== 'up' || device.openAlert) ?? [];
      setTip(
        near
          ? [
              `${text(near.devices[0]?.hospitalName)} (${near.devices.length})`,
              ...wrong
                .slice(0, 8)
                .map((device) => `${text(device.name)}: ${t(`availability.${device.availability.state}`)}`),
            ].join('\n')
          : '',
      );
    };
    map.on('mousemove', onMove);
    return () => void map.off('mousemove', onMove);
  }, [map, points, t, text]);

  useRoute(map, props);
  return (
    <div className="up-map" title={tip}>
      {failed ? <div className="up-empty">{t('dispatch.noWebgl')}</div> : <div ref={host} />}
      <canvas ref={canvas} />
      {map && <Engineers map={map} {...props} />}
    </div>
  );
}

/** Engineers are few: DOM marks that move with what they report. The keyboard reaches them by the board's row headers. */
function Engineers(props: {
  map: MapLibre;
  engineers: readonly EngineerView[];
  selectedEngineerId: EngineerId | null;
  onEngineer: (id: EngineerId | null) => void;
}) {
  const { t } = useTranslation();
  const text = useText();
  const { map, engineers } = props;
  const [, setMoved] = useState(0);
  useEffect(() => {
    const moved = () => setMoved((count) => count + 1);
    map.on('move', moved);
    return () => void map.off('move', moved);
  }, [map]);
  const marks = spread(
    engineers.map((engineer) => ({ engineer, ...map.project([engineer.position.lon, engineer.position.lat]) })),
    26,
  );
  return (
    <div style={{ pointerEvents: 'none', overflow: 'hidden' }}>
      {marks.map(({ engineer, x, y }) => {
        const name = text(engineer.name);
        const selected = props.selectedEngineerId === engineer.id;
        return (
          <button
            key={engineer.id}
            type="button"
            tabIndex={-1}
            className="up-map-engineer"
            data-status={engineer.status}
            data-selected={selected}
            aria-label={`${initials(name)} ${name}, ${t(`engineerStatus.${engineer.status}`)}`}
            title={`${name} · ${t(`engineerStatus.${engineer.status}`)}`}
            style={{
              position: 'absolute',
              padding: 0,
              left: 0,
              top: 0,
              pointerEvents: 'auto',
              // above the place, so that the devices there stay visible
              transform: `translate(${(x - 12).toFixed(1)}px, ${(y - 31).toFixed(1)}px)`,
            }}
            onClick={() => props.onEngineer(selected ? null : engineer.id)}
          >
            {initials(name)}
          </button>
        );
      })}
    </div>
  );
}

const initials = (name: string) =>
  /^[\x20-\x7e]+$/.test(name)
    ? name
        .split(' ')
        .map((word) => word[0])
        .join('')
        .slice(0, 2)
    : name.slice(-1);

/** The selected engineer's way: from where they are through the visits that are still to come. */
function useRoute(
  map: MapLibre | null,
  props: {
    devices: readonly DeviceView[];
    engineers: readonly EngineerView[];
    visits: readonly BoardVisit[];
    selectedEngineerId: EngineerId | null;
    selectedOrderId: string | undefined;
  },
): void {
  const fromOrder = props.visits.find((each) => each.order.id === props.selectedOrderId)?.visit.engineerId;
  const id = props.selectedEngineerId ?? fromOrder;
  const engineer = props.engineers.find((each) => each.id === id);
  const places = new Map(props.devices.map((device) => [device.id as string, device.place]));
  const stops = props.visits
    .filter(({ visit, order }) => visit.engineerId === id && order.state !== 'closed' && order.state !== 'verifying')
    .sort((a, b) => a.visit.startAt - b.visit.startAt)
    .slice(0, 6)
    .flatMap(({ order }) => places.get(order.deviceId) ?? []);
  const line = engineer ? [engineer.position, ...stops].map((place) => [place.lon, place.lat]) : [];
  const key = JSON.stringify(line);
  useEffect(() => {
    if (!map) return;
    const coordinates = JSON.parse(key) as [number, number][];
    const show = () =>
      void map.getSource<GeoJSONSource>('route')?.setData({
        type: 'Feature',
        properties: {},
        geometry: { type: 'LineString', coordinates: coordinates.length > 1 ? coordinates : [] },
      });
    if (map.isStyleLoaded()) show();
    else map.once('load', show);
  }, [map, key]);
}
