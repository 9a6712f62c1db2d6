import { type BacktestResult, DAY, type GradedOrder } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { GRADE_SIGN, GRADE_TONE, timelineOf } from './timeline.ts';
import type { RuleWords } from './words.ts';

const LANE = { present: 14, draft: 56 } as const;
const HEIGHT = 84;
const TICKS = 6;

/** Orders of both sides above the same axis, failures as lines through both. */
export function TimelineChart(props: {
  result: BacktestResult;
  from: number;
  to: number;
  device: string | null;
  nameOf: (id: string) => string;
  words: RuleWords;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, from, to, device, nameOf, words } = props;
  const { lanes, failures } = timelineOf(result, from, to, device);
  const ticks = Array.from({ length: TICKS }, (_, i) => (i + 0.5) / TICKS);
  const say = to - from > 3 * DAY ? format.date : to - from > DAY ? format.dayTime : format.time;
  const tip = (order: GradedOrder) =>
    `${nameOf(order.deviceId)} · ${words.component(order.component)} · ${format.dayTime(order.at)} · ${t(`rules.grade.${order.grade}`)}`;
  return (
    <figure className="up-rules-chart">
      <div
        role="img"
        aria-label={t('rules.chartLabel', {
          present: lanes[0].orders.length,
          draft: lanes[1].orders.length,
          failures: failures.length,
        })}
        style={{ height: HEIGHT + 18 }}
      >
        {lanes.map(({ side }) => (
          <span key={side} className="up-rules-lane" style={{ top: LANE[side] }}>
            {t(`rules.${side}`)}
          </span>
        ))}
        <div className="up-rules-axis" style={{ height: HEIGHT }}>
          {failures.map(({ x, failure }) => (
            <i
              key={`${failure.deviceId} ${failure.component} ${failure.at}`}
              className="up-rules-failure"
              style={{ left: `${x * 100}%` }}
              title={`${nameOf(failure.deviceId)} · ${words.component(failure.component)} · ${t('rules.failure')} ${format.dayTime(failure.at)}`}
            />
          ))}
          {lanes.flatMap(({ side, orders }) =>
            orders.map(({ x, order }) => (
              <b
                key={`${side} ${order.deviceId} ${order.component} ${order.at}`}
                data-tone={GRADE_TONE[order.grade]}
                style={{ left: `${x * 100}%`, top: LANE[side] }}
                title={tip(order)}
              >
                {GRADE_SIGN[order.grade]}
              </b>
            )),
          )}
          {ticks.map((x) => (
            <small key={x} style={{ left: `${x * 100}%` }}>
              {say(from + x * (to - from))}
            </small>
          ))}
        </div>
      </div>
      <figcaption className="up-legend">
        {(Object.keys(GRADE_SIGN) as GradedOrder['grade'][]).map((grade) => (
          <span key={grade} title={t(`rules.gradeText.${grade}`)}>
            <b className="up-rules-sign" data-tone={GRADE_TONE[grade]} aria-hidden="true">
              {GRADE_SIGN[grade]}
            </b>
            {t(`rules.grade.${grade}`)}
          </span>
        ))}
        <span>
          <i className="up-rules-failure" data-legend aria-hidden="true" />
          {t('rules.failure')}
        </span>
      </figcaption>
    </figure>
  );
}
