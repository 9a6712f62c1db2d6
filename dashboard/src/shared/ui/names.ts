import { type DeviceModel, failureModeOf } from '@uptower/domain';
import { useCallback, useMemo } from 'react';
import { useRegistry } from '../api/queries.ts';
import { useText } from '../format/use-format.ts';

export function useModels(): ReadonlyMap<string, DeviceModel> {
  const registry = useRegistry();
  return useMemo(() => new Map(registry.data?.models.map((model) => [model.id as string, model])), [registry.data]);
}

/** The name of a failure mode in the reader's language; its key until the models are known. */
export function useModeName(): (modelId: string | undefined, mode: string) => string {
  const models = useModels();
  const text = useText();
  return useCallback(
    (modelId, mode) => {
      const model = models.get(modelId ?? '');
      const found = model && failureModeOf(model, mode);
      return found ? text(found.name) : mode;
    },
    [models, text],
  );
}

export function useSiteZone(siteId: string | undefined): string {
  const registry = useRegistry();
  return registry.data?.sites.find((site) => site.id === siteId)?.timeZone ?? 'Asia/Shanghai';
}
