import type { AlarmPerformance } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { Empty, Panel } from '../../shared/ui/blocks.tsx';
import { PRIORITIES } from './model.ts';

const [WIDTH, HEIGHT] = [600, 120];

/** How many alarms came when, by priority; the most urgent at the foot. */
export function Course({ performance }: { performance: AlarmPerformance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { course, alarms, to } = performance;
  const totals = course.map(({ P1, P2, P3 }) => P1 + P2 + P3);
  const most = Math.max(1, ...totals);
  const width = WIDTH / Math.max(1, course.length);
  const step = (course[1]?.from ?? to) - (course[0]?.from ?? to);
  return (
    <Panel title={t('health.course')} aside={<span className="up-dim up-small">{format.duration(step)}</span>}>
      {alarms === 0 ? (
        <Empty title={t('health.noAlarms')}>{t('health.noAlarmsText')}</Empty>
      ) : (
        <>
          <svg
            className="up-health-course"
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={t('health.courseText', { count: alarms, most: format.number(most, 0) })}
          >
            {course.map((bar, i) => {
              let foot = HEIGHT;
              return PRIORITIES.map((priority) => {
                const height = (bar[priority] / most) * (HEIGHT - 4);
                foot -= height;
                return height > 0 ? (
                  <rect
                    key={`${bar.from} ${priority}`}
                    data-p={priority}
                    x={i * width + width * 0.1}
                    y={foot}
                    width={width * 0.8}
                    height={height}
                  >
                    <title>{`${format.dayTime(bar.from)}: ${priority} ${bar[priority]}`}</title>
                  </rect>
                ) : null;
              });
            })}
          </svg>
          <div className="up-health-axis up-dim up-small up-num">
            <span>{format.dayTime(performance.from)}</span>
            <span>{t('health.most', { most: format.number(most, 0) })}</span>
            <span>{format.dayTime(to)}</span>
          </div>
        </>
      )}
    </Panel>
  );
}
