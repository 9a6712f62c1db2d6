import { type DeviceModel, failureModeOf } from '@uptower/domain';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRegistry } from '../api/queries.ts';
import { useText } from '../format/use-format.ts';

export function useModels(): ReadonlyMap<string, DeviceModel> {
  const registry = useRegistry();
  return useMemo(() => new Map(registry.data?.models.map((model) => [model.id as string, model])), [registry.data]);
}

/** The name of a failure mode, or of a fact of presence, in the reader's language; its key until the models are known. */
export function useModeName(): (modelId: string | undefined, mode: string) => string {
  const { t } = useTranslation();
  const models = useModels();
  const text = useText();
  return useCallback(
    (modelId, mode) => {
      const model = models.get(modelId ?? '');
      const found = model && failureModeOf(model, mode);
      return found ? text(found.name) : t(`presence.fact.${mode}`, { defaultValue: mode });
    },
    [models, text, t],
  );
}

export function useSiteZone(siteId: string | undefined): string {
  const registry = useRegistry();
  return registry.data?.sites.find((site) => site.id === siteId)?.timeZone ?? 'Asia/Shanghai';
}
