import { type QueryClient, useQuery } from '@tanstack/react-query';
import type { CalendarOverview, CalendarView, EngineerId, Interval } from '@uptower/domain';
import { api, query } from '../../shared/api/client.ts';

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
