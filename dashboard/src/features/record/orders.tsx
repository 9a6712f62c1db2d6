import { Select, UnstyledButton } from '@mantine/core';
import type { RecordAnswer, RecordRow } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useFormat, useText } from '../../shared/format/use-format.ts';
import { useCollection } from '../../shared/live/hooks.ts';
import { Badge } from '../../shared/ui/badges.tsx';
import { Empty, Panel } from '../../shared/ui/blocks.tsx';
import { useModels } from '../../shared/ui/names.ts';
import { FilterTabs } from '../../shared/ui/tabs.tsx';
import { countRows, filterRows, GRADE_SIGN, GRADE_TONE, ROW_GRADES, type RowGrade } from './model.ts';
import { OrderDialog } from './order-dialog.tsx';

/** So many rows are drawn; who wants others narrows the filter. */
const MOST_ROWS = 200;

/** Every graded order and every missed failure, with what happened. */
export function GradedOrders({ record }: { record: RecordAnswer }) {
  const { t } = useTranslation();
  const text = useText();
  const models = useModels();
  const [params, setParams] = useSearchParams();
  const [opened, setOpened] = useState<RecordRow | null>(null);
  const grade = ROW_GRADES.find((each) => each === params.get('grade')) ?? null;
  const [modelId, ruleId] = [params.get('model'), params.get('rule')];
  const set = (key: string, value: string | null) =>
    setParams(
      (before) => {
        if (value === null) before.delete(key);
        else before.set(key, value);
        return before;
      },
      { replace: true },
    );
  const ofModel = filterRows(record.rows, { grade: null, modelId, ruleId });
  const counts = countRows(ofModel);
  const shown = filterRows(ofModel, { grade, modelId: null, ruleId: null });
  const choices = <T extends string>(items: readonly (readonly [T | null, string])[]) =>
    [...new Map(items.filter((item): item is readonly [T, string] => item[0] !== null))].map(([value, label]) => ({
      value,
      label,
    }));
  return (
    <Panel
      title={t('record.list')}
      label={t('record.list')}
      padded={false}
      aside={
        <span className="up-dim up-small up-num" role="status">
          {t('record.shown', { count: Math.min(shown.length, MOST_ROWS), total: record.total })}
        </span>
      }
    >
      <div className="up-record-filter">
        <Select
          size="xs"
          aria-label={t('record.by.model')}
          placeholder={t('record.anyModel')}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          data={choices(record.rows.map((row) => [row.modelId, text(models.get(row.modelId)?.name) || row.modelId]))}
          value={modelId}
          onChange={(value) => set('model', value)}
        />
        <Select
          size="xs"
          aria-label={t('record.by.rule')}
          placeholder={t('record.anyRule')}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          data={choices(
            record.rows
              .filter((row) => modelId === null || row.modelId === modelId)
              .map((row) => [row.ruleId, text(row.ruleName ?? undefined)]),
          )}
          value={ruleId}
          onChange={(value) => set('rule', value)}
        />
      </div>
      <FilterTabs<RowGrade | 'all'>
        label={t('record.grades')}
        controls="record-rows"
        value={grade ?? 'all'}
        onChange={(value) => set('grade', value === 'all' ? null : value)}
        tabs={[
          { value: 'all' as const, label: t('record.all'), count: ofModel.length },
          ...ROW_GRADES.map((value) => ({ value, label: t(`record.grade.${value}`), count: counts[value] })),
        ]}
      />
      <div className="up-scroll" id="record-rows" role="tabpanel" aria-label={t('record.list')}>
        {shown.length === 0 ? (
          <Empty title={t('record.noRows')} />
        ) : (
          <ul className="up-record-rows">
            {shown.slice(0, MOST_ROWS).map((row) => (
              <Row key={row.id} row={row} onOpen={() => setOpened(row)} />
            ))}
          </ul>
        )}
        {shown.length > MOST_ROWS && (
          <p className="up-dim up-small up-record-more">{t('record.more', { count: MOST_ROWS })}</p>
        )}
      </div>
      {opened && <OrderDialog row={opened} onClose={() => setOpened(null)} />}
    </Panel>
  );
}

function Row({ row, onOpen }: { row: RecordRow; onOpen: () => void }) {
  const { t } = useTranslation();
  const text = useText();
  const format = useFormat();
  const device = useCollection('devices').items.get(row.deviceId);
  return (
    <li>
      <span>
        <GradeBadge grade={row.grade} />
      </span>
      <div style={{ minWidth: 0 }}>
        {row.orderId ? (
          <UnstyledButton className="up-link" onClick={onOpen}>
            {row.number}
          </UnstyledButton>
        ) : (
          <span>{t('record.noOrder')}</span>
        )}{' '}
        <Link className="up-link" to={`/devices/${row.deviceId}`}>
          {text(device?.name) || row.deviceId}
        </Link>
        <div className="up-dim up-small">
          {text(row.componentName)}
          {row.ruleName && ` · ${text(row.ruleName)}`}
        </div>
      </div>
      <div className="up-small">
        {t(row.reason ? `record.reason.${row.reason}` : 'record.missedText')}
        {row.leadHours !== null && (
          <span className="up-num">
            {' '}
            · {t('record.lead', { n: format.number(row.leadHours, row.leadHours < 10 ? 1 : 0) })}
          </span>
        )}
      </div>
      <div className="up-small up-num up-dim">
        {row.probability !== null && row.horizonHours !== null
          ? t('record.claim', { p: format.percent(row.probability), hours: format.number(row.horizonHours, 0) })
          : ''}
      </div>
      <div className="up-small up-num up-dim">{format.dayTime(row.at)}</div>
    </li>
  );
}

export function GradeBadge({ grade }: { grade: RowGrade }) {
  const { t } = useTranslation();
  return (
    <Badge tone={GRADE_TONE[grade]} title={t(`record.gradeText.${grade}`)}>
      <span aria-hidden="true">{GRADE_SIGN[grade]}</span>
      {t(`record.grade.${grade}`)}
    </Badge>
  );
}
