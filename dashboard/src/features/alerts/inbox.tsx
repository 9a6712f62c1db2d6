import type { Alert } from '@uptower/domain';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading } from '../../shared/ui/blocks.tsx';
import { useModeName } from '../../shared/ui/names.ts';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { GroupOfAlerts } from './group.tsx';
import { faceOf, type Inbox, TABS, type Tab } from './model.ts';
import { SuppressionList } from './suppressions.tsx';

export function InboxList(props: {
  ready: boolean;
  inbox: Inbox;
  tab: Tab;
  onTab: (tab: Tab) => void;
  selectedId: string | undefined;
  search: string;
}) {
  const { t } = useTranslation();
  const now = useNow(2_000);
  return (
    <section className="up-panel up-inbox" aria-label={t('alerts.inbox')}>
      <FilterTabs
        label={t('alerts.inbox')}
        value={props.tab}
        onChange={props.onTab}
        controls="inbox"
        tabs={TABS.map((tab) => ({ value: tab, label: t(`alerts.tab.${tab}`), count: props.inbox.counts[tab] }))}
      />
      <div className="up-scroll" role="tabpanel" id="inbox" aria-labelledby={`inbox-tab-${props.tab}`}>
        {!props.ready ? (
          <Loading rows={6} />
        ) : props.inbox.shown.length === 0 ? (
          <Empty title={t(`alerts.empty.${props.tab}`)}>{t('alerts.emptyText')}</Empty>
        ) : (
          <ul>
            {props.inbox.entries.map(({ group, alerts }) => {
              const rows = alerts.map((alert) => (
                <Row
                  key={alert.id}
                  alert={alert}
                  minute={Math.floor(now / 60_000)}
                  selected={alert.id === props.selectedId}
                  search={props.search}
                />
              ));
              return group ? (
                <GroupOfAlerts key={group.firstOut} group={group} alerts={alerts}>
                  {rows}
                </GroupOfAlerts>
              ) : (
                rows
              );
            })}
          </ul>
        )}
        {props.tab === 'suppressed' && <SuppressionList alerts={props.inbox.shown} />}
      </div>
    </section>
  );
}

/** Drawn again when the alert or the minute changed. */
const Row = memo(function Row(props: { alert: Alert; minute: number; selected: boolean; search: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const modeName = useModeName();
  const { alert } = props;
  const device = useCollection('devices').items.get(alert.deviceId);
  const now = props.minute * 60_000;
  const face = faceOf(alert);
  const expected = face.expected.p50;
  return (
    <li>
      <Link
        id={`row-${alert.id}`}
        className="up-alert-row up-focus"
        to={`/alerts/${alert.id}?${props.search}`}
        aria-current={props.selected ? 'true' : undefined}
      >
        <PriorityBadge priority={face.severity} />
        <span style={{ minWidth: 0 }}>
          <div className="up-clip" style={{ fontWeight: 600 }}>
            {modeName(device?.modelId, face.failureMode)}
          </div>
          <div className="up-clip up-dim up-small">
            {(face.presence?.devices ?? 1) > 1
              ? t('presence.devices', { count: face.presence?.devices ?? 1 })
              : text(device?.name)}{' '}
            · {text(device?.hospitalName)}
          </div>
        </span>
        <span className="up-when up-num">
          <div className="up-dim">
            {t('alerts.age', { age: format.duration(now - alert.raisedAt) })}
            {alert.occurrences > 1 && ` ×${alert.occurrences}`}
          </div>
          <div style={{ color: face.severity === 'P1' ? 'var(--up-red)' : 'var(--up-amber)', fontWeight: 600 }}>
            {face.presence
              ? ''
              : expected === null
                ? t('alerts.noDate')
                : expected > now
                  ? t('alerts.failsIn', { time: format.duration(expected - now) })
                  : t('alerts.overdue')}
          </div>
        </span>
      </Link>
    </li>
  );
});
