import { Button, Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client.ts';
import type { Tone } from './badges.tsx';

export function Panel(props: {
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  padded?: boolean;
  label?: string;
}) {
  return (
    <section className={`up-panel ${props.className ?? ''}`} aria-label={props.label}>
      <div className="up-panel-head">
        <h2 className="up-clip">{props.title}</h2>
        <span style={{ flex: 1 }} />
        {props.aside}
      </div>
      {props.padded === false ? props.children : <div className="up-panel-body">{props.children}</div>}
    </section>
  );
}

export interface KpiItem {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly tone?: Tone;
  readonly title?: string;
}

export function KpiStrip({ items, label }: { items: readonly KpiItem[]; label: string }) {
  return (
    // A strip that scrolls must be reachable by keyboard.
    <dl
      className="up-panel up-kpis up-focus"
      style={{ flexDirection: 'row', margin: 0 }}
      aria-label={label}
      tabIndex={0}
    >
      {items.map((item) => (
        <div key={item.label} className="up-kpi" data-tone={item.tone} title={item.title}>
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
          {item.note !== undefined && <dd className="up-kpi-note">{item.note}</dd>}
        </div>
      ))}
    </dl>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="up-empty" role="status">
      <b>{title}</b>
      {children && <span>{children}</span>}
    </div>
  );
}

export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div style={{ padding: 12, display: 'grid', gap: 10 }} role="status">
      <span className="up-sr">{t('common.loading')}</span>
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={18} radius="sm" width={`${92 - ((i * 17) % 40)}%`} />
      ))}
    </div>
  );
}

/** What the server refused, in the reader's language, with what to do about it. */
export function useProblemText(): (error: unknown) => { title: string; text: string } {
  const { t, i18n } = useTranslation();
  return (error) => {
    const code = error instanceof ApiProblem ? error.code : 'internal';
    const errors = error instanceof ApiProblem ? (error.errors ?? []) : [];
    // A broken rule is named in the reader's language; what else the server says is its own English.
    const details = errors.map(({ path, message }) => {
      const key = `violation.${path}`;
      return i18n.exists(key) ? t(key) : message;
    });
    if (error instanceof ApiProblem && error.detail && details.length === 0) details.push(error.detail);
    return {
      title: t(`problems.${code}.title`),
      text: [...details, t(`problems.${code}.advice`)].join(' · '),
    };
  };
}

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const { title, text } = useProblemText()(error);
  return (
    <div className="up-empty" role="alert">
      <b>{title}</b>
      <span>{text}</span>
      {retry && (
        <Button size="xs" variant="default" onClick={retry}>
          {t('common.retry')}
        </Button>
      )}
    </div>
  );
}
