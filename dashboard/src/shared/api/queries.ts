import { useQuery } from '@tanstack/react-query';
import type {
  AlarmPerformance,
  Alert,
  BudgetView,
  DeviceId,
  SeriesPoint,
  Suppression,
  WorkOrder,
  WorkOrderId,
} from '@uptower/domain';
import { api, query } from './client.ts';
import type {
  Demo,
  DeviceAnswer,
  DeviceUptime,
  HeldAlert,
  OrderAnswer,
  RegistryAnswer,
  UptimeAnswer,
} from './types.ts';

/** Uptime grows by itself while nothing happens; so often it is asked for again, in real time. */
const UPTIME_EVERY_MS = 10_000;
/** What a device sends besides its model, and its clock, are said by no live message. */
const DEVICE_EVERY_MS = 10_000;
/** The allowance grows by itself. */
const BUDGET_EVERY_MS = 10_000;

/** Reference data changes rarely; five minutes old is good enough for names. */
export function useRegistry() {
  return useQuery({
    queryKey: ['registry'],
    queryFn: ({ signal }) => api.get<RegistryAnswer>('/registry', signal),
    staleTime: 300_000,
  });
}

export function useDemo() {
  return useQuery({
    queryKey: ['demo'],
    queryFn: ({ signal }) => api.get<Demo>('/demo', signal),
    staleTime: 60_000,
    retry: false,
  });
}

export function useDevice(id: DeviceId | undefined) {
  return useQuery({
    queryKey: ['device', id],
    queryFn: ({ signal }) => api.get<DeviceAnswer>(`/devices/${id}`, signal),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.status === 'success' ? DEVICE_EVERY_MS : false),
  });
}

export function useUptime(id: DeviceId | undefined, from: number, to: number) {
  return useQuery({
    queryKey: ['uptime', id, from, to],
    queryFn: ({ signal }) => api.get<UptimeAnswer>(`/devices/${id}/uptime?${query({ from, to })}`, signal),
    enabled: id !== undefined,
    placeholderData: (before) => before,
    refetchInterval: UPTIME_EVERY_MS,
  });
}

export function useFleetUptime(from: number, to: number) {
  return useQuery({
    queryKey: ['fleet-uptime', from, to],
    queryFn: ({ signal }) => api.get<readonly DeviceUptime[]>(`/uptime?${query({ from, to })}`, signal),
    placeholderData: (before) => before,
    refetchInterval: UPTIME_EVERY_MS,
  });
}

export function useSeries(id: DeviceId, metric: string, from: number, to: number, points: number) {
  return useQuery({
    queryKey: ['series', id, metric, from, to, points],
    queryFn: ({ signal }) =>
      api.get<readonly SeriesPoint[]>(`/devices/${id}/readings?${query({ metric, from, to, points })}`, signal),
    staleTime: 60_000,
  });
}

/** An order with its timeline; asked again whenever the live order changed (`version`). */
export function useOrder(id: WorkOrderId | undefined, version: unknown) {
  return useQuery({
    queryKey: ['order', id, version],
    queryFn: ({ signal }) => api.get<OrderAnswer>(`/work-orders/${id}`, signal),
    enabled: id !== undefined,
    placeholderData: (before) => (before?.order.id === id ? before : undefined),
  });
}

export function useAllOrders(version: unknown) {
  return useQuery({
    queryKey: ['orders', 'all', version],
    queryFn: ({ signal }) => api.get<readonly WorkOrder[]>('/work-orders?state=all', signal),
    placeholderData: (before) => before,
  });
}

export function useAllAlerts(version: unknown) {
  return useQuery({
    queryKey: ['alerts', 'all', version],
    queryFn: ({ signal }) => api.get<readonly Alert[]>('/alerts?state=all', signal),
    placeholderData: (before) => before,
  });
}

/** The alarm system's own figures; asked for again as time passes. */
export function useAlarmPerformance(from: number, to: number, operators: number) {
  return useQuery({
    queryKey: ['alarm-performance', from, to, operators],
    queryFn: ({ signal }) => api.get<AlarmPerformance>(`/alarms/performance?${query({ from, to, operators })}`, signal),
    placeholderData: (before) => before,
  });
}

/** What people suppressed and announced; `version`: what makes it worth asking again. */
export function useSuppressions(version: unknown) {
  return useQuery({
    queryKey: ['suppressions', version],
    queryFn: ({ signal }) => api.get<readonly Suppression[]>('/alarms/suppressions', signal),
    placeholderData: (before) => before,
  });
}

export function useBudget() {
  return useQuery({
    queryKey: ['budget'],
    queryFn: ({ signal }) => api.get<BudgetView>('/predictions/budget', signal),
    refetchInterval: BUDGET_EVERY_MS,
  });
}

/** Open alerts without an order, and why. */
export function useHeld(version: unknown) {
  return useQuery({
    queryKey: ['held', version],
    queryFn: ({ signal }) => api.get<readonly HeldAlert[]>('/work-orders/held', signal),
    placeholderData: (before) => before,
  });
}
