import type { IntakeView, LatencyView } from '@uptower/domain';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { useNow } from '../../shared/live/hooks.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { ratePerSecond, STAGES, type StageName, troubleOf } from './model.ts';
import { useUnits } from './use-units.ts';

/** The way of a message, from who sends it to what keeps it: what waits at each step, and how long it takes. */
export function Stages({ intake }: { intake: IntakeView }) {
  const { t } = useTranslation();
  return (
    <ol className="up-stages" aria-label={t('intake.way')}>
      {STAGES.map((stage) => (
        <Stage key={stage} name={stage} intake={intake} />
      ))}
    </ol>
  );
}

function Stage({ name, intake }: { name: StageName; intake: IntakeView }) {
  const { t } = useTranslation();
  const trouble = troubleOf(name, intake);
  const { head, note, rows } = useStage(name, intake);
  return (
    <li className="up-panel up-stage" data-tone={trouble}>
      <div className="up-stage-head">
        <h2>{t(`intake.stage.${name}`)}</h2>
        {trouble && <Badge tone={trouble}>{t(`intake.trouble.${trouble}`)}</Badge>}
      </div>
      <div className="up-stage-main">
        <b>{head}</b> <span>{note}</span>
      </div>
      <dl className="up-stage-rows">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

interface StageText {
  readonly head: string;
  readonly note: string;
  readonly rows: readonly (readonly [label: string, value: ReactNode])[];
}

function useStage(name: StageName, intake: IntakeView): StageText {
  const { t } = useTranslation();
  const format = useFormat();
  const { bytes, ms } = useUnits();
  useNow(1_000);
  const n = (value: number) => format.number(value, 0);
  const consumer = (which: string) => intake.consumers.find((each) => each.name === which);
  const delay = (view: LatencyView | null) => (view ? ms(view.p99) : '—');
  const tail = (view: LatencyView | null) =>
    [
      [t('intake.median'), view ? ms(view.p50) : '—'],
      [t('intake.longest'), view ? ms(view.max) : '—'],
    ] as const;
  const { journal, latency, store, broker } = intake;
  switch (name) {
    case 'senders': {
      const rate = ratePerSecond(intake, performance.now());
      return {
        head: rate === null ? '—' : n(rate),
        note: t('intake.readingsASecond'),
        rows: [
          [t('intake.connections'), n(intake.connections)],
          [t('intake.paused'), broker ? n(broker.paused) : '—'],
          [t('intake.inFlight'), n(intake.inFlight)],
          [t('intake.held'), n(intake.held)],
        ],
      };
    }
    case 'journal':
      return {
        head: delay(latency.durable),
        note: t('intake.toDisk'),
        rows: [
          ...tail(latency.durable),
          [
            t('intake.unread'),
            t('intake.of', { part: bytes(journal.unreadBytes), whole: bytes(intake.journalLimitBytes) }),
          ],
          [t('intake.diskFree'), journal.freeBytes === null ? '—' : bytes(journal.freeBytes)],
        ],
      };
    case 'pipeline': {
      const [pipeline, saved] = [consumer('pipeline'), consumer('saved')];
      return {
        head: n(pipeline?.lag ?? 0),
        note: t('intake.messagesBehind'),
        rows: [
          [t('intake.age'), ms(pipeline?.lagMs ?? 0)],
          [t('intake.slowsAt'), n(intake.maxLag)],
          [t('intake.positionLabel'), n(pipeline?.position ?? 0)],
          [t('intake.unsaved'), n(saved?.lag ?? 0)],
        ],
      };
    }
    case 'records':
      return { head: delay(latency.events), note: t('intake.anAppend'), rows: tail(latency.events) };
    case 'store': {
      const place = consumer('store');
      return {
        head: n(place?.lag ?? 0),
        note: t('intake.messagesBehind'),
        rows: [
          [t('intake.age'), ms(place?.lagMs ?? 0)],
          [t('intake.rows'), n(store.waitingRows)],
          [t('intake.backlog'), t(store.backlog ? 'intake.yes' : 'intake.no')],
          [t('intake.storeRefused'), n(store.refused)],
          [t('intake.storeMissing'), n(store.missing)],
        ],
      };
    }
    case 'process':
      return { head: delay(latency.loop), note: t('intake.late'), rows: tail(latency.loop) };
  }
}
