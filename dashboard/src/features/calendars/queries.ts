import { type QueryClient, useQuery } from '@tanstack/react-query';
import type {
  CalendarOverview,
  CalendarView,
  CoverageView,
  DemandForecast,
  EngineerId,
  Interval,
  LocalText,
  NextEngineerView,
  RotaProposalView,
} from '@uptower/domain';
import { api, query } from '../../shared/api/client.ts';
import type { BaseMap } from './coverage-map.ts';

/** Calendars change by other people's hands and by imports; so often they are asked for again, in real time. */
const AGAIN_MS = 15_000;

export function useOverview({ from, to }: Interval) {
  return useQuery({
    queryKey: ['calendars', 'overview', from, to],
    queryFn: ({ signal }) => api.get<CalendarOverview>(`/calendars/overview?${query({ from, to })}`, signal),
    refetchInterval: AGAIN_MS,
  });
}

export function useCalendar(id: EngineerId, { from, to }: Interval) {
  return useQuery({
    queryKey: ['calendars', id, from, to],
    queryFn: ({ signal }) => api.get<CalendarView>(`/engineers/${id}/calendar?${query({ from, to })}`, signal),
    placeholderData: (before) => (before?.engineerId === id ? before : undefined),
    refetchInterval: AGAIN_MS,
  });
}

/** After a change: everything that is drawn from calendars. */
export const refreshCalendars = (client: QueryClient) => client.invalidateQueries({ queryKey: ['calendars'] });

export function useDemand(weeks: number) {
  return useQuery({
    queryKey: ['roster', 'demand', weeks],
    queryFn: ({ signal }) => api.get<DemandForecast>(`/roster/demand?${query({ weeks })}`, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

const isSearched = ({ state }: RotaProposalView) => state === 'waiting' || state === 'running';

/** Proposals, newest first; looked at often while one is searched. */
export function useProposals() {
  return useQuery({
    queryKey: ['roster', 'proposals'],
    queryFn: ({ signal }) => api.get<readonly RotaProposalView[]>('/roster/proposals', signal),
    refetchInterval: ({ state }) => (state.data?.some(isSearched) ? 1_000 : AGAIN_MS),
  });
}

export function useRotas() {
  return useQuery({
    queryKey: ['calendars', 'rotas'],
    queryFn: ({ signal }) =>
      api.get<readonly { rota: { key: string; name: LocalText } }[]>('/calendars/on-call', signal),
    staleTime: 60_000,
  });
}

/** After a decision on a proposal. */
export const refreshProposals = (client: QueryClient) =>
  client.invalidateQueries({ queryKey: ['roster', 'proposals'] });

const skillsIn = (skills: readonly string[]) => skills.map((skill) => `&skill=${encodeURIComponent(skill)}`).join('');

export function useCoverage(minutes: number, skills: readonly string[]) {
  return useQuery({
    queryKey: ['coverage', minutes, skills],
    queryFn: ({ signal }) => api.get<CoverageView>(`/coverage?minutes=${minutes}${skillsIn(skills)}`, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

export function useNextEngineer(minutes: number, skills: readonly string[]) {
  return useQuery({
    queryKey: ['coverage', 'next', minutes, skills],
    queryFn: ({ signal }) =>
      api.get<NextEngineerView>(`/coverage/next-engineer?minutes=${minutes}${skillsIn(skills)}`, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** The outlines of the built-in base map. */
export function useBaseMap() {
  return useQuery({
    queryKey: ['base-map'],
    queryFn: async ({ signal }) => (await (await fetch('/map/base.json', { signal })).json()) as BaseMap,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
