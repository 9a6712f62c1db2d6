import { type QueryClient, useQuery } from '@tanstack/react-query';
import type { Backtest, LearnedModelView, PredictionModelRow, PredictionModelView, ShadowView } from '@uptower/domain';
import { api } from '../../shared/api/client.ts';
import type { RuleForms } from './forms.ts';

/** A run that goes on is looked at so often, in real time. */
const RUNNING_MS = 700;
const QUIET_MS = 10_000;

export const KEYS = {
  models: ['predictions', 'models'] as const,
  model: (id: string) => ['predictions', 'model', id] as const,
  backtests: (id: string) => ['predictions', 'backtests', id] as const,
};

/** After a change. A shadow is left out: it may just have ended, and asks by itself while it lasts. */
export const refresh = (client: QueryClient) =>
  client.invalidateQueries({
    predicate: ({ queryKey: [first, second] }) =>
      first === 'registry' || (first === 'predictions' && second !== 'shadow'),
  });

export function usePredictionModels() {
  return useQuery({
    queryKey: KEYS.models,
    queryFn: ({ signal }) => api.get<readonly PredictionModelRow[]>('/predictions/models', signal),
    refetchInterval: QUIET_MS,
  });
}

export function usePredictionModel(id: string | undefined) {
  return useQuery({
    queryKey: KEYS.model(id ?? ''),
    queryFn: ({ signal }) => api.get<PredictionModelView>(`/predictions/models/${id}`, signal),
    enabled: id !== undefined,
    refetchInterval: QUIET_MS,
  });
}

export function useRuleForms() {
  return useQuery({
    queryKey: ['predictions', 'rule-kinds'],
    queryFn: ({ signal }) => api.get<RuleForms>('/predictions/rule-kinds', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What `uptower learned` gave to the server, newest first. */
export function useLearnedModels() {
  return useQuery({
    queryKey: ['predictions', 'learned'],
    queryFn: ({ signal }) => api.get<readonly LearnedModelView[]>('/predictions/learned', signal),
    refetchInterval: QUIET_MS,
  });
}

export const isPending = ({ state }: Pick<Backtest, 'state'>) => state === 'queued' || state === 'running';

export function useBacktests(modelId: string) {
  return useQuery({
    queryKey: KEYS.backtests(modelId),
    queryFn: ({ signal }) => api.get<readonly Backtest[]>(`/predictions/backtests?modelId=${modelId}`, signal),
    refetchInterval: ({ state }) => (state.data?.some(isPending) ? RUNNING_MS : QUIET_MS),
  });
}

/** One with its result. `state`: as the list knows it, so that the end of a run is not missed. */
export function useBacktest(id: string | undefined, state: string | undefined) {
  return useQuery({
    queryKey: ['predictions', 'backtest', id, state],
    queryFn: ({ signal }) => api.get<Backtest>(`/predictions/backtests/${id}`, signal),
    enabled: id !== undefined && state !== undefined && !isPending({ state } as Backtest),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useShadow(draftId: string, since: number | null) {
  return useQuery({
    queryKey: ['predictions', 'shadow', draftId, since],
    queryFn: ({ signal }) => api.get<ShadowView>(`/predictions/drafts/${draftId}/shadow`, signal),
    enabled: since !== null,
    refetchInterval: 5_000,
  });
}
