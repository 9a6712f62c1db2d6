import { NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Retirements } from '@uptower/domain';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../shared/api/client.ts';
import { Dialog, DialogForm } from '../../shared/ui/dialog.tsx';
import { useNotify } from '../../shared/ui/notify.ts';

type Input = number | string;

/** What false visits cost and foreseen failures save: the operator's own figures in place of the shipped guesses. */
export function CostsDialog({ costs, onClose }: { costs: Retirements['costs']; onClose: () => void }) {
  const { t } = useTranslation();
  const notify = useNotify();
  const queries = useQueryClient();
  const { currency } = costs;
  const [visit, setVisit] = useState<Input>(costs.visit / 100);
  const [hour, setHour] = useState<Input>(costs.downtimeHour === null ? '' : costs.downtimeHour / 100);
  const [saved, setSaved] = useState<Input>(costs.hoursSaved);
  const minor = (value: Input) => Math.round(Number(value) * 100);
  const save = useMutation({
    mutationFn: () =>
      api.put('/predictions/costs', {
        currency,
        visit: minor(visit),
        downtimeHour: hour === '' ? null : minor(hour),
        hoursSaved: Number(saved),
      }),
    onSuccess: () => {
      notify.done(t('record.costsSaved'));
      onClose();
    },
    onError: notify.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['predictions'] }),
  });
  return (
    <Dialog onClose={onClose} title={t('record.costs')}>
      <DialogForm
        confirm={t('record.saveCosts')}
        busy={save.isPending}
        disabled={visit === '' || saved === ''}
        onSubmit={() => save.mutate()}
      >
        <NumberInput
          data-autofocus
          label={t('record.visitCost', { currency })}
          description={t('record.visitCostText')}
          value={visit}
          onChange={setVisit}
          min={0}
          max={10_000_000}
          required
        />
        <NumberInput
          label={t('record.hourCost', { currency })}
          description={t('record.hourCostText')}
          placeholder={t('record.byContract')}
          value={hour}
          onChange={setHour}
          min={0}
          max={10_000_000}
        />
        <NumberInput
          label={t('record.hoursSaved')}
          description={t('record.hoursSavedText')}
          value={saved}
          onChange={setSaved}
          min={0}
          max={10_000}
          required
        />
      </DialogForm>
    </Dialog>
  );
}
