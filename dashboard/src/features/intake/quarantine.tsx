import type { QuarantineEntry } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format/use-format.ts';

/** Refused messages with their reason, newest first. On a phone each is a block of its own. */
export function QuarantineTable({ entries }: { entries: readonly QuarantineEntry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="up-scroll up-focus" tabIndex={0} aria-label={t('intake.list')}>
      <table className="up-table up-quarantine">
        <thead>
          <tr>
            <th>{t('common.time')}</th>
            <th>{t('intake.reasonColumn')}</th>
            <th>{t('intake.from')}</th>
            <th>{t('intake.topic')}</th>
            <th>{t('intake.excerpt')}</th>
          </tr>
        </thead>
        <tbody>
          {[...entries]
            .sort((a, b) => b.at - a.at)
            .map((entry) => (
              <tr key={entry.id}>
                <td className="up-num" style={{ whiteSpace: 'nowrap' }}>
                  {format.dayTime(entry.at)}
                </td>
                <td>
                  <b>{t(`intake.reason.${entry.reason}`, { defaultValue: entry.reason })}</b>
                  {(entry.count ?? 1) > 1 && <span className="up-dim"> ×{format.number(entry.count ?? 1, 0)}</span>}
                  <Detail entry={entry} />
                </td>
                <td style={{ overflowWrap: 'anywhere' }}>{entry.from}</td>
                <td style={{ overflowWrap: 'anywhere' }}>
                  <code className="up-small">{entry.topic}</code>
                </td>
                <td style={{ overflowWrap: 'anywhere', maxWidth: 420 }}>
                  <code className="up-small">{entry.excerpt}</code>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

/** In the reader's language, or quoted in English. */
function Detail({ entry: { detail, zh } }: { entry: QuarantineEntry }) {
  const { i18n } = useTranslation();
  const isChinese = i18n.language.startsWith('zh');
  return (
    <div className="up-dim up-small" {...(isChinese && zh === undefined ? { lang: 'en' } : {})}>
      {isChinese ? (zh ?? detail) : detail}
    </div>
  );
}
