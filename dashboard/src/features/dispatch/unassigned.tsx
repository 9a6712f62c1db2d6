import { useTranslation } from 'react-i18next';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { PriorityBadge } from '../../shared/ui/badges.tsx';
import { Empty, Loading, Panel } from '../../shared/ui/blocks.tsx';
import type { Unassigned } from './model.ts';

/** Orders nobody is sent to, each with the reason in words. */
export function UnassignedList(props: {
  ready: boolean;
  list: readonly Unassigned[];
  selectedId: string | undefined;
  onSelect: (id: string) => void;
  now: number;
}) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const devices = useCollection('devices').items;
  return (
    <Panel
      title={t('dispatch.unassignedTitle', { count: props.list.length })}
      label={t('dispatch.unassigned')}
      padded={false}
    >
      <div className="up-scroll">
        {!props.ready ? (
          <Loading rows={4} />
        ) : props.list.length === 0 ? (
          <Empty title={t('dispatch.allAssigned')}>{t('dispatch.allAssignedText')}</Empty>
        ) : (
          props.list.map(({ order, reason, due }) => {
            const device = devices.get(order.deviceId);
            return (
              <button
                type="button"
                key={order.id}
                className="up-un-row"
                aria-current={order.id === props.selectedId ? 'true' : undefined}
                onClick={() => props.onSelect(order.id)}
              >
                <PriorityBadge priority={order.priority} />
                <span style={{ minWidth: 0 }}>
                  <div className="up-clip" style={{ fontWeight: 600 }}>
                    {text(order.title)}
                  </div>
                  <div className="up-clip up-dim up-small">
                    {order.number} · {text(device?.hospitalName)}
                  </div>
                  <div className="up-small" style={{ color: 'var(--up-amber)' }}>
                    {reason ? text(reason.text) : t('dispatch.beingPlanned')}
                  </div>
                  {due !== null && (
                    <div
                      className="up-small up-num"
                      style={{ color: due < props.now ? 'var(--up-red)' : 'var(--up-dim)' }}
                    >
                      {due < props.now
                        ? t('dispatch.dueSince', { time: format.duration(props.now - due) })
                        : t('dispatch.dueIn', { time: format.duration(due - props.now) })}
                    </div>
                  )}
                </span>
              </button>
            );
          })
        )}
      </div>
    </Panel>
  );
}
