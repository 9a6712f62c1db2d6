import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Format } from '../format/format.ts';
import { useFormat } from '../format/use-format.ts';
import { type Columns, yRange } from './series.ts';

export interface Mark {
  readonly at: number;
  readonly label: string;
  readonly tone: 'amber' | 'green';
}

interface Props {
  columns: Columns;
  from: number;
  to: number;
  level?: number;
  levelLabel?: string;
  marks?: readonly Mark[];
  zone: string;
  height: number;
}

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** One metric over time. The plot is made once and fed; a new one is made for another height, theme or language. */
export function UplotChart(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const scheme = useComputedColorScheme('dark');
  const format = useFormat(props.zone);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that `create` reads
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = create(element, latest, format);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: latest.current.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [scheme, format, props.zone, props.height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: scales and marks are read by the drawing hooks
  useEffect(() => {
    plot.current?.setData(dataOf(props.columns), true);
  }, [props.columns, props.from, props.to, props.level, props.marks]);

  return <div ref={host} className="up-chart" style={{ height: props.height }} />;
}

const dataOf = (columns: Columns) =>
  [columns.ts, columns.max, columns.min, columns.avg, columns.ahead] as unknown as uPlot.AlignedData;

function create(element: HTMLElement, latest: { current: Props }, format: Format): uPlot {
  const line = css('--up-line');
  const dim = css('--up-dim');
  const accent = css('--up-accent');
  const font = `11px ${css('--up-font') || 'sans-serif'}`;
  const axis = { stroke: dim, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
  return new uPlot(
    {
      width: element.clientWidth || 300,
      height: latest.current.height,
      ms: 1,
      tzDate: (ts) => uPlot.tzDate(new Date(ts), latest.current.zone),
      padding: [10, 12, 0, 0],
      cursor: { y: false, drag: { x: false, y: false } },
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [latest.current.from, latest.current.to] },
        y: { range: () => yRange(latest.current.columns, latest.current.level) },
      },
      axes: [
        {
          ...axis,
          size: 30,
          space: 70,
          values: (_plot, splits) =>
            splits.map((ts, i) => {
              const previous = splits[i - 1];
              const newDay = previous === undefined || format.day(previous) !== format.day(ts);
              return latest.current.to - latest.current.from > 2 * 86_400_000 || (newDay && i > 0)
                ? format.date(ts)
                : format.time(ts);
            }),
        },
        { ...axis, size: 52, values: (_plot, splits) => splits.map((value) => format.number(value, 2)) },
      ],
      series: [
        {},
        { stroke: 'transparent', points: { show: false } },
        { stroke: 'transparent', points: { show: false } },
        { stroke: accent, width: 1.6, points: { show: false }, spanGaps: true },
        { stroke: css('--up-amber'), width: 1.5, dash: [3, 4], points: { show: false }, spanGaps: true },
      ],
      bands: [{ series: [1, 2], fill: `color-mix(in srgb, ${accent} 22%, transparent)` }],
      hooks: {
        draw: [(made) => drawMarks(made, latest.current)],
        setCursor: [(made) => showCursor(made, element, format)],
      },
    },
    dataOf(latest.current.columns),
    element,
  );
}

function drawMarks(plot: uPlot, { level, levelLabel, marks }: Props): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${11 * devicePixelRatio}px ${css('--up-font') || 'sans-serif'}`;
  ctx.textBaseline = 'alphabetic'; // the axes leave it in the middle
  ctx.lineWidth = 1.5 * devicePixelRatio;
  const y = level === undefined ? undefined : plot.valToPos(level, 'y', true);
  if (y !== undefined && y > bbox.top && y < bbox.top + bbox.height) {
    ctx.strokeStyle = ctx.fillStyle = css('--up-red');
    ctx.setLineDash([7 * devicePixelRatio, 5 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.textAlign = 'left'; // the axes leave it right
    const above = y - bbox.top > 18 * devicePixelRatio;
    if (levelLabel)
      ctx.fillText(levelLabel, bbox.left + 6 * devicePixelRatio, y + (above ? -5 : 14) * devicePixelRatio);
  }
  ctx.setLineDash([]);
  for (const mark of marks ?? []) {
    const x = plot.valToPos(mark.at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = css(mark.tone === 'green' ? '--up-green' : '--up-amber');
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x > bbox.left + bbox.width * 0.7;
    ctx.textAlign = right ? 'right' : 'left';
    ctx.fillText(mark.label, x + (right ? -5 : 5) * devicePixelRatio, bbox.top + 12 * devicePixelRatio);
  }
  ctx.restore();
}

function showCursor(plot: uPlot, element: HTMLElement, format: Format): void {
  const index = plot.cursor.idx;
  const ts = index == null ? undefined : plot.data[0][index];
  const value = index == null ? undefined : (plot.data[3]?.[index] ?? plot.data[4]?.[index]);
  element.title = ts !== undefined && value != null ? `${format.dayTime(ts)} · ${format.number(value, 3)}` : '';
}
