import { Button } from '@mantine/core';
import { type DeviceId, HOUR, type Metric, MINUTE } from '@uptower/domain';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSeries } from '../api/queries.ts';
import { useFormat, useText } from '../format/use-format.ts';
import { useLiveStatus, useNow, useReadings } from '../live/hooks.ts';
import { Loading, ProblemNote } from './blocks.tsx';
import { type Projection, toColumns } from './series.ts';
import { type Mark, UplotChart } from './uplot-chart.tsx';

interface Props {
  deviceId: DeviceId;
  metric: Metric;
  zone: string;
  /** A window that moves with time … */
  hours?: number;
  /** … or one that starts at a moment and ends now, or later. */
  from?: number;
  to?: number;
  level?: number;
  levelLabel?: string;
  marks?: readonly Mark[];
  slopePerHour?: number;
  height?: number;
  plain?: boolean;
}

const POINTS = 400;

/** History from the store, then every reading as it is measured. Redrawn at most once a second. */
export function MetricChart(props: Props) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const now = useNow(1_000);
  const status = useLiveStatus();
  const live = useReadings(props.deviceId);
  const [table, setTable] = useState(false);
  const [asked, setAsked] = useState(now);
  const span = props.from === undefined ? (props.hours ?? 24) * HOUR : undefined;
  const fixedEnd = props.to;

  // Asked again for another device, metric or window, and when the connection comes back: what was missed is in the store.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are the reasons to ask again
  useEffect(() => setAsked(now), [props.deviceId, props.metric.key, span, props.from, status.state]);

  const history = useSeries(
    props.deviceId,
    props.metric.key,
    Math.floor((span === undefined ? (props.from ?? asked) : asked - span) / MINUTE) * MINUTE,
    Math.ceil(asked / MINUTE) * MINUTE,
    POINTS,
  );

  const from = span === undefined ? (props.from ?? now) : now - span;
  const ahead = props.slopePerHour === undefined ? 0.01 : 0.14;
  const to = fixedEnd ?? now + (now - from) * ahead;
  const columns = useMemo(() => {
    const projection: Projection | undefined =
      props.slopePerHour === undefined ? undefined : { slopePerHour: props.slopePerHour, until: to };
    return toColumns(history.data ?? [], live, props.metric.key, from, projection);
  }, [history.data, live, props.metric.key, from, to, props.slopePerHour]);

  const height = props.height ?? 240;
  if (history.isPending && live.length === 0)
    return (
      <div style={{ minHeight: height }}>
        <Loading rows={3} />
      </div>
    );
  if (history.isError && columns.ts.length === 0)
    return <ProblemNote error={history.error} retry={() => void history.refetch()} />;

  const measured = columns.avg.filter((value) => value !== null);
  const last = measured.at(-1);
  const name = text(props.metric.name);
  const summary =
    last === undefined
      ? t('chart.empty', { name })
      : t('chart.summary', {
          name,
          value: `${format.number(last, 2)} ${props.metric.unit}`.trim(),
          low: format.number(Math.min(...measured), 2),
          high: format.number(Math.max(...measured), 2),
          since: format.dayTime(from),
        });
  return (
    <figure style={{ margin: 0 }}>
      <div role="img" aria-label={summary}>
        {last === undefined && <div className="up-dim up-small">{t('chart.empty', { name })}</div>}
        <UplotChart
          columns={columns}
          from={from}
          to={to}
          level={props.level}
          levelLabel={props.levelLabel}
          marks={props.marks}
          zone={props.zone}
          height={height}
        />
      </div>
      {!props.plain && (
        <figcaption>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => setTable(!table)}
            aria-expanded={table}
          >
            {t(table ? 'chart.hideTable' : 'chart.showTable')}
          </Button>
          {table && (
            <LastPoints ts={columns.ts} avg={columns.avg} unit={props.metric.unit} zone={props.zone} name={name} />
          )}
        </figcaption>
      )}
    </figure>
  );
}

function LastPoints(props: { ts: number[]; avg: (number | null)[]; unit: string; zone: string; name: string }) {
  const { t } = useTranslation();
  const format = useFormat(props.zone);
  const rows = props.ts.map((ts, i) => ({ ts, value: props.avg[i] })).filter((row) => row.value != null);
  return (
    <table className="up-table up-num">
      <thead>
        <tr>
          <th>{t('common.time')}</th>
          <th>
            {props.name} {props.unit && `(${props.unit})`}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows
          .slice(-20)
          .reverse()
          .map((row) => (
            <tr key={row.ts}>
              <td>{format.dayTime(row.ts)}</td>
              <td>{format.number(row.value ?? 0, 3)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
