import { DAY, PerformanceQuery } from '@uptower/domain';
import { answer, HttpProblem, parse, requireViewer } from '@uptower/platform';
import type { Router } from 'express';
import { alarmPerformance } from '../alarms/performance.ts';
import type { Services } from './services.ts';

const USUAL_MS = 30 * DAY;
const LONGEST_MS = 366 * DAY;

/** How the alarm system itself does, beside what the standards recommend. */
export function performanceRoutes(router: Router, { alarmHistory, clock }: Services): void {
  router.get(
    '/alarms/performance',
    answer((request) => {
      requireViewer(request, 'see-operations');
      const query = parse(PerformanceQuery, request.query);
      const { operators, service } = query;
      const records = alarmHistory.records.filter((record) => record.service === service);
      const first = service === 'full' ? alarmHistory.begin : records[0]?.told[0];
      // Half-open: what was told this very moment counts.
      const to = query.to ?? clock.now() + 1;
      const wanted = query.from ?? to - USUAL_MS;
      if (wanted >= to || to - wanted > LONGEST_MS)
        throw new HttpProblem('bad-request', undefined, [{ path: 'from', message: 'before to, at most 366 days' }]);
      // Days before the records begin were not quiet, they were not watched.
      const from = Math.min(Math.max(wanted, first ?? wanted), to - 1);
      return alarmPerformance({ records, from, to, operators });
    }),
  );
}
