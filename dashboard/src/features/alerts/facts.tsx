import { type Alert, type DeviceView, type Finding, suppressionOf } from '@uptower/domain';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection, useNow } from '../../shared/live/hooks.ts';
import { OrderStateBadge, PriorityBadge } from '../../shared/ui/badges.tsx';
import { CurveChart } from '../../shared/ui/curve-chart.tsx';
import { useModeName, useSiteZone } from '../../shared/ui/names.ts';
import { useActorName } from '../../shared/ui/order-timeline.tsx';
import { HeldReason } from './held.tsx';
import { faceOf, orderOf } from './model.ts';
import { SuppressedWhy } from './suppressions.tsx';

/** What a person needs to believe or refuse an alert, and what is being done about it. */
export function AlertFacts({ alert, device }: { alert: Alert; device: DeviceView }) {
  const { t } = useTranslation();
  const text = useText();
  const zone = useSiteZone(device.siteId);
  const format = useFormat(zone);
  const now = useNow(2_000);
  const face = faceOf(alert);
  const orders = useCollection('orders');
  const order = orderOf(alert.id, orders.list);
  const actorName = useActorName();
  const { p10, p50, p90 } = face.expected;
  return (
    <section className="up-panel" aria-label={t('alerts.facts')} style={{ overflow: 'auto' }}>
      <div className="up-panel-head">
        <h2>{t('alerts.why')}</h2>
        <span style={{ flex: 1 }} />
        <span className="up-dim up-small up-num">
          {!face.presence &&
            t('alerts.probability', { p: format.percent(face.probability), hours: format.number(face.horizonHours) })}
        </span>
      </div>
      <div className="up-panel-body" style={{ display: 'grid', gap: 14 }}>
        <p style={{ margin: 0, lineHeight: 1.5 }}>{text(face.evidence.text)}</p>

        {face.curve.length > 1 && (
          <div>
            <div className="up-small up-dim" style={{ marginBottom: 4 }}>
              {t('alerts.curve')}
            </div>
            <CurveChart curve={face.curve} now={now} zone={zone} />
            <div className="up-small" style={{ marginTop: 4 }}>
              {p50 === null
                ? t('alerts.beyond')
                : t('alerts.between', {
                    p50: format.dayTime(p50),
                    p10: p10 === null ? '—' : format.dayTime(p10),
                    p90: p90 === null ? t('alerts.later') : format.dayTime(p90),
                  })}
            </div>
          </div>
        )}

        <div>
          <h3 style={{ fontSize: 13, margin: '0 0 6px' }}>{t('alerts.order')}</h3>
          {order ? (
            <div style={{ display: 'grid', gap: 4 }}>
              <div style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
                <Link className="up-link" to={`/dispatch/${order.id}`}>
                  {order.number}
                </Link>
                <OrderStateBadge state={order.state} />
              </div>
              {(order.state === 'scheduled' || order.state === 'travelling') && (
                <EngineerLine engineerId={order.visit.engineerId} arriveAt={order.visit.arriveAt} zone={zone} />
              )}
              {order.source === 'prediction' && (
                <Link className="up-link up-small" to={`/story?order=${order.id}`}>
                  {t('alerts.follow')}
                </Link>
              )}
            </div>
          ) : (
            <span className="up-dim">
              {t('alerts.noOrder')}{' '}
              {face.presence && !face.presence.order ? t('presence.byHand') : <HeldReason alert={alert} />}
            </span>
          )}
        </div>

        <div>
          <h3 style={{ fontSize: 13, margin: '0 0 6px' }}>{t('alerts.findings')}</h3>
          <ul style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 8 }}>
            {(alert.findings.length > 0 ? alert.findings : [alert.worst]).map((finding) => (
              <FindingItem key={finding.ruleId} finding={finding} modelId={device.modelId} zone={zone} />
            ))}
          </ul>
        </div>

        <dl className="up-facts">
          <dt>{t('alerts.raised')}</dt>
          <dd className="up-num">{format.dayTime(alert.raisedAt)}</dd>
          {alert.state === 'acknowledged' && (
            <>
              <dt>{t('alerts.state.acknowledged')}</dt>
              <dd>
                {format.dayTime(alert.acknowledgedAt)} · {actorName(alert.acknowledgedBy)}
              </dd>
            </>
          )}
          {alert.state === 'shelved' && (
            <>
              <dt>{t('alerts.state.shelved')}</dt>
              <dd>
                {t('alerts.shelvedBy', { by: actorName(alert.shelvedBy), until: format.dayTime(alert.until) })} —{' '}
                {alert.reason}
              </dd>
            </>
          )}
          {suppressionOf(alert) && (
            <>
              <dt>{t('alerts.tab.suppressed')}</dt>
              <dd>
                <SuppressedWhy alert={alert} />
              </dd>
            </>
          )}
          {alert.state === 'cleared' && (
            <>
              <dt>{t('alerts.state.cleared')}</dt>
              <dd>
                {format.dayTime(alert.clearedAt)} · {t(`alerts.cleared.${alert.clearedBecause}`)}
              </dd>
            </>
          )}
          {alert.amendments && (
            <>
              <dt>{t('alerts.amendments')}</dt>
              <dd style={{ display: 'grid', gap: 6 }}>
                {alert.amendments.map(({ late, verdict }) => (
                  <div key={`${late.arrivedAt} ${verdict}`}>
                    {t(`alerts.amended.${verdict}`, {
                      count: late.count,
                      from: format.dayTime(late.from),
                      to: format.dayTime(late.to),
                      arrived: format.dayTime(late.arrivedAt),
                    })}
                  </div>
                ))}
              </dd>
            </>
          )}
          <dt>{t('common.device')}</dt>
          <dd>
            <Link className="up-link" to={`/devices/${device.id}`}>
              {text(device.name)}
            </Link>
          </dd>
          <dt>{t('common.serial')}</dt>
          <dd>{device.serial}</dd>
        </dl>
      </div>
    </section>
  );
}

function EngineerLine(props: { engineerId: string; arriveAt: number; zone: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const engineer = useCollection('engineers').items.get(props.engineerId);
  return (
    <span className="up-small">
      {t('alerts.engineerArrives', { name: text(engineer?.name), time: format.dayTime(props.arriveAt) })}
    </span>
  );
}

function FindingItem(props: { finding: Finding; modelId: string; zone: string }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat(props.zone);
  const modeName = useModeName();
  const { finding } = props;
  return (
    <li style={{ display: 'grid', gridTemplateColumns: '34px 1fr auto', gap: 8, alignItems: 'baseline' }}>
      <PriorityBadge priority={finding.severity} />
      <span>
        {text(finding.ruleName)}
        <br />
        <span className="up-dim up-small">
          {!finding.presence && <>{modeName(props.modelId, finding.failureMode)} · </>}
          {t('alerts.since', { time: format.dayTime(finding.evidence.since) })}
        </span>
      </span>
      {!finding.presence && <b className="up-num">{format.percent(finding.probability)}</b>}
    </li>
  );
}
