import {
  DAY,
  type Device,
  type Instant,
  type Interval,
  overlapMs,
  PeriodQuery,
  seesHospital,
  uptimeFigures,
} from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import type { Services } from './services.ts';
import { visibleDevice } from './visible.ts';

/** Without a period: the last thirty days. */
const DEFAULT_DAYS = 30;

export function uptimeRoutes(router: Router, services: Services): void {
  const { registry, ledger, clock } = services;
  const period = (query: unknown) => {
    const now = clock.now();
    const { from = now - DEFAULT_DAYS * DAY, to = now, hospitalId } = parse(PeriodQuery, query);
    if (from >= to) throw new HttpProblem('bad-request', 'from must be before to');
    return { period: { from, to }, hospitalId, now };
  };
  const figuresOf = (device: Device, span: Interval, now: Instant) => {
    const contract = registry.contracts.get(device.contractId);
    // Nothing is claimed of the time to come.
    const known = { from: span.from, to: Math.min(span.to, now) };
    const intervals = ledger
      .intervals(device.id)
      .filter((interval) => overlapMs({ from: interval.from, to: interval.to ?? now }, known) > 0);
    const figures = uptimeFigures(intervals, known, contract?.partialWeight ?? 0, now);
    return { intervals, figures, target: contract?.uptimeTarget ?? null };
  };

  router.get(
    '/devices/:id/uptime',
    answer((request) => {
      const device = visibleDevice(services, requireViewer(request), request.params.id);
      const { period: span, now } = period(request.query);
      const amendments = ledger
        .amendments(device.id)
        .filter(({ late }) => late.to >= span.from && late.from < span.to)
        .map(({ late, from, before, entries }) => ({ late, from, before, entries }));
      return { ...figuresOf(device, span, now), amendments };
    }),
  );

  router.get(
    '/uptime',
    answer((request) => {
      const viewer = requireViewer(request);
      const { period: span, hospitalId, now } = period(request.query);
      const visible = [...registry.devices.values()].filter(
        (device) => seesHospital(viewer, device.hospitalId) && (!hospitalId || device.hospitalId === hospitalId),
      );
      return visible.map((device) => {
        const { figures, target } = figuresOf(device, span, now);
        return { deviceId: device.id, hospitalId: device.hospitalId, figures, target };
      });
    }),
  );
}
