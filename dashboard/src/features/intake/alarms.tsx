import type { IntakeView, SystemAlarm } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { useUnits } from './use-units.ts';

/** What is wrong with this server itself; nothing when nothing is. */
export function Alarms({ intake }: { intake: IntakeView }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (intake.alarms.length === 0) return null;
  return (
    <ul className="up-panel up-intake-alarms" aria-label={t('intake.alarms')}>
      {intake.alarms.map((alarm) => (
        <li key={alarm.code}>
          <Badge tone="red">{t(`intake.alarm.${alarm.code}`)}</Badge>
          <AlarmText alarm={alarm} />
          {alarm.since !== null && <span className="up-dim up-small up-num">{format.dayTime(alarm.since)}</span>}
        </li>
      ))}
    </ul>
  );
}

function AlarmText({ alarm }: { alarm: SystemAlarm }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { bytes } = useUnits();
  const key = `intake.alarmText.${alarm.code}`;
  const counted = (count: number) => ({ count, number: format.number(count, 0) });
  switch (alarm.code) {
    case 'journal-low':
      return <span>{t(key, { left: bytes(alarm.freeBytes) })}</span>;
    case 'journal-limit':
      return <span>{t(key)}</span>;
    case 'journal-damaged':
      return <span>{t(key, { ...counted(alarm.records), files: alarm.files.join(', ') })}</span>;
    case 'server-clock':
      return (
        <span>
          {t(key, {
            context: alarm.offsetMs > 0 ? 'ahead' : 'behind',
            by: format.duration(Math.abs(alarm.offsetMs)),
          })}
        </span>
      );
    case 'held-back':
      return <span>{t(key, counted(alarm.acknowledgements))}</span>;
    default:
      return (
        <>
          <span>{t(key)}</span>
          {/* The system's own words: quoted, whatever the language. */}
          <code className="up-small" lang="en">
            {alarm.error}
          </code>
        </>
      );
  }
}
